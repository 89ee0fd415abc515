/** `record` for RxJS: see ./index.ts for the element. */
import type { OperatorFunction } from 'rxjs';
import type { Frame } from '../core/frames/frame';
import { outputInCode, type CodeListeners } from '../core/stage-in-code';
import { recordElement } from '.';
import type { RecordNodeOptions } from './options.generated';

/** Sound goes from a source of a graph to an output of it: `createGraph`. */
export interface RecordOptions extends Omit<RecordNodeOptions, 'audio' | 'audioCodec'>, CodeListeners {}

/**
 * Records frames into segments that survive a kill and a power loss. Emits every frame that was taken, for progress; ends as `frames` did, when
 * everything is where it should be.
 *
 * @example fused$.pipe(record({ to: 'recordings', segment: '1min', keep: '50GB' })).subscribe();
 * @throws GstIplError `bad-option`
 */
export function record(options: RecordOptions): OperatorFunction<Frame, Frame> {
  return outputInCode(recordElement, options);
}
