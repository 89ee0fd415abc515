/** What the ground of an exposure looks like in each block: the mean of its nodes, and of those around, less and less with each block away. */
import { isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { eightBitsOf, type Shift } from '../../kernels';
import { placesAlong, SIDE, type NodeGrid } from './node-grid';
import type { NodeMask } from './node-mask';

/** Of a block's weight, in the next. */
const PASSED_ON = 0.35;

/** Share of a block's nodes, those around counted so, from which on its ground is known by and by, and with twice as many wholly: four blocks from the edge of a wide ground. */
const LEAST = 1 / 30;

/** Maps of blocks, in codes. */
export interface Ground {
  readonly columns: number;
  readonly rows: number;
  /** 0: unknown, 1: known. */
  readonly known: Float32Array;
  /** Luma, Cb, Cr. */
  readonly means: readonly Float32Array[];
}

/** Blocks beyond those of a box that are looked at: what is further away has no weight there any more. */
const NEAR = 7;

/** @param shown luma of the nodes. @param taken where the ground is wanted, and is not to be seen. @param isGround whether it is to be seen at any other node @param shift from where the payload is read */
export function groundAround(payload: Uint8Array, layout: PlaneLayout, grid: NodeGrid, shown: Uint8Array, taken: NodeMask, isGround: (node: number) => boolean, shift: Shift = { x: 0, y: 0 }): Ground {
  const box = taken.box();
  const [columns, rows] = [Math.ceil(layout.width / grid.block), Math.ceil(layout.height / grid.block)];
  const [counts, ...sums] = Array.from({ length: 4 }, () => new Float32Array(columns * rows)) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const chroma = chromaOf(layout);
  const { codeAt } = eightBitsOf(layout.format);
  const scale = layout.chromaScale;
  const across = placesAlong(grid.columns, grid.spacing / scale, shift.x / scale, chroma.width);
  const down = placesAlong(grid.rows, grid.spacing / scale, shift.y / scale, chroma.height);
  const [left, right] = [Math.max(0, Math.floor(box.left / SIDE) - NEAR), Math.min(columns, Math.ceil(box.right / SIDE) + NEAR)];
  const [top, bottom] = [Math.max(0, Math.floor(box.top / SIDE) - NEAR) * SIDE, Math.min(grid.rows, (Math.ceil(box.bottom / SIDE) + NEAR) * SIDE)];
  for (let row = top; row < bottom; row += 1) {
    const line = chroma.offset + (down[row] ?? 0) * chroma.stride;
    for (let block = left, at = Math.floor(row / SIDE) * columns + left; block < right; block += 1, at += 1) {
      let [count, luma, blue, red] = [0, 0, 0, 0];
      const end = Math.min((block + 1) * SIDE, grid.columns);
      for (let column = block * SIDE, node = row * grid.columns + column; column < end; column += 1, node += 1) {
        if (!isGround(node) || taken.has(column, row)) continue;
        const from = line + (across[column] ?? 0) * chroma.step;
        count += 1;
        luma += shown[node] ?? 0;
        blue += codeAt(payload, from);
        red += codeAt(payload, from + chroma.red);
      }
      if (count === 0) continue;
      add(counts, at, count);
      add(sums[0], at, luma);
      add(sums[1], at, blue);
      add(sums[2], at, red);
    }
  }
  const weights = passedOn(counts, columns, rows);
  return {
    columns, rows,
    known: weights.map((weight) => Math.min(1, Math.max(0, weight / (SIDE * SIDE * LEAST) - 1))),
    means: sums.map((sum) => passedOn(sum, columns, rows).map((total, block) => total / Math.max(weights[block] ?? 0, Number.MIN_VALUE))),
  };
}

function add(map: Float32Array, at: number, value: number): void {
  map[at] = (map[at] ?? 0) + value;
}

/** Where Cb lies, in bytes, and Cr from there; samples of Cb across and down. */
function chromaOf({ format, planes }: PlaneLayout): { offset: number; stride: number; step: number; red: number; width: number; height: number } {
  const { offset, stride, width, height } = planes[1] ?? { offset: 0, stride: 0, width: 0, height: 0 };
  const { bytes } = eightBitsOf(format);
  const step = bytes * (isInterleaved(format) ? 2 : 1);
  return { offset, stride, step, red: isInterleaved(format) ? bytes : (planes[2]?.offset ?? 0) - offset, width: width / step, height };
}

/** Each block with what others pass on to it, along rows and then along columns. */
function passedOn(map: Float32Array, columns: number, rows: number): Float32Array {
  const across = map.slice();
  for (let row = 0; row < rows; row += 1) sweep(map, across, row * columns, 1, columns);
  const out = across.slice();
  for (let column = 0; column < columns; column += 1) sweep(across, out, column, columns, rows);
  return out;
}

/** Adds what comes from both sides. */
function sweep(own: Float32Array, to: Float32Array, first: number, step: number, count: number): void {
  for (let at = first, last = first + (count - 1) * step, before = 0, after = 0; count > 0; count -= 1, at += step, last -= step) {
    add(to, at, before);
    add(to, last, after);
    before = PASSED_ON * (before + (own[at] ?? 0));
    after = PASSED_ON * (after + (own[last] ?? 0));
  }
}
