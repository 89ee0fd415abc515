/**
 * How far each tile of a warped texture still is from the reference: one step of Lucas and Kanade (1981), with the mean of both
 * gradients (Benhimane and Malis 2004), which converges from farther away and is not drawn to zero by noise in one of them.
 */
import type { Homography } from '../kernels/homography';
import { SUMS, type TextureKernels } from '../kernels/texture-kernels';
import type { Texture } from './normalise';

/** Tiles that have texture in both. */
export class TileSteps {
  count = 0;
  /** The middle of what is known of a tile, in pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** To where the exposure shows it, in pixels of the reference. */
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  /** What its texture says of the step (symmetric 2x2, trace 2): an edge says nothing along itself. */
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  readonly yy: Float64Array;
  /** How sure the step is: signal by noise, as its correlation tells, and how fine the texture is. */
  readonly evidence: Float64Array;
  /** Correlation of both, -1..1. */
  readonly agreement: Float64Array;
  /** Which tile of the grid. */
  readonly place: Int32Array;

  constructor(most: number) {
    const column = (): Float64Array => new Float64Array(most);
    [this.x, this.y, this.dx, this.dy, this.xx, this.xy, this.yy] = [column(), column(), column(), column(), column(), column(), column()];
    [this.evidence, this.agreement, this.place] = [column(), column(), new Int32Array(most)];
  }
}

/** Share of a tile that must be known in both. */
const KNOWN = 0.5;
/** Mean square of a texture that is one. */
const TEXTURED = 0.1;
/** A step that a linear model of the picture bears, in pixels. */
const LONGEST = 3;
/** Of the information's trace, added to its diagonal, so that edges make no steps along themselves. */
const DAMPING = 0.02;
/** Noise of tiles that are the same but for interpolation and quantisation. */
const LEAST_NOISE = 0.02;

/** @param map the exposure is seen through it; as it is without */
export function tileSteps(kernels: TextureKernels, reference: Texture, exposure: Texture, size: number, map?: Homography): TileSteps {
  const [columns, rows] = [Math.max(0, Math.floor((reference.width - 2) / size)), Math.max(0, Math.floor((reference.height - 2) / size))];
  const tiles = new TileSteps(columns * rows);
  if (columns * rows === 0) return tiles;
  const sums = kernels.sum(reference, exposure, size, columns, rows, map);
  for (let row = 0, place = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, place += 1) {
      if (measure(tiles, sums, place * SUMS, 1 + column * size, 1 + row * size, size)) tiles.place[tiles.count++] = place;
    }
  }
  return tiles;
}

/** Writes the next tile. @returns whether it is one */
function measure(tiles: TileSteps, sums: Float32Array, from: number, left: number, top: number, size: number): boolean {
  const count = sums[from];
  const [xx, xy, yy] = [sums[from + 3], sums[from + 4], sums[from + 5]];
  const [rr, rw, ww] = [sums[from + 10], sums[from + 11], sums[from + 12]];
  const trace = xx + yy;
  if (count < KNOWN * size * size || rr < TEXTURED * count || ww < TEXTURED * count || trace <= 0) return false;
  const gain = Math.min(2, Math.max(0.5, rw / ww));
  const [bx, by] = [sums[from + 6] - gain * sums[from + 8], sums[from + 7] - gain * sums[from + 9]];
  const [dxx, dyy] = [xx + DAMPING * trace, yy + DAMPING * trace];
  const determinant = dxx * dyy - xy * xy;
  const [dx, dy] = [(dyy * bx - xy * by) / determinant, (dxx * by - xy * bx) / determinant];
  if (dx * dx + dy * dy > LONGEST * LONGEST) return false;
  const i = tiles.count;
  const agreement = rw / Math.sqrt(rr * ww);
  const signal = Math.max(0, agreement) ** 2;
  [tiles.x[i], tiles.y[i], tiles.dx[i], tiles.dy[i]] = [left + sums[from + 1] / count, top + sums[from + 2] / count, dx, dy];
  [tiles.xx[i], tiles.xy[i], tiles.yy[i]] = [(2 * xx) / trace, (2 * xy) / trace, (2 * yy) / trace];
  tiles.agreement[i] = agreement;
  tiles.evidence[i] = (trace / (rr / count)) * ((signal + 1e-3) / (1 - signal + LEAST_NOISE));
  return true;
}
