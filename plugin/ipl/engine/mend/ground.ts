/** What the ground of an exposure looks like in each block: the mean of its nodes, and of those around, less and less with each block away. */
import { isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { eightBitsOf } from '../../kernels';
import { SIDE, type NodeGrid } from './node-grid';

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

/** @param isGround 1 at nodes that show it */
export function groundAround(payload: Uint8Array, layout: PlaneLayout, grid: NodeGrid, isGround: Uint8Array): Ground {
  const [columns, rows] = [Math.ceil(layout.width / grid.block), Math.ceil(layout.height / grid.block)];
  const counts = new Float32Array(columns * rows);
  const places = placesOf(layout);
  const { codeAt } = eightBitsOf(layout.format);
  const sums = places.map(() => new Float32Array(columns * rows));
  for (let row = 0, node = 0; row < grid.rows; row += 1) {
    const first = Math.floor(row / SIDE) * columns;
    for (let column = 0; column < grid.columns; column += 1, node += 1) if (isGround[node]) add(counts, first + Math.floor(column / SIDE), 1);
    for (const [number, { offset, stride, step, scale }] of places.entries()) {
      const sum = sums[number];
      const from = offset + Math.floor((row * grid.spacing) / scale) * stride;
      for (let column = 0, at = row * grid.columns; column < grid.columns; column += 1, at += 1) {
        if (isGround[at]) add(sum, first + Math.floor(column / SIDE), codeAt(payload, from + Math.floor((column * grid.spacing) / scale) * step));
      }
    }
  }
  const [weights, ...totals] = [counts, ...sums].map((map) => passedOn(map, columns, rows)) as [Float32Array, ...Float32Array[]];
  return {
    columns, rows,
    known: weights.map((weight) => Math.min(1, Math.max(0, weight / (SIDE * SIDE * LEAST) - 1))),
    means: totals.map((map) => map.map((total, block) => total / Math.max(weights[block] ?? 0, Number.MIN_VALUE))),
  };
}

/** How far the ground is known at a node, linearly between the middles of blocks. */
export function knownAt({ columns, rows, known }: Ground, column: number, row: number): number {
  const [x, y] = [Math.min(Math.max(column / SIDE - 0.5, 0), columns - 1), Math.min(Math.max(row / SIDE - 0.5, 0), rows - 1)];
  const [left, upper] = [Math.floor(x), Math.floor(y)];
  const value = (across: number, down: number): number => known[Math.min(upper + down, rows - 1) * columns + Math.min(left + across, columns - 1)] ?? 0;
  const line = (down: number): number => value(0, down) + (value(1, down) - value(0, down)) * (x - left);
  return line(0) + (line(1) - line(0)) * (y - upper);
}

function add(map: Float32Array | undefined, at: number, value: number): void {
  if (map) map[at] = (map[at] ?? 0) + value;
}

/** Where luma, Cb and Cr lie, in bytes. */
function placesOf({ format, planes, chromaScale }: PlaneLayout): { offset: number; stride: number; step: number; scale: number }[] {
  const pairs = isInterleaved(format);
  const { bytes } = eightBitsOf(format);
  return [0, 1, 2].map((number) => {
    const { offset, stride } = planes[pairs ? Math.min(number, 1) : number] ?? { offset: 0, stride: 0 };
    return { offset: offset + (pairs && number === 2 ? bytes : 0), stride, step: bytes * (pairs && number > 0 ? 2 : 1), scale: number > 0 ? chromaScale : 1 };
  });
}

/** Each block with what others pass on to it, along rows and then along columns. */
function passedOn(map: Float32Array, columns: number, rows: number): Float32Array {
  const out = map.slice();
  for (let row = 0; row < rows; row += 1) sweep(out, row * columns, 1, columns);
  for (let column = 0; column < columns; column += 1) sweep(out, column, columns, rows);
  return out;
}

function sweep(map: Float32Array, first: number, step: number, count: number): void {
  const own = Float32Array.from({ length: count }, (_, index) => map[first + index * step] ?? 0);
  let [before, after] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    add(map, first + index * step, before);
    before = PASSED_ON * (before + (own[index] ?? 0));
    const back = count - 1 - index;
    add(map, first + back * step, after);
    after = PASSED_ON * (after + (own[back] ?? 0));
  }
}
