/**
 * `sync`: makes exposure sets of branches, by running time.
 *
 * - Input: frames of two to five nodes. Output: exposure sets, their frames in the order of `from`.
 * - **Which frames belong together.** Every camera's clock is estimated from the timestamps of its last 128 frames: a frame has a
 *   number as long as its timestamp is off by less than half a frame, and was taken where the clock says, not where the
 *   jittered timestamp says. Cameras that shoot together give sets of one instant. Of cameras that run freely, the frames of
 *   a set lie within half a frame duration (two branches), two thirds (three), 3/4 or 4/5: nearer than any other choice.
 *   A frame is used only where no doubt of that is left; in the first moments that takes equal stamps (to a twelfth of
 *   a frame) or steady ones.
 * - **Tolerances.** Timestamps of cameras that shoot together may be off by 0.45 of a frame (15 ms at 30 frames/s), those
 *   of free cameras by 0.25, those of clocks that drift apart by 1e-3 by a third. Free cameras that drift change partners
 *   once in a while, and one frame goes unused. A branch whose clock jumps gives no set until its new clock is found (2
 *   to 100 frames, by jitter).
 * - **Running time is believed.** A clock that is wrong by whole frames looks like a right one: declare it (`offsets`).
 *   A branch whose time jumps away from the others' is a warning, and not used until they meet.
 * - **Explicit `tolerance`.** Frames whose times as they are lie within it are partners; no clock is looked for. A branch
 *   whose caps declare no frame rate is measured by its stamps; until its clock is found, or where it has none, it pairs within half a frame of
 *   the others'. Stills, one frame each, are partners if their times agree as well as that of free cameras.
 * - **Rates that differ** (25 and 30, 15 and 30, 29.97 and 30): one set for each frame of the slowest branch that gives
 *   any, with the nearest frame of each of the others; no frame is used twice, and what is left over is dropped (`sync_surplus_frames_total`, no loss),
 *   also with `degrade`: nothing is missing from a set whose slow branch had no frame due. A warning says so.
 *   `videorate` makes it even.
 * - **`late`** says what happens when a branch lacks a frame:
 *   - `wait`: for files. The set waits for `wait`, then it is skipped, with a warning. A branch that
 *     ends ends the sets, one that fails fails them.
 *   - `skip`: for cameras. The same with little patience: no frame of any branch waits for longer than `wait`.
 *   - `degrade`: the set is made of the exposures that are there, be it one; `ipl` keeps the
 *     look, caps and rhythm of the whole ones. A silent branch
 *     is waited for once. Branches that end or fail are left out; the output completes when all have ended.
 *   A frame that comes after its set was given or given up is dropped. Sets never go back in time.
 * - **Queues.** Each branch waits in a queue of its own (`queue`); a full one holds its source back. A branch that is held
 *   back further on is never late.
 * - **EOS after drain.** When a branch ends, sets are made as long as it has frames waiting; then the output completes.
 *   Branches that go on are a warning.
 * - **Caps.** Branches of different size, format, range, matrix, transfer, primaries, pixel aspect ratio or views (multiview) are
 *   refused, with the fragment that makes them alike; nothing is converted unasked. What caps do not declare differs from nothing;
 *   but where they declare no matrix, it is GStreamer's guess: BT.601 up to 576 lines, else BT.709. Interlaced frames, which a user's
 *   element may make, are refused; those of GStreamer come progressive and upright (see `source`). When branches change in
 *   mid-stream, one after the other, `skip` skips the sets between, and `degrade` uses the branches that agree; a warning says so.
 *   Chroma site and HDR metadata (light levels, mastering display) may differ: the fused picture has those of its reference, and
 *   chroma that is sited elsewhere is off by half a pixel.
 * - **Metrics**: ./metrics.ts, by `branch` and, of dropped frames, `reason` (partnerless, late, early, uncertain, overflow,
 *   mismatch). **Conditions** (core/metrics/conditions.ts): a branch that is silent, or astray; exposures that differ; and `degraded`,
 *   where more than one set in ten lacks branches, over eight seconds (core/metrics/lasting-share.ts). All but silence degrade health.
 *
 *     nodes:
 *       set: { use: sync, from: [under, mid, over], late: degrade, queue: { capacity: 4, policy: drop-oldest } }
 */
