/** What is left where exposures are lined up by one homography, and what it has brought: measured in tiles, over several pictures. */
import { compareTiles } from '../align/agreement';
import { prepare } from '../align/prepare';
import { tileSize } from '../align/refine';
import { tileSteps, type TileSteps } from '../align/tile-steps';
import { enlarged, IDENTITY, type Homography } from '../kernels/homography';
import type { ReducedLuma } from '../kernels/reduced-luma';
import type { TextureKernels } from '../kernels/texture-kernels';
import { percentile } from './percentile';

export interface Residuals {
  /** Pixels of the picture. */
  readonly residual: { readonly median: number; readonly p95: number };
  /** Correlation of the textures, 0..1. */
  readonly agreement: { readonly without: number; readonly with: number };
}

/** The steps of one tile, added up: noise goes, and what a rig cannot mend (parallax, lenses) stays. */
interface Place {
  x: number;
  y: number;
  evidence: number;
}

/** @param pairs of reference and exposure, at least one */
export function residualsOf(kernels: TextureKernels, pairs: readonly (readonly [ReducedLuma, ReducedLuma])[], homography: Homography): Residuals {
  const places = new Map<number, Place>();
  const sums = { tiles: 0, without: 0, with: 0 };
  for (const [reference, exposure] of pairs) {
    const [asIs, linedUp] = [IDENTITY, homography].map((map) => stepsThrough(kernels, reference, exposure, map)) as [TileSteps, TileSteps];
    const { tiles, asIs: without, linedUp: agreed } = compareTiles(asIs, linedUp);
    sums.tiles += tiles;
    sums.without += tiles * without;
    sums.with += tiles * agreed;
    addSteps(places, linedUp);
  }
  const list = [...places.values()].filter(({ evidence }) => evidence > 0);
  const factor = pairs[0]?.[0].factor ?? 1;
  const lengths = list.map(({ x, y, evidence }) => (factor * Math.hypot(x, y)) / evidence);
  const weights = list.map(({ evidence }) => evidence);
  const [median, p95] = [0.5, 0.95].map((share) => percentile(lengths, share, weights)) as [number, number];
  const whole = Math.max(1, sums.tiles);
  return { residual: { median, p95 }, agreement: { without: sums.without / whole, with: sums.with / whole } };
}

function stepsThrough(kernels: TextureKernels, reference: ReducedLuma, exposure: ReducedLuma, homography: Homography): TileSteps {
  const [[fixed], [moved]] = [reference, exposure].map((luma) => prepare(kernels, luma, Infinity).textures);
  if (!fixed || !moved) throw new RangeError('These pictures are too small to be compared.');
  const warped = kernels.warp(moved, enlarged(homography, 1 / reference.factor));
  return tileSteps(kernels, fixed, warped, tileSize(fixed));
}

function addSteps(places: Map<number, Place>, { count, place, dx, dy, evidence }: TileSteps): void {
  for (let at = 0; at < count; at += 1) {
    const [key, weight] = [place[at] ?? 0, evidence[at] ?? 0];
    const sum = places.get(key) ?? { x: 0, y: 0, evidence: 0 };
    sum.x += weight * (dx[at] ?? 0);
    sum.y += weight * (dy[at] ?? 0);
    sum.evidence += weight;
    places.set(key, sum);
  }
}
