/** Where a stream in code comes from: a fragment of the pipeline that several share, or a pipeline of its own that is looked after. */
import type { Observable } from 'rxjs';
import type { GraphClock } from '../core/clocks/graph-clock';
import type { Stage, StageElement } from '../core/element';
import type { Frame } from '../core/frames/frame';
import { sentenceOf, type SourceEvent } from '../core/graph-event';
import { withDefaults } from '../core/options';
import { contextInCode, runStage, type CodeListeners } from '../core/stage-in-code';
import { sourceElement } from '.';
import type { SourceNodeOptions } from './options.generated';

export interface SourceOptions extends CodeListeners {
  /** Whether pictures of 10 bits stay so, for who takes them; default false: all come in 8. */
  readonly tenBits?: boolean;
  /** Hears that a stream was lost, and that it came back; by default `onWarning` and `onNotice` do. */
  readonly onEvent?: (event: SourceEvent) => void;
}

export type Origin = { readonly launch: string; readonly frames?: undefined } | { readonly launch?: undefined; readonly frames: Observable<Frame> };

/** @throws GstIplError `bad-option` */
export function originOf(name: string, given: string | SourceNodeOptions, clock: GraphClock, options: SourceOptions): Origin {
  if (typeof given === 'string') return { launch: given };
  const { tenBits = false, onEvent } = options;
  const context = contextInCode(name, options);
  const tell = (event: SourceEvent): void => {
    const message = `${name}: ${sentenceOf(event)}`;
    if (event.type === 'source-lost') context.warn(message);
    else context.notify?.(message);
  };
  const settings = withDefaults(sourceElement.options, { ...given });
  sourceElement.check?.(settings, context.inputs);
  const own = sourceElement.variant?.(settings) as StageElement<typeof sourceElement.options> | undefined;
  if (!own) return { launch: sourceElement.launch(settings) };
  const make = (): Stage => {
    clock.startOnce();
    return own.create(settings, { ...context, clock, tenBits, emit: onEvent ?? tell });
  };
  return { frames: runStage(make, []) };
}