import type { Observable } from 'rxjs';
import { defineElement, type StageContext } from '../core/element';
import { GstIplError } from '../core/errors';
import type { ExposureSet, Frame } from '../core/frames/frame';
import { nearest } from '../core/nearest';
import { choiceOption, durationOption, queueOption, withDefaults } from '../core/options';
import { matchBranches } from './match-branches';
import { syncMetrics } from './metrics';
import { offsetsOption, type Offsets } from './offsets-option';
import type { SyncNodeOptions } from './options.generated';

const options = {
  tolerance: durationOption({
    summary: 'How far apart in running time the frames of one set may be. With it, timestamps are used as they are, and no clock is estimated.',
    default: undefined,
    defaultText: "half a frame duration, by the cameras' estimated clocks: nearer than any other frame, whatever the jitter",
  }),
  late: choiceOption({
    summary: 'When a branch lacks a frame: wait for it (files), skip the set soon, or degrade the set to the exposures that are there.',
    choices: ['wait', 'skip', 'degrade'],
    default: 'wait',
    defaultText: 'wait: no drops from files',
  }),
  wait: durationOption({
    summary: 'How long a set may wait for a branch.',
    default: undefined,
    defaultText:
      '10s in which the process does nothing, longer than any decoder takes to start; with late: skip or degrade 250ms, more than cameras in one network differ by',
  }),
  offsets: offsetsOption,
  queue: queueOption('The queue that each branch waits in.'),
};

export const syncElement = defineElement({
  kind: 'stage',
  tenBits: () => 'passes',
  name: 'sync',
  summary: 'Pairs the frames of two to five branches into exposure sets, by running time.',
  input: { min: 2, max: 5, medium: 'frames' },
  output: 'exposures',
  options,
  metrics: syncMetrics,
  example: 'set: { use: sync, from: [under, mid, over], tolerance: 8ms }',
  check: ({ offsets }, { from }) => checkOffsets(offsets, from),
  create: (settings, context) => ({
    connect: (inputs) => matchBranches(inputs as readonly Observable<Frame>[], context.inputs.from, settings, context),
  }),
});

function checkOffsets(offsets: Offsets, branches: readonly string[]): void {
  const unknown = [...offsets.keys()].find((name) => !branches.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, branches);
  throw new GstIplError('bad-option', `Option "offsets" names "${unknown}", which is not a branch.`, {
    hint: near ? `Did you mean "${near}"?` : `The branches are ${branches.join(', ')}.`,
  });
}

/** Times are text such as `8ms`, or nanoseconds. */
export interface SyncOptions extends SyncNodeOptions {
  /** Names for messages and for `ipl`'s `order`; default `exposure 1`, `exposure 2` ... */
  readonly branches?: readonly string[];
  /** Receives what did not stop the work; default `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
  /** Receives metrics by name: whole counts (`..._total`) and present values. */
  readonly onFigure?: StageContext['report'];
}

/**
 * Exposure sets of several streams of frames whose running times share one clock.
 *
 * @example
 * const { under, mid, over } = sources({ under: launchA, mid: launchB, over: launchC });
 * sync([under, mid, over], { tolerance: '8ms' }).pipe(ipl(), sink('autovideosink')).subscribe();
 */
export function sync(inputs: readonly Observable<Frame>[], given: SyncOptions = {}): Observable<ExposureSet> {
  const { branches, onWarning = (text: string) => process.emitWarning(text), onFigure, ...rest } = given;
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
  checkOffsets(settings.offsets, names);
  return matchBranches(inputs, names, settings, { warn: onWarning, report: onFigure });
}
