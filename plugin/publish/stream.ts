/** `publish` for RxJS: see ./index.ts for the element. */
import type { OperatorFunction } from 'rxjs';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { withDefaults } from '../core/options';
import { contextInCode, runStage, type CodeListeners } from '../core/stage-in-code';
import { publishElement } from '.';
import type { PublishNodeOptions } from './options.generated';

/** Sound goes from a source of a graph to an output of it: `createGraph`. */
export interface PublishOptions extends Omit<PublishNodeOptions, 'audio' | 'audioCodec'>, CodeListeners {}

/**
 * Sends frames to viewers. Emits every frame that was taken, for progress; ends as `frames` did, when
 * everything is where it should be.
 *
 * @example fused$.pipe(publish({ to: 'srt://:7001', bitrate: '6M' })).subscribe();
 * @throws GstIplError `bad-option`
 */
export function publish(options: PublishOptions): OperatorFunction<Frame, Frame> {
  const { onWarning, onNotice, onFigure, ...given } = options;
  if ('audio' in given) throw new GstIplError('bad-option', 'Option "audio" names a node of a graph, and there is none.', { hint: 'Write the graph in code: `createGraph`.' });
  const settings = withDefaults(publishElement.options, given);
  const context = contextInCode('publish', { onWarning, onNotice, onFigure });
  publishElement.check?.(settings, context.inputs);
  return (frames) => runStage(() => publishElement.create(settings, context), [frames]);
}
