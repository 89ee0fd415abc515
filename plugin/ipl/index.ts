/**
 * `ipl`: fuses exposure sets into pictures by Infinite Pixel Learning (Chen et al., AAAI 2025, arXiv 2412.11685).
 *
 * - Input: exposure sets of two to five exposures in any order. Output: frames.
 * - Time, duration and caps (format, colorimetry, pixel aspect, frame rate) of the output are those of the reference
 *   exposure, exactly. The reference decides where things are; the others add what it cannot show. In a set that lacks the
 *   reference, caps are what they were, and time is where its frame would have been (output-identity.ts); they change only
 *   when the reference's do, or when the others' size, format or range does while it is gone.
 * - The picture passes through the network in slices. An attention cache carries context from slice to slice and
 *   from frame to frame: 8 bits a channel, one token a cell of a fixed grid, so it never grows. It is forgotten on a change of caps,
 *   on a scene cut, and on request (`reset`).
 * - The cache has no lag: slices read only what this frame, or one that was the same there, left in it.
 * - **Threads.** Each frame is fused by one worker thread, the next one by the next. Frames come out in order; as many are
 *   in work as there are threads, which is the latency in frames that the fusion adds at most. A thread that dies is
 *   started again; its frame is lost, with a warning. So is one whose device does not come back within a time that grows with the
 *   picture (gpu/provider-watch.ts); fusion goes on with the CPU then.
 * - **Size.** From 1x1 to 65535 in either direction (where `videoscale` is on the way, 32767). What is kept beside the pictures is less than 100 MB, and a picture takes a
 *   time that grows with its pixels: the map has 45 rows and 256 columns at most, so a low, wide picture has larger blocks
 *   (network/slice-plan.ts). Pictures that are too large for a GPU are fused by the CPU.
 * - **Range.** Codes outside of the nominal range count as its ends where the network looks (statistics), and as they are where
 *   pixels are blended: the output goes beyond the range only where exposures do (models/train/network/rule.py).
 * - **10 bits.** Exposures of I420_10LE and P010_10LE are fused as they are, and come out so, where somebody who reads the picture wants 10 bits (`record` and
 *   `publish` with a codec that has them, `sink`); else, and where a set has both, in 8. Pixels are blended in lanes of 16 bits, by the same rule; exposures
 *   are lined up tile by tile and mended with all their bits, noise is reduced and the look of whole sets is kept in them. What is looked at for that
 *   (statistics, clip levels, noise, tones, motions) are the 8 bits nearest to them: the network is the same. A provider fuses them by a graph
 *   of its own (gpu/deep-feeds.ts), once that was tried.
 * - **Reuse.** Slices whose statistics stay as they are keep what the network said of them, for 32 frames at most. Where
 *   several have changed, the whole map is evaluated in one piece, unless they cost less than half of it.
 * - **Noise.** Where the reference is noisy, the fused frame gets an edge-preserving denoise, by as much as the measured noise
 *   (engine/noise-level.ts, engine/noise-reduction.ts). Without noise the frame is not changed at all.
 * - Sets may lack branches (`missing`): the others are fused; of one exposure alone, that one is the picture. A set may
 *   name its own reference.
 * - **Look of degraded sets.** While whole sets are fused, the fusion learns what each exposure's tones and colours become
 *   (engine/tone-step.ts). A picture of fewer exposures is brought to that look, so that brightness does not jump: mean luma stays
 *   within 2 codes of its neighbours', Cb and Cr within 1. What is clipped in all that is there stays without detail; it gets
 *   the mean tone and colour of what was fused there. The curves hold for as long as branches are missing, so the picture goes
 *   on to follow the light; a scene cut, another range and `reset` forget them. Before the first whole set pictures are left as
 *   they are.
 * - **Lining up.** Exposures that do not coincide are brought onto the reference before anything else, up to 5 % of the width and 3 degrees
 *   (align/index.ts), by a homography for the whole exposure: not parallax, of which `each` alone has a field (align/find-field.ts; what one would give
 *   streams is in docs/rigs.md), not what moves in it. Never worse: what does not agree better lined up, in most places, or has too little to go by (dark, clipped, flat, repetitive), is taken as it is. Strips along the frame's edge that an
 *   exposure does not cover take what is repeated of its border (engine/held-border.ts); where they are wide, it fades out (engine/cover-fade.ts) and
 *   the others are left. Of an exposure that is black or white all over nothing is taken, lined up or not (engine/blank-exposure.ts).
 *   - `align: auto`, for streams, and the default (align-option.ts says why): motions are found beside the fusion, by a thread of its own, within about a second; until then exposures
 *     are taken as they are. No picture waits, so which is the first one lined up depends on the machine. What is found is *held*, to
 *     the last digit, and looked at four times a second, then once, later each four seconds; the mean of what is seen takes its place where that is surely
 *     elsewhere. What lies within 0.15 pixels (of 1920) is left, even whole pixels cost nothing, as they are read where they lie (engine/line-up.ts), and all else is moved tile by tile
 *     (kernels/warp/tile-warp.ts). A camera that was knocked, and one that
 *     takes exposures in turns and pans, is followed in each set, by the thread that fuses it (live-line-up.ts). A scene that shows
 *     nothing changes nothing. Another size, and `reset`, forget what was found; a reference that is missing is done without. Pictures of less than 64 pixels a side are
 *     taken as they are; logged where `align` is written.
 *   - `rig: rig.json`, for cameras that stand firmly: how they lie was found before, in many pictures (`gst-ipl calibrate`, rig/rig-file.ts), and
 *     is held from the first picture on. With `align: auto` it is looked at as other motions are: a camera that was knocked is followed (condition
 *     `knocked`). With `align: off` it is taken as it is, whatever pictures show. It holds for other sizes of the same shape. A first set that
 *     is not the rig's, by its branches or shape, ends the run; cameras that change their shape later are lined up as without it meanwhile
 *     (condition `rig`, which degrades health). `check` cannot know the shape: it sees no picture.
 *   - `align: each`, for stills: found in each set anew, which waits for it; `crop: common` cuts the picture to what all exposures show.
 *   - Logged once, and when it has changed by more than a pixel. Metrics: `fusion_alignment_pixels`, `fusion_alignment_confidence`.
 * - **Highlights and shadows.** `highlights` says how much of what darker exposures show is brought in, and `shadows` the same of
 *   brighter ones: of each pixel's weights, and of how much darker (brighter) the reference's tone curve makes it. At 0 the picture
 *   there is the reference's own, between it moves evenly.
 * - **The look** is `strength`, `highlights`, `shadows`, `bias`, `saturation` and `denoise`: options, for how it begins, and live parameters.
 * - **HDR.** With `output: hlg` or `pq` exposures are not fused but merged: their light is added up, and comes out as BT.2100 in 10 bits
 *   (I420_10LE, `colorimetry` bt2100-hlg or bt2100-pq; of PQ also mastering display and light level), from exposures of 8 or 10 bits.
 *   `ev` and `curve` must be said; what exposures are exactly is measured in the pictures and kept, and what contradicts `ev` by more
 *   than 0.5 EV raises the condition `exposures`. What moves is the reference's alone. In a set that lacks exposures those that are there are
 *   merged, at the same brightness. Exposures are lined up as those of SDR are. There is no network, no noise reduction, and no live parameter. docs/hdr.md.
 * - Live parameters: those of the look, `freeze`, `weights` (controls.ts).
 * - Metrics: ./metrics.ts. `fusion_pictures_total{exposures}` counts frames by the number of their exposures.
 * - Condition: `restless`, while cameras beside each other move from set to set.
 * - Condition: `overloaded`, which degrades health, while the queue drops more than one set in ten.
 * - EOS: completes after the last set. Errors: exposures that cannot be fused; before the start, a model that cannot be loaded and
 *   a provider that this onnxruntime does not have.
 *
 *     nodes:
 *       fused: { use: ipl, from: set }
 */
