/** A motion that is about known, made exact level by level. */
import { distance, enlarged } from '../kernels/homography';
import { fitMotion, type Belief } from './fit-motion';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Texture } from './normalise';
import type { Prepared } from './prepare';
import { tileSteps, type TileSteps } from './tile-steps';

/** How much wider than it says a level's belief is taken by the next, as a factor of the variance: its own errors are not all chance. */
const WIDER = 4;
/** A step that changes nothing, in pixels. */
const SETTLED = 0.01;

export interface LinedUp {
  readonly belief: Belief;
  readonly scatter: number;
  /** Of the finest level, seen through the map. */
  readonly tiles: TileSteps;
}

/**
 * From the coarsest level to the finest: each begins with what the one before believes.
 * @param start in pixels of the coarsest level
 * @param rounds of each level at most
 */
export function lineUp(kernels: TextureKernels, reference: Prepared, exposure: Prepared, start: Belief, rounds: number): LinedUp {
  let belief = start;
  for (let level = reference.textures.length - 1; ; level -= 1) {
    const found = refine(kernels, reference.textures[level], exposure.textures[level], belief, rounds);
    if (level === 0) return found;
    belief = { map: enlarged(found.belief.map, 2), information: found.belief.information.map((value) => value / WIDER) };
  }
}

/** Tiles are measured through the best map so far, and fitted, until it stays. */
function refine(kernels: TextureKernels, reference: Texture, exposure: Texture, before: Belief, rounds: number): LinedUp {
  const { width, height } = reference;
  let [belief, scatter] = [before, Infinity];
  for (let round = 0; ; round += 1) {
    const tiles = tileSteps(kernels, reference, exposure, tileSize(reference), belief.map);
    if (round === rounds) return { belief, scatter, tiles };
    const fit = fitMotion(tiles, belief.map, before, width, height, round > 0);
    const moved = distance(fit.map, belief.map, width, height);
    [belief, scatter] = [fit, fit.scatter];
    if (moved < SETTLED) return { belief, scatter, tiles };
  }
}

export const finest = ({ textures }: Prepared): Texture => textures[0];
export const coarsest = ({ textures }: Prepared): Texture => textures.at(-1) as Texture;

/** Pixels. Small pictures have small tiles, so that there are enough of them to tell how things move. */
export const tileSize = ({ width, height }: Texture): number => (Math.max(width, height) > 400 ? 16 : 8);
