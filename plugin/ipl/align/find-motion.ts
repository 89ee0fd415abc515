/** One exposure against the reference: searched on the coarsest level, made exact level by level, and believed only if it helps. */
import { compareTiles, type Agreement } from './agreement';
import { coarseSearch } from './coarse-search';
import { isGain, isMuch, LEAST_SHARE, LEAST_TILES, MOST_DEVIATION, MOST_SCATTER, SURE, type Reason } from './evidence';
import { deviation, firstBelief } from './fit-motion';
import { distance, enlarged, IDENTITY, type Homography } from '../kernels/homography';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Texture } from './normalise';
import type { Prepared } from './prepare';
import { coarsest, finest, lineUp, tileSize } from './refine';
import { tileSteps } from './tile-steps';

export interface Motion {
  /** Pixels of the reference's luma plane -> pixels of the exposure's; undefined: leave it as it is. */
  readonly map: Homography | undefined;
  /** Where there is no map. */
  readonly reason?: Reason;
  /** Standard deviation of the map at the worst corner, in pixels. */
  readonly deviation: number;
  /** Of what was found, whether it was believed or not. */
  readonly agreement: Agreement;
}

/** Candidates that score nearly as well as the best are looked at, and these many at most. */
const RIVAL = 0.8;
const RIVALS = 3;
/** Share of the best one's gain with which another motion cannot be told from it: what is regular agrees in several places. */
const SAME = 0.7;
/**
 * Corners that move less than this, in pixels of the finest level, line up, unless much is gained: a filter for less costs more than
 * it mends, and its blur of noise alone makes pictures agree a little more.
 */
const STILL = 0.1;
const ROUNDS = 4;
/** What the coarse search leaves, in pixels of its level. */
const SEARCH_ERROR = 0.7;

const NOTHING: Agreement = { tiles: 0, asIs: 0, linedUp: 0, middle: 0, certainty: 0 };

export function findMotion(kernels: TextureKernels, reference: Prepared, exposure: Prepared): Motion {
  const refuse = (reason: Reason, agreement = NOTHING, wide = Infinity): Motion => ({ map: undefined, reason, deviation: wide, agreement });
  if (Math.min(reference.share, exposure.share) < LEAST_SHARE) return refuse('dark or clipped');
  const [a, b, lowest] = [finest(reference), finest(exposure), coarsest(reference)];
  const asIs = tileSteps(kernels, a, b, tileSize(a));
  const [best, second] = rivals(kernels, reference, exposure)
    .map((map) => lineUp(kernels, reference, exposure, firstBelief(map, lowest.width, lowest.height, SEARCH_ERROR), ROUNDS))
    .map((found) => ({ ...found, agreement: compareTiles(asIs, found.tiles) }))
    .sort((one, other) => other.agreement.linedUp - one.agreement.linedUp);
  if (!best) return refuse('flat');
  const { agreement, belief, scatter } = best;
  const map = enlarged(belief.map, reference.factor);
  const wide = deviation(belief, a.width, a.height) * reference.factor;
  const moved = distance(map, IDENTITY, reference.width, reference.height);
  if (agreement.tiles < LEAST_TILES) return refuse('flat', agreement, wide);
  if (moved < Math.max(STILL * reference.factor, SURE * wide) && !isMuch(agreement)) return refuse('lines up', agreement, wide);
  if (!isGain(agreement, moved / reference.factor)) return refuse('no gain', agreement, wide);
  if (second && isAnother(second.belief.map, belief.map, a) && second.agreement.linedUp - second.agreement.asIs > SAME * (agreement.linedUp - agreement.asIs)) return refuse('ambiguous', agreement, wide);
  if (scatter > MOST_SCATTER) return refuse('many motions', agreement, wide);
  if (wide > MOST_DEVIATION * reference.factor) return refuse('flat', agreement, wide);
  return { map, deviation: wide, agreement };
}

/** Pixels of the finest level. What two starts led to is one, if they are nearer. */
const isAnother = (one: Homography, other: Homography, { width, height }: Texture): boolean => distance(one, other, width, height) > 2;

/** Where the search finds the exposure, in pixels of the coarsest level; several places where they score alike. */
function rivals(kernels: TextureKernels, reference: Prepared, exposure: Prepared): Homography[] {
  const candidates = coarseSearch(kernels, coarsest(reference), coarsest(exposure), RIVALS);
  return candidates.filter(({ score }) => score >= RIVAL * (candidates[0]?.score ?? 0)).map(({ map }) => map);
}
