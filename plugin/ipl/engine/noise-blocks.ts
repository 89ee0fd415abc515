/** The blocks in which noise is looked for: evenly spread, the same in all exposures, and those that tell nothing. */
import type { ColourRange } from '../../core/frames/video-caps';
import type { Plane } from '../../core/frames/video-layout';
import type { Shift } from '../kernels/warp/whole-shift';

/** Pixels of a block in each direction. */
export const BLOCK = 16;

/** Blocks in each direction, at most: the estimate then varies by a hundredth or two from picture to picture, and takes 0.6 ms. */
const COLUMNS = 16;
const ROWS = 9;

/** Codes next to black and white are clipped, and without noise. */
const CLIPPED = 4;

/** Share of a block's pixels that may be clipped. */
const MOST_CLIPPED = 0.02;

/** Where blocks begin in an exposure's codes. */
export interface Blocks {
  readonly codes: Uint8Array;
  readonly blocks: readonly number[];
  readonly stride: number;
}

/** Rows of a block. */
export const NOISE_ROWS = BLOCK;

/** The rows in which blocks begin, evenly spread. */
export function noiseTops(height: number): number[] {
  const rows = Math.min(ROWS, Math.floor(height / BLOCK));
  return Array.from({ length: rows }, (_, row) => Math.floor(((row + 0.5) * height) / rows - BLOCK / 2));
}

/** The blocks as they are once the exposure is moved: its border is repeated. */
export function movedBlocks(codes: Uint8Array, blocks: readonly number[], { offset, stride, width, height }: Plane, shift: Shift): Blocks {
  const moved = new Uint8Array(blocks.length * BLOCK * BLOCK);
  const within = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1);
  for (const [index, at] of blocks.entries()) {
    const [left, top] = [(at - offset) % stride, Math.floor((at - offset) / stride)];
    for (let y = 0, to = index * BLOCK * BLOCK; y < BLOCK; y += 1) {
      const row = offset + within(top + y + shift.y, height) * stride;
      for (let x = 0; x < BLOCK; x += 1, to += 1) moved[to] = codes[row + within(left + x + shift.x, width)];
    }
  }
  return { codes: moved, blocks: blocks.map((_, index) => index * BLOCK * BLOCK), stride: BLOCK };
}

/** Where blocks begin, evenly spread. */
export function* blocksOf({ offset, stride, width }: Plane, tops: readonly number[]): Generator<number> {
  const columns = columnsOf(width);
  for (const y of tops) {
    for (let column = 0; column < columns; column += 1) yield offset + y * stride + leftOf(column, columns, width);
  }
}

export const columnsOf = (width: number): number => Math.min(COLUMNS, Math.floor(width / BLOCK));
export const leftOf = (column: number, columns: number, width: number): number => Math.floor(((column + 0.5) * width) / columns - BLOCK / 2);

export function isClipped(codes: Uint8Array, at: number, stride: number, range: ColourRange): boolean {
  const [darkest, brightest] = range === 'full' ? [CLIPPED, 255 - CLIPPED] : [16 + CLIPPED, 235 - CLIPPED];
  let clipped = 0;
  for (let y = 0; y < BLOCK; y += 1) {
    for (let place = at + y * stride, end = place + BLOCK; place < end; place += 1) {
      const code = codes[place] ?? 0;
      if (code < darkest || code > brightest) clipped += 1;
    }
  }
  return clipped > MOST_CLIPPED * BLOCK * BLOCK;
}
