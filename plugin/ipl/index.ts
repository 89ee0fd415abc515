/**
 * `ipl`: fuses exposure sets into pictures by Infinite Pixel Learning (Chen et al., AAAI 2025, arXiv 2412.11685).
 *
 * - Input: exposure sets of two to five exposures in any order. Output: frames.
 * - Time, duration and caps (format, colorimetry, pixel aspect, frame rate) of the output are those of the reference
 *   exposure, exactly. The reference decides where things are; the others add what it cannot show.
 * - The picture passes through the network in slices. An attention cache carries what slices learnt to later slices and
 *   frames: 8 bits a channel, one token a cell of a fixed grid, so it never grows. It is forgotten on a change of caps,
 *   on a scene cut, and on request (`reset`).
 * - The first picture of a scene, and so every still, gets a priming pass: its first slice knows the whole picture.
 * - A worker thread owns the network. When it dies it is started again; the sets it held are lost and told of.
 * - EOS: completes after the last set. Errors: exposures that cannot be fused, a model that cannot be loaded.
 *
 *     nodes:
 *       fused: { use: ipl, from: set }
 */
import { from, Observable, switchMap, type OperatorFunction } from 'rxjs';
import { defineElement } from '../core/element';
import type { ExposureSet, Frame } from '../core/frame';
import { branchesOption, numberOption, queueOption, textOption, withDefaults, type OptionsOf } from '../core/options';
import { processQueued } from '../core/process-queued';
import { checkOrder } from './exposure-order';
import { DEFAULT_MODEL } from './model';
import { SetFuser } from './set-fuser';

const options = {
  order: branchesOption({
    summary: 'Names of the branches from dark to bright, or `auto`: by mean luma, decided at the first set of a scene.',
    default: 'auto',
    defaultText: 'auto: nothing to declare, and right for every bracket',
  }),
  reference: textOption({
    summary: 'The exposure that decides where things are and gives the timestamps: a branch, or `middle`.',
    default: 'middle',
    defaultText: 'middle: it shows most of the scene; of two middle ones the darker, whose highlights are whole',
  }),
  slice: numberOption({
    summary: 'Bands a slice; a picture has about ten. The result does not depend on it.',
    default: 4,
    min: 1,
    max: 16,
    integer: true,
    defaultText: '4: about a third of the picture; the halo of smaller slices costs more than their latency saves',
  }),
  model: textOption({
    summary: 'Path of a model card (JSON); its network lies beside it.',
    default: DEFAULT_MODEL,
    defaultText: 'the trained network of the package, models/ipl-s.json',
  }),
  queue: queueOption('The queue in front of the fusion. A live chain that must stay fresh wants drop-oldest.'),
};

export type IplSettings = OptionsOf<typeof options>;

export const iplElement = defineElement({
  kind: 'stage',
  name: 'ipl',
  summary: 'Fuses two to five exposures of one instant into one well-exposed, ghost-free picture.',
  input: { min: 1, max: 1, medium: 'exposures' },
  output: 'frames',
  options,
  example: 'fused: { use: ipl, from: set }',
  check: (settings, inputs) => checkOrder(settings, inputs.branches),
  create: (settings, context) => {
    const fuser = new SetFuser(settings, (message) => context.warn(message));
    return {
      ready: () => fuser.start(),
      connect: (inputs) => (inputs[0] as Observable<ExposureSet>).pipe(fuseWith(fuser, settings)),
      close: () => fuser.close(),
    };
  },
});

export interface IplOptions {
  readonly order?: 'auto' | readonly string[];
  readonly reference?: string;
  readonly slice?: number;
  readonly model?: string;
  readonly queue?: unknown;
  /** Forgets the scene whenever it emits. */
  readonly reset?: Observable<unknown>;
  /** Receives what did not stop the work; default `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Fuses exposure sets. The worker starts at subscription and ends with the stream.
 *
 * @example sync([under, mid, over]).pipe(ipl(), sink('autovideosink')).subscribe();
 */
export function ipl(given: IplOptions = {}): OperatorFunction<ExposureSet, Frame> {
  const { reset, onWarning = (text: string) => process.emitWarning(text), ...rest } = given;
  const settings = withDefaults(options, rest);
  return (source) =>
    new Observable<Frame>((subscriber) => {
      const fuser = new SetFuser(settings, onWarning);
      const resets = reset?.subscribe(() => fuser.reset());
      // Sources start only when the network is there, so that a live chain does not begin with a backlog.
      const fused = from(fuser.start()).pipe(switchMap(() => source.pipe(fuseWith(fuser, settings))));
      const subscription = fused.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        resets?.unsubscribe();
        void fuser.close();
      };
    });
}

function fuseWith(fuser: SetFuser, settings: IplSettings): OperatorFunction<ExposureSet, Frame> {
  return processQueued((set: ExposureSet) => fuser.fuse(set), settings.queue);
}
