/**
 * How the exposures of one set must be moved, seen in their own pictures: found from nothing, for stills, of which each set is another
 * scene; or followed from where they were in the set before, for cameras that move.
 */
import { bitsBelowEight } from '../../core/frames/video-layout';
import { blockSize } from '../network/slice-plan';
import { atBlocks, findMotions, followMotions, SEARCHED } from '../align';
import { nearOf, placesOf, snapped } from '../align/places';
import { reductionTo, type LumaReducer, type Motion, type ReducedLuma, type TextureKernels } from '../kernels';
import { distance, IDENTITY } from '../kernels/homography';
import type { FusionTask } from './fusion-task';

export interface FoundMotions {
  /** By exposure. */
  readonly motions: readonly (Motion | undefined)[];
  /** By exposure. */
  readonly linedUp: NonNullable<FusionTask['linedUp']>;
}

/** Pixels of a box's side of what motions are found in. */
export const searchedIn = (width: number, height: number): number => reductionTo(SEARCHED, width, height);

/** Pixels of the longer side of what is followed: a tenth of a pixel of an HD picture, at a tenth of a fusion's cost. */
const FOLLOWED = 256;
/** Rows of a box of it that are looked at, at least: two of three rows of an UHD picture are not read. */
const FEW = 4;
/** And pixels of the longer side of its coarsest level. */
const COARSEST = 128;

/** Kernels of the thread's own. */
export interface Finders {
  readonly reducer: LumaReducer;
  readonly kernels: TextureKernels;
}

export function foundMotions(task: FusionTask, { reducer, kernels }: Finders): FoundMotions {
  return motionsIn(reduced(task, reducer, SEARCHED) as ReducedLuma[], task.reference, kernels);
}

/** @param exposures their luma, made small as `searchedIn` says */
export function motionsIn(exposures: readonly ReducedLuma[], reference: number, kernels: TextureKernels): FoundMotions {
  const found = findMotions(kernels, exposures, reference, { fields: true });
  const { width, height } = exposures[reference].plane;
  const block = blockSize(width, height);
  return {
    motions: found.map(({ map, field }) => {
      if (!map && !field) return undefined;
      return { homography: map ?? IDENTITY, field: field && atBlocks(field, block, Math.ceil(width / block), Math.ceil(height / block)) };
    }),
    linedUp: found.map(({ map, reason }) => ({ pixels: map ? distance(map, IDENTITY, width, height) : 0, reason: map ? undefined : reason, map })),
  };
}

export interface FollowedMotions {
  /** By exposure: where it helps; what is not surely better lined up is taken as it is. */
  readonly motions: readonly (Motion | undefined)[];
  readonly sights: NonNullable<FusionTask['sights']>;
}

export function followedMotions(task: FusionTask, follow: NonNullable<FusionTask['follow']>, { reducer, kernels }: Finders): FollowedMotions {
  const exposures = follow.map((expected) => expected !== undefined);
  const sights = followMotions(kernels, reduced(task, reducer, FOLLOWED, exposures, FEW), task.reference, follow, COARSEST);
  const { width, height } = task.layout;
  const near = nearOf(width, height);
  const motions = sights.map((sight) => {
    if (sight?.kind !== 'seen' || !sight.helps) return undefined;
    const map = snapped(placesOf(sight.map, width, height), near, width, height);
    return map && { homography: map };
  });
  return { motions, sights };
}

/**
 * Luma of a set's exposures, made small.
 * @param exposures those that are wanted beside the reference; without it all
 * @param rows of a box that are looked at, at least; without it all
 */
export function reduced({ payloads, layout, range, reference }: FusionTask, reducer: LumaReducer, most: number, exposures?: readonly boolean[], rows = Infinity): (ReducedLuma | undefined)[] {
  const [luma] = layout.planes;
  if (!luma) throw new RangeError('A picture has a plane of luma.');
  const { offset, stride } = luma;
  const { format, width, height } = layout;
  const below = bitsBelowEight(format);
  const factor = reductionTo(most, width, height);
  return payloads.map((payload, exposure) => {
    if (exposures && exposure !== reference && !exposures[exposure]) return undefined;
    return reducer.reduce({ data: payload.subarray(offset), below, width, height, stride, range }, factor, Math.max(1, Math.floor(factor / rows)));
  });
}