import { from, Observable, switchMap, type OperatorFunction } from 'rxjs';
import { defineElement } from '../core/element';
import { GstIplError } from '../core/errors';
import type { ExposureSet, Frame } from '../core/frames/frame';
import { branchesOption, choiceOption, graphFileOption, numberOption, queueOption, textOption, withDefaults, type OptionsOf } from '../core/options';
import { processQueued, type QueueWatch } from '../core/queue/process-queued';
import { reportQueue } from '../core/queue/queue-watch';
import { tracedFrame } from '../core/tracing';
import { alignOption, DEFAULT_ALIGN } from './align-option';
import { liveParameters, type Controls } from './controls';
import { checkOrder } from './exposure-order';
import type { Report } from './fusion-figures';
import { providerOption, requireKnownProvider } from './gpu/provider-option';
import { HdrFuser } from './hdr-fuser';
import { checkEv, hdrChoice, hdrOptions } from './hdr-options';
import { controlsOf, lookOptions } from './look-options';
import { iplMetrics } from './metrics';
import { DEFAULT_MODEL, readModel } from './network/read-model';
import type { IplNodeOptions } from './options.generated';
import { checkBranches, readRig } from './rig';
import { SetFuser, type FuserSettings } from './set-fuser';
import { threadsOption } from './threads-option';

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
  align: alignOption,
  rig: graphFileOption({
    summary: 'The rig file that `gst-ipl calibrate` wrote, for cameras that are fixed. They are aligned from the first frame on. With `align: auto` the rig is checked while it runs, with `align: off` it is used as it is.',
    defaultText: 'none: alignment is estimated from the frames (`align`)',
  }),
  crop: choiceOption({
    summary: 'Borders that not all exposures show, where `align: each` has moved some. `off`: they are made of those that do. `common`: the picture is cut to what all show.',
    choices: ['off', 'common'],
    default: 'off',
    defaultText: 'off: the picture has the size of the reference',
  }),
  ...lookOptions,
  ...hdrOptions,
  slice: numberOption({
    summary: 'Bands a slice; a frame has about ten. The result does not depend on it.',
    default: 4,
    min: 1,
    max: 16,
    integer: true,
    defaultText: '4: about a third of the frame; the halo of smaller slices costs more than their latency saves',
  }),
  threads: threadsOption,
  provider: providerOption,
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
  metrics: iplMetrics,
  example: 'fused: { use: ipl, from: set }',
  tenBits: ({ output }) => (output === 'sdr' ? 'follows' : 'takes'),
  files: ({ rig }) => (rig === '' ? [] : [{ does: 'reads', path: rig }]),
  check: (settings, inputs) => {
    checkCrop(settings);
    checkRigChoice(settings);
    checkOrder(settings, inputs.branches);
    const hdr = hdrChoice(settings);
    if (hdr) checkEv(hdr, inputs);
  },
  checkFiles: ({ model, provider, rig }, { branches }) => {
    readModel(model);
    const known = rig === '' ? undefined : readRig(rig);
    // What a set is made of is not always known before it comes.
    if (known && branches.length > 0) checkBranches(known, branches, rig);
    requireKnownProvider(provider);
  },
  create: (settings, context) => {
    const controls = controlsOf(settings);
    const report: Report = (name, value, labels) => context.report?.(name, value, labels);
    const warn = (message: string): void => context.warn(message);
    const notify = (message: string): void => context.notify?.(message);
    const hdr = hdrChoice(settings);
    const fuser = hdr
      ? new HdrFuser({ ...fuserSettings(settings), ...hdr }, { branches: context.inputs.branches, warn, notify, report, condition: context.condition, unhurried: context.unhurried })
      : new SetFuser(fuserSettings(settings), { warn, notify, report, controls, condition: context.condition?.bind(context), unhurried: context.unhurried, tenBits: context.tenBits });
    return {
      parameters: hdr ? [] : liveParameters(controls),
      ready: () => fuser.start(),
      connect: (inputs) => (inputs[0] as Observable<ExposureSet>).pipe(fuseWith(fuser, settings, context.node, reportQueue(context))),
      close: () => fuser.close(),
    };
  },
});

