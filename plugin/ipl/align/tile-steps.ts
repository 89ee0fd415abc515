/**
 * How far each tile of a warped texture still is from the reference: one step of Lucas and Kanade (1981), with the mean of both
 * gradients (Benhimane and Malis 2004), which converges from farther away and is not drawn to zero by noise in one of them.
 */
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

export function tileSteps(reference: Texture, warped: Texture, size: number): TileSteps {
  const [columns, rows] = [Math.floor((reference.width - 2) / size), Math.floor((reference.height - 2) / size)];
  const tiles = new TileSteps(Math.max(0, columns * rows));
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (measure(tiles, reference, warped, 1 + column * size, 1 + row * size, size)) tiles.place[tiles.count++] = row * columns + column;
    }
  }
  return tiles;
}

/** Writes the next tile. @returns whether it is one */
function measure(tiles: TileSteps, reference: Texture, warped: Texture, left: number, top: number, size: number): boolean {
  const r = reference.value;
  const w = warped.value;
  const rk = reference.inner;
  const wv = warped.valid;
  const stride = reference.width;
  let [count, sx, sy] = [0, 0, 0];
  let [xx, xy, yy, rx, ry, wx, wy, rr, rw, ww] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let y = top; y < top + size; y += 1) {
    for (let x = left, i = y * stride + left; x < left + size; x += 1, i += 1) {
      if ((rk[i] & wv[i] & wv[i - 1] & wv[i + 1] & wv[i - stride] & wv[i + stride]) === 0) continue;
      const gx = (r[i + 1] - r[i - 1] + w[i + 1] - w[i - 1]) * 0.25;
      const gy = (r[i + stride] - r[i - stride] + w[i + stride] - w[i - stride]) * 0.25;
      const a = r[i];
      const b = w[i];
      count += 1;
      sx += x;
      sy += y;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
      rx += gx * a;
      ry += gy * a;
      wx += gx * b;
      wy += gy * b;
      rr += a * a;
      rw += a * b;
      ww += b * b;
    }
  }
  const trace = xx + yy;
  if (count < KNOWN * size * size || rr < TEXTURED * count || ww < TEXTURED * count || trace <= 0) return false;
  const gain = Math.min(2, Math.max(0.5, rw / ww));
  const [bx, by] = [rx - gain * wx, ry - gain * wy];
  const [dxx, dyy] = [xx + DAMPING * trace, yy + DAMPING * trace];
  const determinant = dxx * dyy - xy * xy;
  const [dx, dy] = [(dyy * bx - xy * by) / determinant, (dxx * by - xy * bx) / determinant];
  if (dx * dx + dy * dy > LONGEST * LONGEST) return false;
  const i = tiles.count;
  const agreement = rw / Math.sqrt(rr * ww);
  const signal = Math.max(0, agreement) ** 2;
  [tiles.x[i], tiles.y[i], tiles.dx[i], tiles.dy[i]] = [sx / count, sy / count, dx, dy];
  [tiles.xx[i], tiles.xy[i], tiles.yy[i]] = [(2 * xx) / trace, (2 * xy) / trace, (2 * yy) / trace];
  tiles.agreement[i] = agreement;
  tiles.evidence[i] = (trace / (rr / count)) * ((signal + 1e-3) / (1 - signal + LEAST_NOISE));
  return true;
}
