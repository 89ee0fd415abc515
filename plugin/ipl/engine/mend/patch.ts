/** Puts the ground in the place of what stood before it. */
import { bitsBelowEight, depthOf, isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Ground } from './ground';
import { SIDE, type NodeGrid } from './node-grid';

/** What is to be mended of an exposure. */
export interface Patch {
  /** How much nodes' surroundings are filled: 0 to 1. */
  readonly shares: Float32Array;
  readonly grid: Pick<NodeGrid, 'block' | 'spacing' | 'columns' | 'rows'>;
  readonly ground: Ground;
  /** By code of the reference how white it is, 0 to 1: only pixels are filled of which it shows nothing. */
  readonly whiteness: Float32Array;
}

type Samples = Uint8Array | Uint16Array;

/** A block, and what is worked out of its rows. */
interface Place {
  readonly column: number;
  readonly row: number;
  /** Its rows of pixels. */
  readonly top: number;
  readonly bottom: number;
  /** Of so many rows as a chroma sample has: how much of each pixel is filled. */
  readonly filled: readonly [Float32Array, Float32Array];
}

/** Rows of pixels: the first, and the one after the last. */
export type Rows = readonly [number, number];

/**
 * @param payload of the exposure, changed in place. @param own of the reference. Both of one depth, and of the size that the patch was found in.
 * @param only these rows, whole rows of chroma; others need not be there
 */
export function applyPatch(patch: Patch, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout, only: Rows = [0, layout.height]): void {
  const { columns, rows } = patch.ground;
  const { block } = patch.grid;
  const deep = depthOf(layout.format) > 8;
  const [values, reference] = [samplesOf(payload, deep), samplesOf(own, deep)];
  const filled = [new Float32Array(block), new Float32Array(block)] as const;
  for (let row = Math.floor(only[0] / block); row < Math.min(rows, Math.ceil(only[1] / block)); row += 1) {
    const [top, bottom] = [Math.max(row * block, only[0]), Math.min((row + 1) * block, only[1])];
    for (let column = 0; column < columns; column += 1) if (isTouched(patch, column, row)) fillBlock(patch, { column, row, top, bottom, filled }, values, reference, layout, deep);
  }
}

/** What a format has for codes of 8 bits. */
interface Codes {
  readonly scale: number;
  /** Of chroma: what is added. */
  readonly grey: number;
  /** Bits below the code. */
  readonly below: number;
  /** Bits that a sample has: all, but for those below 10 that lie above; and what rounds to them. */
  readonly kept: number;
  readonly half: number;
}

function codesOf(format: PlaneLayout['format']): Codes {
  const below = bitsBelowEight(format);
  // Of 16 bits white is 65535, and grey of chroma 2^15.
  if (depthOf(format) === 16) return { scale: 257, grey: 2 ** 15 - 257 * 128, below, kept: 0xffff, half: 0.5 };
  const high = format === 'P010_10LE';
  return { scale: 1 << below, grey: 0, below, kept: high ? 0xffc0 : 0xffff, half: high ? 32 : 0.5 };
}

const samplesOf = (payload: Uint8Array, deep: boolean): Samples => (deep ? new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1) : payload);

/** Whether a node in or next to the block is to be filled. */
function isTouched({ shares, grid }: Patch, column: number, row: number): boolean {
  for (let y = row * SIDE; y <= Math.min((row + 1) * SIDE, grid.rows - 1); y += 1) {
    for (let x = column * SIDE; x <= Math.min((column + 1) * SIDE, grid.columns - 1); x += 1) if (shares[y * grid.columns + x]) return true;
  }
  return false;
}

function fillBlock(patch: Patch, place: Place, values: Samples, reference: Samples, layout: PlaneLayout, deep: boolean): void {
  const { block } = patch.grid;
  const { width, chromaScale, planes, format } = layout;
  const bytes = deep ? 2 : 1;
  const codes = codesOf(format);
  const pixels = Math.min(block, width - place.column * block);
  const chroma = [0, 1].map((number) => {
    const plane = planes[isInterleaved(format) ? 1 : 1 + number];
    return { offset: (plane?.offset ?? 0) / bytes + (isInterleaved(format) ? number : 0), stride: (plane?.stride ?? 0) / bytes };
  });
  const step = isInterleaved(format) ? 2 : 1;
  const first = place.column * block;
  const luma = { offset: (planes[0]?.offset ?? 0) / bytes + first, stride: (planes[0]?.stride ?? 0) / bytes };
  const { top, bottom } = place;
  for (let y = top; y < bottom; y += chromaScale) {
    let some = false;
    for (let line = 0; line < chromaScale; line += 1) {
      const filled = place.filled[line as 0 | 1];
      // The last row of an odd height stands for both.
      if (y + line >= bottom) filled.set(place.filled[0]);
      else some = fillRow(patch, place, filled, y + line, values, reference, luma.offset + (y + line) * luma.stride, pixels, codes) || some;
    }
    if (!some) continue;
    for (const [number, { offset, stride }] of chroma.entries()) {
      const at = offset + (y / chromaScale) * stride + (first / chromaScale) * step;
      fillChroma(patch, place, y, patch.ground.means[1 + number], values, at, step, pixels, chromaScale, codes);
    }
  }
}

