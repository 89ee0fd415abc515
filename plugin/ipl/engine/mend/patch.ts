/** Puts the ground in the place of what stood before it. */
import { depthOf, isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Ground } from './ground';
import type { NodeGrid } from './node-grid';

/** What is to be mended of an exposure. */
export interface Patch {
  /** 1 at nodes whose surroundings are to be filled. */
  readonly mask: Uint8Array;
  readonly grid: Pick<NodeGrid, 'block' | 'spacing' | 'columns' | 'rows'>;
  readonly ground: Ground;
  /** Codes of the reference between which it becomes white, so that only pixels are filled of which it shows nothing. */
  readonly white: readonly [number, number];
}

/** @param payload of the exposure, changed in place. @param own of the reference. Both of 8 bits or of 16, and of the size that the patch was found in. */
export function applyPatch(patch: Patch, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout): void {
  const { columns, rows } = patch.ground;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) if (isTouched(patch, column, row)) fillBlock(patch, column, row, payload, own, layout);
  }
}

/** Whether a node in or next to the block is in the mask. */
function isTouched({ mask, grid }: Patch, column: number, row: number): boolean {
  const side = grid.block / grid.spacing;
  for (let y = row * side; y <= Math.min((row + 1) * side, grid.rows - 1); y += 1) {
    for (let x = column * side; x <= Math.min((column + 1) * side, grid.columns - 1); x += 1) if (mask[y * grid.columns + x]) return true;
  }
  return false;
}

function fillBlock(patch: Patch, column: number, row: number, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout): void {
  const { block } = patch.grid;
  const { width, height, chromaScale, planes } = layout;
  const deep = depthOf(layout.format) > 8;
  const [luma, ...chroma] = planes.map((plane) => samplesOf(payload, plane.offset, plane.stride, deep));
  const reference = samplesOf(own, planes[0]?.offset ?? 0, planes[0]?.stride ?? 0, deep);
  const [first, top] = [column * block, row * block];
  const [right, bottom] = [Math.min(first + block, width), Math.min(top + block, height)];
  const shares = new Float32Array(block * block);
  // What 16 bits have for a code: white is 65535, grey of chroma 2^15.
  const [scale, grey] = deep ? [257, 2 ** 15 - 257 * 128] : [1, 0];
  for (let y = top; y < bottom; y += 1) {
    for (let x = first; x < right; x += 1) {
      const masked = nodeShare(patch, x, y);
      if (masked === 0) continue;
      const share = masked * whiteness(patch, (reference?.get(x, y) ?? 0) / scale) * at(patch.ground, patch.ground.known, block, x, y);
      shares[(y - top) * block + x - first] = share;
      if (share > 0) luma?.mix(x, y, share, scale * at(patch.ground, patch.ground.means[0], block, x, y));
    }
  }
  const pairs = isInterleaved(layout.format);
  for (let y = top; y < bottom; y += chromaScale) {
    for (let x = first; x < right; x += chromaScale) {
      const share = meanShare(shares, block, x - first, y - top, Math.min(chromaScale, right - x), Math.min(chromaScale, bottom - y));
      if (share === 0) continue;
      for (const number of [0, 1]) {
        const [plane, place] = pairs ? [chroma[0], (2 * x) / chromaScale + number] : [chroma[number], x / chromaScale];
        plane?.mix(place, y / chromaScale, share, grey + scale * at(patch.ground, patch.ground.means[1 + number], block, x, y));
      }
    }
  }
}

interface Samples {
  get(x: number, y: number): number;
  /** Moves a sample towards a value. */
  mix(x: number, y: number, share: number, to: number): void;
}

function samplesOf(payload: Uint8Array, offset: number, stride: number, deep: boolean): Samples {
  const values = deep ? new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1) : payload;
  const [from, step] = deep ? [offset >> 1, stride >> 1] : [offset, stride];
  return {
    get: (x, y) => values[from + y * step + x] ?? 0,
    mix: (x, y, share, to) => {
      const index = from + y * step + x;
      const code = values[index] ?? 0;
      values[index] = Math.round(code + share * (to - code));
    },
  };
}

function meanShare(shares: Float32Array, block: number, x: number, y: number, columns: number, rows: number): number {
  let sum = 0;
  for (let dy = 0; dy < rows; dy += 1) for (let dx = 0; dx < columns; dx += 1) sum += shares[(y + dy) * block + x + dx] ?? 0;
  return sum / (columns * rows);
}

const whiteness = ({ white: [from, to] }: Patch, code: number): number => Math.min(1, Math.max(0, (code - from) / (to - from)));

/** The mask, linearly between nodes. */
function nodeShare({ mask, grid }: Patch, x: number, y: number): number {
  const [fx, fy] = [x / grid.spacing, y / grid.spacing];
  const [left, upper] = [Math.floor(fx), Math.floor(fy)];
  const [right, lower] = [Math.min(left + 1, grid.columns - 1), Math.min(upper + 1, grid.rows - 1)];
  const above = between(mask[upper * grid.columns + left] ?? 0, mask[upper * grid.columns + right] ?? 0, fx - left);
  const below = between(mask[lower * grid.columns + left] ?? 0, mask[lower * grid.columns + right] ?? 0, fx - left);
  return between(above, below, fy - upper);
}

/** A map of blocks, linearly between their middles. */
function at({ columns, rows }: Ground, map: Float32Array | undefined, block: number, x: number, y: number): number {
  const fx = Math.min(Math.max((x + 0.5) / block - 0.5, 0), columns - 1);
  const fy = Math.min(Math.max((y + 0.5) / block - 0.5, 0), rows - 1);
  const [left, upper] = [Math.floor(fx), Math.floor(fy)];
  const [right, lower] = [Math.min(left + 1, columns - 1), Math.min(upper + 1, rows - 1)];
  const above = between(map?.[upper * columns + left] ?? 0, map?.[upper * columns + right] ?? 0, fx - left);
  const below = between(map?.[lower * columns + left] ?? 0, map?.[lower * columns + right] ?? 0, fx - left);
  return between(above, below, fy - upper);
}

const between = (a: number, b: number, share: number): number => a + (b - a) * share;
