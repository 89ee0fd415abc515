/** `publish` for RxJS: see ./index.ts for the element. */
import type { OperatorFunction } from 'rxjs';
import type { Frame } from '../core/frames/frame';
import { outputInCode, type CodeListeners } from '../core/stage-in-code';
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
  return outputInCode(publishElement, options);
}
