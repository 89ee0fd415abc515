/** One exposure against the reference: searched on the coarsest level, made exact level by level, and believed only if it helps. */
import { compareTiles, type Agreement } from './agreement';
import { coarseSearch } from './coarse-search';
import { deviation, firstBelief, fitMotion, type Belief } from './fit-motion';
import { distance, enlarged, IDENTITY, type Homography } from './homography';
import type { Texture } from './normalise';
import type { Prepared } from './prepare';
import { tileSteps, type TileSteps } from './tile-steps';
import { emptyTexture, warpTexture } from './warp-texture';

/** Why an exposure is left as it is. */
export type Reason = 'lines up' | 'dark or clipped' | 'flat' | 'ambiguous' | 'many motions' | 'no gain';

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

/** What counts as seen: of the plane, that is neither clipped nor black, and of tiles with texture in both. */
const LEAST_SHARE = 0.02;
const LEAST_TILES = 12;
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
/** Nor is it sure that they moved, in deviations and standard errors. */
const SURE = 2.5;
/** The gain in correlation that a tenth of a pixel of the finest level makes; what is less is chance, and a fit to noise. */
const LEAST_GAIN = 0.003;
/** Nobody would call that lined up. */
const MUCH = 10 * LEAST_GAIN;
/** Scatter of the tiles, in pixels of the finest level, that is one motion, parallax and rolling shutters included. */
const MOST_SCATTER = 1.2;
/** How sure the map must be, in pixels of the finest level. */
const MOST_DEVIATION = 1.5;

/** How much wider than it says a level's belief is taken by the next, as a factor of the variance: its own errors are not all chance. */
const WIDER = 4;
const ROUNDS = 4;
/** A step that changes nothing, in pixels. */
const SETTLED = 0.01;
/** What the coarse search leaves, in pixels of its level. */
const SEARCH_ERROR = 0.7;

const NOTHING: Agreement = { tiles: 0, asIs: 0, linedUp: 0, certainty: 0 };

export function findMotion(reference: Prepared, exposure: Prepared): Motion {
  const refuse = (reason: Reason, agreement = NOTHING, wide = Infinity): Motion => ({ map: undefined, reason, deviation: wide, agreement });
  if (Math.min(reference.share, exposure.share) < LEAST_SHARE) return refuse('dark or clipped');
  const [a, b] = [finest(reference), finest(exposure)];
  const asIs = tileSteps(a, b, tileSize(a));
  const [best, second] = rivals(reference, exposure)
    .map((map) => lineUp(reference, exposure, map))
    .map((found) => ({ ...found, agreement: compareTiles(asIs, found.tiles) }))
    .sort((one, other) => other.agreement.linedUp - one.agreement.linedUp);
  if (!best) return refuse('flat');
  const { agreement, belief, scatter } = best;
  const map = enlarged(belief.map, reference.factor);
  const wide = deviation(belief, a.width, a.height) * reference.factor;
  const moved = distance(map, IDENTITY, reference.width, reference.height);
  if (agreement.tiles < LEAST_TILES) return refuse('flat', agreement, wide);
  if (moved < Math.max(STILL * reference.factor, SURE * wide) && agreement.linedUp - agreement.asIs < MUCH) return refuse('lines up', agreement, wide);
  if (agreement.linedUp - agreement.asIs < LEAST_GAIN || agreement.certainty < SURE) return refuse('no gain', agreement, wide);
  if (second && isAnother(second.belief.map, belief.map, a) && second.agreement.linedUp - second.agreement.asIs > SAME * (agreement.linedUp - agreement.asIs)) return refuse('ambiguous', agreement, wide);
  if (scatter > MOST_SCATTER) return refuse('many motions', agreement, wide);
  if (wide > MOST_DEVIATION * reference.factor) return refuse('flat', agreement, wide);
  return { map, deviation: wide, agreement };
}

/** Pixels of the finest level. What two starts led to is one, if they are nearer. */
const isAnother = (one: Homography, other: Homography, { width, height }: Texture): boolean => distance(one, other, width, height) > 2;

/** Where the search finds the exposure, in pixels of the coarsest level; several places where they score alike. */
function rivals(reference: Prepared, exposure: Prepared): Homography[] {
  const candidates = coarseSearch(coarsest(reference), coarsest(exposure), RIVALS);
  return candidates.filter(({ score }) => score >= RIVAL * (candidates[0]?.score ?? 0)).map(({ map }) => map);
}

interface LinedUp {
  readonly belief: Belief;
  readonly scatter: number;
  /** Of the finest level, seen through the map. */
  readonly tiles: TileSteps;
}

/** From the coarsest level to the finest: each begins with what the one before believes. */
function lineUp(reference: Prepared, exposure: Prepared, start: Homography): LinedUp {
  const last = reference.textures.length - 1;
  const { width, height } = coarsest(reference);
  let belief = firstBelief(start, width, height, SEARCH_ERROR);
  for (let level = last; ; level -= 1) {
    const [a, b] = [reference.textures[level], exposure.textures[level]] as [Texture, Texture];
    const found = refine(a, b, belief);
    if (level === 0) return found;
    belief = { map: enlarged(found.belief.map, 2), information: found.belief.information.map((value) => value / WIDER) };
  }
}

/** Tiles are measured through the best map so far, and fitted, until it stays. */
function refine(reference: Texture, exposure: Texture, before: Belief): LinedUp {
  const { width, height } = reference;
  const warped = emptyTexture(width, height);
  let [belief, scatter] = [before, Infinity];
  for (let round = 0; ; round += 1) {
    warpTexture(exposure, belief.map, warped);
    const tiles = tileSteps(reference, warped, tileSize(reference));
    if (round === ROUNDS) return { belief, scatter, tiles };
    const fit = fitMotion(tiles, belief.map, before, width, height, round > 0);
    const moved = distance(fit.map, belief.map, width, height);
    [belief, scatter] = [fit, fit.scatter];
    if (moved < SETTLED) return { belief, scatter, tiles };
  }
}

const finest = ({ textures }: Prepared): Texture => textures[0];
const coarsest = ({ textures }: Prepared): Texture => textures.at(-1) as Texture;

/** Pixels. Small pictures have small tiles, so that there are enough of them to tell how things move. */
const tileSize = ({ width, height }: Texture): number => (Math.max(width, height) > 400 ? 16 : 8);