/** Luma of a block's row. @returns whether there was something to fill */
function fillRow(patch: Patch, { column, row }: Place, filled: Float32Array, y: number, values: Samples, reference: Samples, from: number, pixels: number, { scale, below: bits, kept, half }: Codes): boolean {
  const { grid, shares, whiteness, ground } = patch;
  const { block, spacing, columns } = grid;
  const upper = Math.floor(y / spacing);
  const [above, below, down] = [upper * columns, Math.min(upper + 1, grid.rows - 1) * columns, y / spacing - upper];
  const node = (index: number): number => {
    const at = Math.min(column * SIDE + index, columns - 1);
    return between(shares[above + at] ?? 0, shares[below + at] ?? 0, down);
  };
  const [a, b, c] = groundRow(ground, ground.means[0], block, column, y - row * block, row);
  const each = 1 / block;
  let some = false;
  for (let index = 0, x = 0, left = node(0); index < SIDE && x < pixels; index += 1) {
    const right = node(index + 1);
    const end = Math.min((index + 1) * spacing, pixels);
    if (left === 0 && right === 0) {
      filled.fill(0, x, end);
      x = end;
    }
    const growth = (right - left) / spacing;
    for (let masked = left; x < end; x += 1, masked += growth) {
      const code = reference[from + x] ?? 0;
      const share = masked * (whiteness[code >> bits] ?? 0);
      filled[x] = share;
      if (share === 0) continue;
      some = true;
      const own = values[from + x] ?? 0;
      // A sum that is positive is rounded by what is added last.
      values[from + x] = (own + share * (scale * across(a, b, c, (x + 0.5) * each) - own) + half) & kept;
    }
    left = right;
  }
  return some;
}

function fillChroma(
  { grid, ground }: Patch, { column, row, filled: [first, second] }: Place, y: number, means: Float32Array | undefined, values: Samples, at: number, step: number,
  pixels: number, chromaScale: number, { scale, grey, kept, half }: Codes,
): void {
  const { block } = grid;
  const [a, b, c] = groundRow(ground, means, block, column, y - row * block, row);
  const each = 1 / block;
  for (let x = 0; x < pixels; x += chromaScale, at += step) {
    const next = x + 1 < pixels ? x + 1 : x;
    const share = chromaScale === 1 ? (first[x] ?? 0) : ((first[x] ?? 0) + (first[next] ?? 0) + (second[x] ?? 0) + (second[next] ?? 0)) / 4;
    if (share === 0) continue;
    const own = values[at] ?? 0;
    values[at] = (own + share * (grey + scale * across(a, b, c, (x + 0.5) * each) - own) + half) & kept;
  }
}

/** A map of blocks, linearly between their middles in a block's row `y`: at the middles of the block before, of the block, of the next. */
function groundRow({ columns, rows }: Ground, map: Float32Array | undefined, block: number, column: number, y: number, row: number): [number, number, number] {
  const down = (y + 0.5) / block - 0.5;
  const upper = Math.max(0, down < 0 ? row - 1 : row);
  const lower = Math.min(rows - 1, down < 0 ? row : row + 1);
  const share = down < 0 ? down + 1 : down;
  const value = (at: number): number => {
    const inside = Math.min(Math.max(at, 0), columns - 1);
    return between(map?.[upper * columns + inside] ?? 0, map?.[lower * columns + inside] ?? 0, share);
  };
  return [value(column - 1), value(column), value(column + 1)];
}

/** Between those three: `x` is 0 at the block's left edge, 1 at its right. */
const across = (before: number, own: number, after: number, x: number): number => (x < 0.5 ? between(before, own, x + 0.5) : between(own, after, x - 0.5));

const between = (a: number, b: number, share: number): number => a + (b - a) * share;
