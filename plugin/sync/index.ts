/**
 * `sync`: makes exposure sets of branches, by running time.
 *
 * - Input: frames of two to five nodes. Output: exposure sets, their frames in the order of `from`.
 * - **Anchor.** A set is anchored at the latest of the branches' oldest waiting frames: no branch can offer an older set
 *   any more.
 * - **Tolerance.** Every frame of a set lies at most `tolerance` before the anchor. A waiting frame older than that has
 *   no partner and is dropped. By default half a frame duration, so that no frame fits two sets.
 * - **Bounded wait.** When a branch stays silent for `wait` while others have frames, the oldest waiting frame is
 *   dropped, with one warning for each silence. Files block upstream instead of running ahead, so nothing is lost.
 * - **Late drop.** A frame that arrives after its partners were given up is older than the next anchor allows and is
 *   dropped, by the rule of the tolerance.
 * - **Queues.** Each branch waits in a queue of its own (`queue`); a full one holds its source back.
 * - **EOS after drain.** When a branch ends, sets are made as long as it has frames waiting; then the output completes.
 *   Branches that go on are told of in a warning.
 * - **Errors.** Interlaced branches and branches of different size, rate or format are refused.
 *
 *     nodes:
 *       set: { use: sync, from: [under, mid, over], tolerance: 8ms }
 */
import type { Observable } from 'rxjs';
import { defineElement } from '../core/element';
import { GstIplError } from '../core/errors';
import type { ExposureSet, Frame } from '../core/frame';
import { durationOption, queueOption, withDefaults } from '../core/options';
import { SECOND, type Nanoseconds } from '../core/time';
import { matchBranches } from './match-branches';

const options = {
  tolerance: durationOption({
    summary: 'How far apart in running time the frames of one set may be.',
    default: undefined,
    defaultText: 'half a frame duration: nearer than any other frame',
  }),
  wait: durationOption({
    summary: 'How long a set may wait for a silent branch before its oldest frame is dropped. Live chains want less.',
    default: 10n * SECOND,
    defaultText: '10s: longer than any decoder takes to start; a branch that is silent for so long is dead',
  }),
  queue: queueOption('The queue that each branch waits in.'),
};

export const syncElement = defineElement({
  kind: 'stage',
  name: 'sync',
  summary: 'Makes exposure sets of two to five branches, by running time.',
  input: { min: 2, max: 5, medium: 'frames' },
  output: 'exposures',
  options,
  example: 'set: { use: sync, from: [under, mid, over], tolerance: 8ms }',
  create: (settings, context) => ({
    connect: (inputs) =>
      matchBranches(inputs as readonly Observable<Frame>[], context.inputs.from, settings, (text) => context.warn(text)),
  }),
});

export interface SyncOptions {
  /** Nanoseconds, or text such as `8ms`. */
  readonly tolerance?: Nanoseconds | string;
  /** Nanoseconds, or text such as `200ms`. */
  readonly wait?: Nanoseconds | string;
  readonly queue?: unknown;
  /** Names for messages and for `ipl`'s `order`; default `exposure 1`, `exposure 2` ... */
  readonly branches?: readonly string[];
  /** Receives what did not stop the work; default `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Exposure sets of several streams of frames whose running times share one clock.
 *
 * @example
 * const { under, mid, over } = sources({ under: launchA, mid: launchB, over: launchC });
 * sync([under, mid, over], { tolerance: '8ms' }).pipe(ipl(), sink('autovideosink')).subscribe();
 */
export function sync(inputs: readonly Observable<Frame>[], given: SyncOptions = {}): Observable<ExposureSet> {
  const { branches, onWarning = (text: string) => process.emitWarning(text), ...rest } = given;
  const names = branches ?? inputs.map((_, index) => `exposure ${index + 1}`);
  const settings = withDefaults(options, rest);
  const { min, max } = syncElement.input;
  if (inputs.length < min || inputs.length > max) {
    throw new GstIplError('bad-exposures', `An exposure set needs two to five streams, not ${inputs.length}.`);
  }
  if (names.length !== inputs.length) {
    const count = names.length === 1 ? '1 branch name' : `${names.length} branch names`;
    throw new GstIplError('bad-exposures', `There are ${inputs.length} streams, but ${count}.`);
  }
  return matchBranches(inputs, names, settings, onWarning);
}
