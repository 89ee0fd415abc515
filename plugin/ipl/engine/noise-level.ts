/**
 * How noisy the reference is, from its luma and, to tell noise from fine texture, that of the other exposures.
 *
 * Noise of neighbouring pixels is independent, what a lens draws is not: of the same response to a checkerboard, noise leaves
 * half when pixels are averaged two by two, a picture at least as much as before. So what the response loses, in
 * squares, on the mean of blocks all over the picture, is noise. It is everywhere: what only some blocks lose is fine texture,
 * so the mean counts no further than two blocks of three go. Where a picture has more structure than noise nothing is
 * found, and little of noise that a camera has smoothed already.
 *
 * Texture that is as fine as noise (gravel, cloth, a raster) is the same in all exposures as long as nothing shakes, and noise
 * is another in each: the more the responses of two exposures are alike, the less is taken for noise.
 */
import type { ColourRange } from '../../core/frames/video-caps';
import type { Plane, PlaneLayout } from '../../core/frames/video-layout';
import { eightBitsOf } from '../kernels';
import type { Shift } from '../kernels/warp/whole-shift';
import { BLOCK, blocksOf, columnsOf, isClipped, leftOf, movedBlocks, noiseTops, type Blocks } from './noise-blocks';

/** Share of the blocks that shows no more than the noise. */
const COMMON = 2 / 3;

/** What rounding to codes adds to the variance of everything, and nothing takes away. */
const ROUNDING = 1 / 12;

/** Of the squared response to noise, what is lost when pixels are averaged two by two. */
const LOST = 3 / 4;

/**
 * Of the mean magnitude of the response [1 -2 1; -2 4 -2; 1 -2 1] to white noise of one code's deviation: the response's own
 * deviation is 6, and the mean magnitude of a normal variable sqrt(2 / pi) of that (Immerkaer, Fast noise variance
 * estimation, 1996).
 */
const RESPONSE = 6 * Math.sqrt(2 / Math.PI);

/** Correlation of two exposures' responses from which on all is texture. */
const TEXTURE = 0.5;

/**
 * @param payloads of all exposures
 * @param tops where the payloads have the rows of `noiseTops`, which is where pictures have them that are there as a whole
 * @param shifts of exposures that are read as if they had been moved
 * @returns the deviation of the reference's noise in codes, about: 0 where none is found
 */
export function noiseLevel(
  payloads: readonly Uint8Array[], reference: number, luma: Plane, range: ColourRange,
  { tops = noiseTops(luma.height), shifts = [] }: { readonly tops?: readonly number[]; readonly shifts?: readonly (Shift | undefined)[] | undefined } = {},
): number {
  const codes = payloads[reference] ?? new Uint8Array();
  const blocks = [...blocksOf(luma, tops)].filter((at) => !isClipped(codes, at, luma.stride, range));
  const variance = lostVariance(codes, blocks, luma.stride) - ROUNDING;
  if (variance <= 0) return 0;
  const own = { codes, blocks, stride: luma.stride };
  const likeness = payloads.map((other, exposure) => {
    if (exposure === reference) return 0;
    const shift = shifts[exposure];
    return likenessOf(own, shift ? movedBlocks(other, blocks, luma, shift) : { ...own, codes: other }, range);
  });
  return Math.sqrt(variance) * Math.max(0, 1 - Math.max(...likeness) / TEXTURE);
}

/** The same of pictures of any depth: of more than 8 bits the blocks are gathered in 8, and what is rounded off is no noise. Only of 8 bits have exposures `shifts`. */
export function noiseIn(payloads: readonly Uint8Array[], reference: number, { planes, format, width, height }: PlaneLayout, range: ColourRange, shifts?: readonly (Shift | undefined)[]): number {
  const [luma] = planes;
  const { bytes, codeAt } = eightBitsOf(format);
  if (bytes === 1) return noiseLevel(payloads, reference, luma, range, { shifts });
  const tops = noiseTops(height);
  const columns = columnsOf(width);
  const gathered: Plane = { offset: 0, stride: columns * BLOCK, width: columns * BLOCK, height: tops.length * BLOCK };
  const blocks = payloads.map((payload) => {
    const eight = new Uint8Array(gathered.stride * gathered.height);
    for (const [row, top] of tops.entries()) {
      for (let column = 0; column < columns; column += 1) {
        const left = leftOf(column, columns, width);
        for (let y = 0; y < BLOCK; y += 1) {
          const from = luma.offset + (top + y) * luma.stride + bytes * left;
          const to = (row * BLOCK + y) * gathered.stride + column * BLOCK;
          for (let x = 0; x < BLOCK; x += 1) eight[to + x] = codeAt(payload, from + bytes * x);
        }
      }
    }
    return eight;
  });
  return noiseLevel(blocks, reference, gathered, range, { tops: tops.map((_, row) => row * BLOCK) });
}

/** What is lost of the response when pixels are averaged two by two, as the variance of noise. */
function lostVariance(codes: Uint8Array, blocks: readonly number[], stride: number): number {
  const losses = blocks.map((at) => {
    const fine = respond(codes, at, stride, BLOCK, responses);
    const coarse = respond(halved(codes, at, stride), 0, BLOCK / 2, BLOCK / 2, responses) / 4;
    return fine * fine - coarse * coarse;
  });
  if (losses.length === 0) return 0;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  losses.sort((a, b) => a - b);
  const common = losses[Math.floor(COMMON * (losses.length - 1))] ?? 0;
  return Math.min(mean, common) / LOST / RESPONSE ** 2;
}

/** The correlation of two exposures' responses in the blocks that both show: 0..1; below zero there is none. */
function likenessOf(one: Blocks, other: Blocks, range: ColourRange): number {
  let products = 0;
  let squares = 0;
  let otherSquares = 0;
  for (const [index, at] of one.blocks.entries()) {
    const otherAt = other.blocks[index] ?? 0;
    if (isClipped(other.codes, otherAt, other.stride, range)) continue;
    respond(one.codes, at, one.stride, BLOCK, responses);
    respond(other.codes, otherAt, other.stride, BLOCK, otherResponses);
    for (let place = 0; place < responses.length; place += 1) {
      const a = responses[place] ?? 0;
      const b = otherResponses[place] ?? 0;
      products += a * b;
      squares += a * a;
      otherSquares += b * b;
    }
  }
  return products > 0 ? products / Math.sqrt(squares * otherSquares) : 0;
}

// One block at a time: nothing is made anew for each.
const responses = new Int16Array((BLOCK - 2) ** 2);
const otherResponses = new Int16Array((BLOCK - 2) ** 2);
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

/**
 * Responses inside a block of `size` x `size` values.
 * @param out is filled
 * @returns their mean magnitude
 */
function respond(values: Uint8Array | Uint16Array, at: number, stride: number, size: number, out: Int16Array): number {
  let sum = 0;
  let to = 0;
  for (let y = 1; y < size - 1; y += 1) {
    const row = at + y * stride;
    // Second differences down the columns, and of three of them across.
    let left = fall(values, row, stride);
    let here = fall(values, row + 1, stride);
    for (let x = 2; x < size; x += 1) {
      const right = fall(values, row + x, stride);
      const response = left - 2 * here + right;
      sum += Math.abs(response);
      out[to] = response;
      to += 1;
      left = here;
      here = right;
    }
  }
  return sum / to;
}

function fall(values: Uint8Array | Uint16Array, at: number, stride: number): number {
  return (values[at - stride] ?? 0) - 2 * (values[at] ?? 0) + (values[at + stride] ?? 0);
}
