/** What is fused, what is known of it, and when it may be done: what all engines have in common. */
import type { ColourRange } from '../../core/frames/video-caps';
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Homography, Reason, Sight } from '../align';
import type { MergeReport } from '../hdr/hdr-engine';
import type { MergeTask } from '../hdr/merge-task';
import type { Area, Cover, Motion, ReducedLuma, Shift } from '../kernels';
import type { Look } from './look';
import type { Patch } from './mend';
import type { ToneCurve } from './tone-curve';

/** `learn`: the sums go into the report. A list: curves of the task's exposures, to be followed. */
export type ToneTask = 'learn' | readonly ToneCurve[];

/** What was found of where an exposure lies. */
export interface LinedUp {
  /** Pixels by which its corners were moved at most. */
  readonly pixels: number;
  /** Why it is taken as it is. */
  readonly reason: Reason | undefined;
  readonly map?: Homography | undefined;
}

/** What others want to see of a set's exposures as they come, to find their motions (live-line-up.ts). */
export interface Wanted {
  /** Pixels of the longer side at most. */
  readonly most: number;
  /** By exposure, whether it is wanted; the reference is given with them. */
  readonly exposures: readonly boolean[];
}

export interface FusionTask {
  /**
   * Raw pictures, dark to bright. The reference's is overwritten with the fused picture, those with a motion with what they show
   * of it, and what stands before ground that the reference lost is taken out of them (mend/index.ts).
   */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  /** Index into `payloads`. */
  readonly reference: number;
  /** By exposure, how it is lined up with the reference before the fusion (line-up.ts); undefined: it is taken as it is. */
  readonly motions?: readonly (Motion | undefined)[] | undefined;
  /** Whether exposures are moved tile by tile (kernels/warp/tile-warp.ts): a quarter of the time, for streams. */
  readonly quick?: boolean | undefined;
  /** Whether motions that are not given are to be found in the exposures (found-motions.ts). */
  readonly align?: boolean;
  /** By exposure, where it is expected (followed-motions.ts); undefined: nothing moves, or its motion is given. */
  readonly follow?: readonly (Homography | undefined)[] | undefined;
  /** What is to be put aside of the exposures. */
  readonly wanted?: Wanted | undefined;
  /** By exposure, what was seen of those that were followed, and what was put aside. */
  readonly sights?: readonly (Sight | undefined)[] | undefined;
  readonly aside?: readonly (ReducedLuma | undefined)[] | undefined;
  /** By exposure, what was found. */
  readonly linedUp?: readonly LinedUp[] | undefined;
  /** By exposure, what it covers once it was lined up; undefined: all. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
  /** By exposure, from how many luma pixels elsewhere it is read: its payload was not moved (line-up.ts). */
  readonly shifts?: readonly (Shift | undefined)[] | undefined;
  /** Whether the fused picture is cut to what all exposures cover. */
  readonly crop?: boolean;
  readonly look?: Look;
  /** Whether a weight map is wanted. */
  readonly weights?: boolean;
  /** Only what a blend takes is wanted, which is somebody else's work then: `FusionReport.plan`. The reference's payload is not changed. */
  readonly planOnly?: boolean;
  /** What was measured of exposures that are not all there at once; then payloads are not looked at. */
  readonly measured?: Measured | undefined;
  /** Where the set is merged into an HDR picture instead (hdr/hdr-engine.ts): what that takes besides. */
  readonly hdr?: Omit<MergeTask, 'payloads' | 'layout' | 'reference' | 'covers'> | undefined;
  /** Whether the look is to be learnt, or kept (tone-step.ts). */
  readonly tones?: ToneTask | undefined;
}

export interface Measured {
  /** [K, statistics, rows of the map, w] (kernels/index.ts) */
  readonly statistics: Float32Array;
  /** Of the reference, in codes. */
  readonly noise: number;
}

/** The reference's payload. */
export function payloadOf({ payloads, reference }: FusionTask): Uint8Array {
  const payload = payloads[reference];
  if (!payload) throw new RangeError(`There is no exposure ${reference}.`);
  return payload;
}

/** What a blend takes beside the exposures (kernels/index.ts). */
export interface BlendPlan {
  /** Pixels of the network's blocks. */
  readonly block: number;
  /** [K, coefficients, rows, columns], with the look in it. */
  readonly coefficients: Float32Array;
  readonly rows: number;
  /** Of the reference, in codes. */
  readonly noise: number;
  /** By exposure, what was mended of it: other planes of the same picture want the same. */
  readonly patches: readonly (Patch | undefined)[];
  /** By exposure, what is taken of it (held-border.ts). */
  readonly covers: readonly (Cover | undefined)[];
}

/** What the engine reports of one fusion. Times in milliseconds. */
export interface FusionReport {
  readonly sceneCut: boolean;
  readonly slices: number;
  /** Slices that kept what they had. */
  readonly reused: number;
  readonly statisticsMs: number;
  /** Until the frames before had had their turns. */
  readonly waitMs: number;
  readonly networkMs: number;
  readonly blendMs: number;
  /** [K, rows, columns], where it was asked for. */
  readonly weights: { readonly columns: number; readonly rows: number; readonly values: Uint8Array } | undefined;
  /** By exposure, where motions were to be found. */
  readonly linedUp?: readonly LinedUp[] | undefined;
  /** What the picture was cut to. */
  readonly area?: Area | undefined;
  readonly sights?: FusionTask['sights'];
  readonly aside?: FusionTask['aside'];
  /** Where that was all that was wanted. */
  readonly plan?: BlendPlan | undefined;
  /** Of an HDR picture. */
  readonly hdr?: MergeReport | undefined;
  /** By exposure, where the look was to be learnt: sums of sumTones. */
  readonly tones?: readonly Float64Array[];
}

/** The frame's turn among those in work. */
export interface Turn {
  wait(): void;
  pass(): void;
}

export const ALONE: Turn = { wait: () => undefined, pass: () => undefined };
