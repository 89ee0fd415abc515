/** An exposure whose motion was about known a moment ago, looked at again: a fraction of what a search costs. */
import { compareTiles, type Agreement } from './agreement';
import { isGain, isLoss, LEAST_SHARE, LEAST_TILES, MOST_DEVIATION, MOST_SCATTER, SURE } from './evidence';
import { deviation, firstBelief } from './fit-motion';
import { distance, enlarged, IDENTITY, type Homography } from '../kernels/homography';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Prepared } from './prepare';
import { coarsest, finest, lineUp, tileSize } from './refine';
import { tileSteps } from './tile-steps';

/** What is seen of an exposure that was expected somewhere. */
export type Sight =
  | {
      readonly kind: 'seen';
      /** Pixels of the reference's luma plane -> pixels of the exposure's. */
      readonly map: Homography;
      /** Standard deviation of the map at the worst corner, in pixels. */
      readonly deviation: number;
      readonly agreement: Agreement;
      /** Whether pictures surely agree more through the map than as they are. */
      readonly helps: boolean;
    }
  /** Too dark, clipped or flat to say anything. */
  | { readonly kind: 'nothing' }
  /** There is texture, and it is not where it was expected, or in several places. */
  | { readonly kind: 'lost' };

/** Pixels of the coarsest level by which it may have moved. */
const STRAY = 1;
/** Of the longer side: what is farther away is nothing that a rig or a camera does, and more than the warp bears. */
const FARTHEST = 0.1;
/** What a few tenths of a pixel need: it was there a moment ago. */
const ROUNDS = 2;

/** @param expected where it was; pictures of few levels need a better guess, and cost less */
export function followMotion(kernels: TextureKernels, reference: Prepared, exposure: Prepared, expected: Homography): Sight {
  if (Math.min(reference.share, exposure.share) < LEAST_SHARE) return { kind: 'nothing' };
  const [a, b, lowest] = [finest(reference), finest(exposure), coarsest(reference)];
  const { factor } = reference;
  const scale = factor * 2 ** (reference.textures.length - 1);
  const start = firstBelief(enlarged(expected, 1 / scale), lowest.width, lowest.height, STRAY);
  const { belief, scatter, tiles } = lineUp(kernels, reference, exposure, start, ROUNDS);
  const agreement = compareTiles(tileSteps(kernels, a, b, tileSize(a)), tiles);
  const wide = deviation(belief, a.width, a.height);
  if (tiles.count < LEAST_TILES || wide > MOST_DEVIATION) return { kind: 'nothing' };
  const map = enlarged(belief.map, factor);
  const moved = distance(map, IDENTITY, reference.width, reference.height);
  const astray = !(moved <= FARTHEST * Math.max(reference.width, reference.height));
  if (astray || scatter > MOST_SCATTER || isLoss(agreement)) return { kind: 'lost' };
  return { kind: 'seen', map, deviation: wide * factor, agreement, helps: moved >= SURE * wide * factor && isGain(agreement, moved / factor) };
}
