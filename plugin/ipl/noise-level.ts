/**
 * How noisy a picture is, from its luma alone.
 *
 * Noise of neighbouring pixels is independent, what a lens draws is not: of the same response to a checkerboard, noise leaves
 * half when pixels are averaged two by two, a picture at least as much as before. So what the response loses, in
 * squares, on the mean of blocks all over the picture, is noise. It is everywhere: what only some blocks lose is fine texture,
 * so the mean counts no further than two blocks of three go. Where a picture has more structure than noise nothing is
 * found, and little of noise that a camera has smoothed already.
 */
import type { ColourRange } from '../core/video-caps';
import type { Plane } from '../core/video-layout';

/** Pixels of a block in each direction. */
const BLOCK = 16;

/** Blocks in each direction, at most: the estimate then varies by some hundredths from picture to picture. */
const COLUMNS = 24;
const ROWS = 14;

/** Codes next to black and white are clipped, and without noise. */
const CLIPPED = 4;

/** Share of the blocks that shows no more than the noise. */
const COMMON = 2 / 3;

/** Share of a block's pixels that may be clipped. */
const MOST_CLIPPED = 0.02;

/**
 * Of the mean magnitude of the response [1 -2 1; -2 4 -2; 1 -2 1] to white noise of one code's deviation: the response's own
 * deviation is 6, and the mean magnitude of a normal variable sqrt(2 / pi) of that (Immerkaer, Fast noise variance
 * estimation, 1996).
 */
const RESPONSE = 6 * Math.sqrt(2 / Math.PI);

/** What rounding to codes adds to the variance of everything, and nothing takes away. */
const ROUNDING = 1 / 12;

/** Of the squared response to noise, what is lost when pixels are averaged two by two. */
const LOST = 3 / 4;

/** @returns the deviation of the noise in codes, about: 0 where none is found */
export function noiseLevel(payload: Uint8Array, luma: Plane, range: ColourRange): number {
  const [black, white] = range === 'full' ? [0, 255] : [16, 235];
  const columns = Math.min(COLUMNS, Math.floor(luma.width / BLOCK));
  const rows = Math.min(ROWS, Math.floor(luma.height / BLOCK));
  const losses: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const y = Math.floor(((row + 0.5) * luma.height) / rows - BLOCK / 2);
    for (let column = 0; column < columns; column += 1) {
      const x = Math.floor(((column + 0.5) * luma.width) / columns - BLOCK / 2);
      const at = luma.offset + y * luma.stride + x;
      if (isClipped(payload, at, luma.stride, black + CLIPPED, white - CLIPPED)) continue;
      const fine = meanResponse(payload, at, luma.stride, BLOCK);
      const coarse = meanResponse(halved(payload, at, luma.stride), 0, BLOCK / 2, BLOCK / 2) / 4;
      losses.push(fine * fine - coarse * coarse);
    }
  }
  if (losses.length === 0) return 0;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  losses.sort((a, b) => a - b);
  const common = losses[Math.floor(COMMON * (losses.length - 1))] ?? 0;
  const variance = Math.min(mean, common) / LOST / RESPONSE ** 2;
  return Math.sqrt(Math.max(0, variance - ROUNDING));
}

function isClipped(codes: Uint8Array, at: number, stride: number, darkest: number, brightest: number): boolean {
  let clipped = 0;
  for (let y = 0; y < BLOCK; y += 1) {
    for (let x = 0; x < BLOCK; x += 1) {
      const code = codes[at + y * stride + x] ?? 0;
      if (code < darkest || code > brightest) clipped += 1;
    }
  }
  return clipped > MOST_CLIPPED * BLOCK * BLOCK;
}

const sums = new Uint16Array((BLOCK / 2) ** 2);

/** Sums of 2x2 codes of a block. */
function halved(codes: Uint8Array, at: number, stride: number): Uint16Array {
  for (let y = 0, to = 0; y < BLOCK; y += 2) {
    for (let x = 0; x < BLOCK; x += 2, to += 1) {
      const corner = at + y * stride + x;
      sums[to] = (codes[corner] ?? 0) + (codes[corner + 1] ?? 0) + (codes[corner + stride] ?? 0) + (codes[corner + stride + 1] ?? 0);
    }
  }
  return sums;
}

/** Mean magnitude of the response inside a block of `size` x `size` values. */
function meanResponse(values: Uint8Array | Uint16Array, at: number, stride: number, size: number): number {
  let sum = 0;
  for (let y = 1; y < size - 1; y += 1) {
    const row = at + y * stride;
    // Second differences down the columns, and of three of them across.
    let left = fall(values, row, stride);
    let here = fall(values, row + 1, stride);
    for (let x = 2; x < size; x += 1) {
      const right = fall(values, row + x, stride);
      sum += Math.abs(left - 2 * here + right);
      left = here;
      here = right;
    }
  }
  return sum / ((size - 2) * (size - 2));
}

function fall(values: Uint8Array | Uint16Array, at: number, stride: number): number {
  return (values[at - stride] ?? 0) - 2 * (values[at] ?? 0) + (values[at + stride] ?? 0);
}
