/**
 * Luma with its local brightness and contrast taken out, so that exposures look alike: each pixel less the mean of the 9x9 around
 * it, by their deviation. Pixels that say nothing are left out of both.
 */
import type { Level } from './luma-pyramid';

export interface Texture {
  readonly width: number;
  readonly height: number;
  /** About -2..2; 0 where nothing is known. */
  readonly value: Float32Array;
  readonly valid: Uint8Array;
  /** 1 where the four neighbours are valid, too; not there of a warped one. */
  readonly inner: Uint8Array;
}

const RADIUS = 4;
/** Pixels beside one that says something: as far as a window reaches, so that it sees both sides of an edge. */
const REACH = RADIUS;
const WINDOW = (2 * RADIUS + 1) ** 2;
/** Pixels of a window that must say something. */
const ENOUGH = WINDOW / 2;

/** @param noise codes that are added to the deviation, so that what flat places show stays small */
export function normalise({ width, height, luma, valid: told }: Level, noise: number): Texture {
  const valid = widened(told, width);
  const [value, known] = [new Float32Array(width * height), new Uint8Array(width * height)];
  // Sums of the rows around y in each column; a border of RADIUS columns on both sides stays empty.
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array(width + 2 * RADIUS + 1)) as [Float64Array, Float64Array, Float64Array];
  const addRow = (y: number, sign: number): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      if (valid[at] === 0) continue;
      const code = luma[at];
      counts[x + RADIUS] += sign;
      sums[x + RADIUS] += sign * code;
      squares[x + RADIUS] += sign * code * code;
    }
  };
  for (let y = 0; y < RADIUS; y += 1) addRow(y, 1);
  for (let y = 0; y < height; y += 1) {
    addRow(y + RADIUS, 1);
    addRow(y - RADIUS - 1, -1);
    let [count, sum, square] = [0, 0, 0];
    for (let x = 0; x < 2 * RADIUS; x += 1) {
      count += counts[x];
      sum += sums[x];
      square += squares[x];
    }
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      count += counts[x + 2 * RADIUS];
      sum += sums[x + 2 * RADIUS];
      square += squares[x + 2 * RADIUS];
      if (valid[at] === 1 && count >= ENOUGH) {
        const mean = sum / count;
        value[at] = (luma[at] - mean) / (Math.sqrt(Math.max(0, square / count - mean * mean)) + noise);
        known[at] = 1;
      }
      count -= counts[x];
      sum -= sums[x];
      square -= squares[x];
    }
  }
  return { width, height, value, valid: known, inner: innerOf(known, width, height) };
}

function innerOf(valid: Uint8Array, width: number, height: number): Uint8Array {
  const inner = new Uint8Array(valid.length);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1, i = y * width + 1; x < width - 1; x += 1, i += 1) {
      inner[i] = valid[i] & valid[i - 1] & valid[i + 1] & valid[i - width] & valid[i + width];
    }
  }
  return inner;
}

/** Pixels beside valid ones, too: the edge of something against a clipped sky is an edge in every exposure. What is clipped all over has no texture. */
function widened(valid: Uint8Array, width: number): Uint8Array {
  const height = valid.length / width;
  const across = new Uint8Array(valid.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let near = 0;
    for (let x = -REACH; x < width; x += 1) {
      if (x + REACH < width) near += valid[row + x + REACH];
      if (x - REACH > 0) near -= valid[row + x - REACH - 1];
      if (x >= 0) across[row + x] = near > 0 ? 1 : 0;
    }
  }
  const wide = new Uint8Array(valid.length);
  const near = new Uint8Array(width);
  for (let y = -REACH; y < height; y += 1) {
    const [enters, leaves, row] = [(y + REACH) * width, (y - REACH - 1) * width, y * width];
    for (let x = 0; x < width; x += 1) {
      if (y + REACH < height) near[x] += across[enters + x];
      if (y - REACH > 0) near[x] -= across[leaves + x];
      if (y >= 0) wide[row + x] = near[x] > 0 ? 1 : 0;
    }
  }
  return wide;
}
