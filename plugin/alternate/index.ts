/**
 * `alternate`: makes exposure sets of one stream whose frames cycle through two to five exposures.
 *
 * - Input: frames of one node. Output: exposure sets.
 * - **`exposures`**: the names of the exposures in the order in which they are taken, beginning with the darkest; or
 *   `auto`, which finds how many there are (every exposure of a cycle must then look unlike the cycle turned) and calls
 *   them `exposure1` (the darkest), `exposure2` ... A set's frames stand in the order of the names.
 * - **The place in the cycle** is found from the brightness of the pictures (mean and quartiles of luma) over three
 *   rounds, whose frames are not used. Where the stream begins at a known place, such as a file from its beginning, `first`
 *   names that exposure, and no frame is lost.
 * - **Two witnesses** for every frame: the count of frame durations since the one before, lost frames included, and the
 *   brightness, which must be nearer to that exposure's than half the way to any other's. A frame for which they do not
 *   agree is not used. Slow changes of the scene and of the camera's gain are followed.
 * - **Losing the lock.** Two such frames in one round, a count that cannot be trusted (stamps off by more than a quarter
 *   of a frame without a steady clock behind them, more than 100 frames lost) where the pictures look alike. Nothing is
 *   used until one turn of the known cycle, and no other, fits a round and a frame; or until three rounds show a new
 *   cycle. Both are warnings; `auto` may find another number of exposures then.
 * - **`output`**: `cycle`, one set for each round, when its last frame is there: time, duration and frame rate are those of
 *   the rounds, and the fusion chooses the reference. `frame`, a set for each frame: the latest of each exposure, with the
 *   new frame as the reference, which must be so, because time and geometry of a fused picture are those of its reference.
 *   `ipl`'s own `reference` has no say then.
 * - Where exposures look alike (a covered lens) the count alone decides.
 * - EOS: completes; a round that is not whole is dropped. Errors pass on. On a change of caps the sets begin anew; no set
 *   has two sizes. A set's `origins` are those of its one stream.
 * - **Metrics**: ./metrics.ts; unused frames by `reason` (uncertain, unlocked). **Condition**: `unlocked`, which degrades
 *   health, while no cycle is known that was known, or none shows in 150 pictures.
 *
 *     nodes:
 *       set: { use: alternate, from: camera, exposures: [under, mid, over] }
 */
import { Observable, type OperatorFunction } from 'rxjs';
import { defineElement, ONE_STREAM, type StageContext } from '../core/element';
import { GstIplError } from '../core/errors';
import type { ExposureSet, Frame } from '../core/frames/frame';
import { suggestion } from '../core/nearest';
import { branchesOption, choiceOption, textOption, withDefaults, type OptionsOf } from '../core/options';
import { alternateMetrics } from './metrics';
import type { AlternateNodeOptions } from './options.generated';
import { splitCycle } from './split-cycle';

const options = {
  exposures: branchesOption({
    summary: 'Names of the exposures in the order in which they are taken, beginning with the darkest; or `auto`: found from the pictures.',
    default: 'auto',
    defaultText: 'auto: two to five are found by themselves',
  }),
  first: textOption({
    summary: "The exposure of the stream's first frame, or `auto`: found from the pictures, which costs three cycles.",
    default: 'auto',
    defaultText: 'auto: nobody knows at which frame a live stream begins',
  }),
  output: choiceOption({
    summary: 'A set for each `cycle`, or for each `frame`, with the latest of the other exposures.',
    choices: ['cycle', 'frame'],
    default: 'cycle',
    defaultText: 'cycle: each frame is fused once, around the best reference',
  }),
};

export type AlternateSettings = OptionsOf<typeof options>;

export const alternateElement = defineElement({
  kind: 'stage',
  name: 'alternate',
  summary: 'Makes exposure sets of one stream whose frames cycle through two to five exposures.',
  input: ONE_STREAM,
  output: 'exposures',
  options,
  metrics: alternateMetrics,
  example: 'set: { use: alternate, from: camera, exposures: [under, mid, over] }',
  check: (settings) => checkFirst(settings),
  branches: ({ exposures }) => (exposures === 'auto' ? [] : exposures),
  create: (settings, context) => ({
    connect: (inputs) => splitCycle(inputs[0] as Observable<Frame>, settings, context),
  }),
});

function checkFirst({ exposures, first }: AlternateSettings): void {
  if (exposures !== 'auto' && (exposures.length < 2 || exposures.length > 5)) {
    throw new GstIplError('bad-option', `A cycle has two to five exposures, but "exposures" names ${exposures.length}.`);
  }
  if (first === 'auto') return;
  if (exposures === 'auto') {
    throw new GstIplError('bad-option', 'Option "first" needs the names of the exposures.', {
      hint: `Name them in the order in which they are taken, as in exposures: [under, mid, over], beginning with the darkest.`,
    });
  }
  if (exposures.includes(first)) return;
  throw new GstIplError('bad-option', `Option "first" names "${first}", which is not one of the exposures ${exposures.join(', ')}.`, {
    hint: suggestion(first, exposures),
  });
}

export interface AlternateOptions extends AlternateNodeOptions {
  /** Receives what did not stop the work; default `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
  /** Receives what is as it should be, such as a lock. */
  readonly onNotice?: (message: string) => void;
  /** Receives metrics by name: whole counts (`..._total`) and present values. */
  readonly onFigure?: StageContext['report'];
}

/**
 * Exposure sets of one stream whose frames alternate between exposures.
 *
 * @example source(camera).pipe(alternate({ exposures: ['under', 'over'] }), ipl(), sink('autovideosink')).subscribe();
 */
export function alternate(given: AlternateOptions = {}): OperatorFunction<Frame, ExposureSet> {
  const { onWarning = (text: string) => process.emitWarning(text), onNotice, onFigure, ...rest } = given;
  const settings = withDefaults(options, rest);
  checkFirst(settings);
  return (frames) => splitCycle(frames, settings, { warn: onWarning, notify: onNotice, report: onFigure });
}