export interface IplOptions extends IplNodeOptions {
  /** What may change meanwhile; read for every set. */
  readonly controls?: Partial<Controls>;
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
  const { reset, controls, onWarning = (text: string) => process.emitWarning(text), ...rest } = given;
  const settings = withDefaults(options, rest);
  checkCrop(settings);
  checkRigChoice(settings);
  return (source) =>
    new Observable<Frame>((subscriber) => {
      const hdr = hdrChoice(settings);
      const fuser = hdr
        ? new HdrFuser({ ...fuserSettings(settings), ...hdr }, { branches: [], warn: onWarning })
        : new SetFuser(fuserSettings(settings), { warn: onWarning, controls: withFallback(controlsOf(settings), controls) });
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

/** What nobody has written about lining up is the default, and no reason to log anything. */
function fuserSettings(settings: IplSettings): FuserSettings {
  const { align } = settings;
  return { ...settings, align: align ?? DEFAULT_ALIGN, alignAsked: align !== undefined };
}

/** @throws GstIplError where a stream would change its size with each motion */
function checkCrop({ align, crop, output }: IplSettings): void {
  if (crop === 'off') return;
  if (output !== 'sdr') throw new GstIplError('bad-option', '`crop: common` is for SDR: HDR pictures keep the size of the reference.', { hint: 'Leave `crop` out.' });
  if (align === 'each') return;
  throw new GstIplError('bad-option', '`crop: common` needs `align: each`.', { hint: 'Add `align: each`, or leave `crop` out.' });
}

/** @throws GstIplError where nothing would be lined up by a rig */
function checkRigChoice({ rig, align }: IplSettings): void {
  if (rig === '') return;
  if (align === 'each') throw new GstIplError('bad-option', '`rig` says how cameras stand, and `align: each` finds it anew in each set.', { hint: 'Leave one of them out.' });
}

function fuseWith(fuser: Pick<SetFuser, 'fuse'> | HdrFuser, settings: IplSettings, node = 'ipl', watch: QueueWatch<unknown> = {}): OperatorFunction<ExposureSet, Frame> {
  const fuse = (set: ExposureSet): Promise<Frame | undefined> => tracedFrame('gst_ipl.fuse', () => attributesOf(set, node), () => fuser.fuse(set));
  return processQueued(fuse, settings.queue, watch, settings.threads);
}

function attributesOf({ frames, missing }: ExposureSet, node: string): Record<string, string | number> {
  return { 'gst_ipl.node': node, 'gst_ipl.exposures': frames.length, 'gst_ipl.missing': missing?.length ?? 0, 'gst_ipl.running_time': Number(frames[0]?.runningTime ?? 0n) / 1e9 };
}

/** The caller's controls as they are at each moment, and else as the options say. */
function withFallback(begin: Controls, controls: Partial<Controls> = {}): Readonly<Controls> {
  return new Proxy(begin, { get: (fallback, name: keyof Controls) => controls[name] ?? fallback[name] });
}
