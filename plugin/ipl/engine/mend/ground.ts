/** What the ground of an exposure looks like in each block: the mean of its nodes, and of those around, less and less with each block away. */
import { isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { SIDE, type NodeGrid } from './node-grid';

/** Of a block's weight, in the next. */
const PASSED_ON = 0.35;

/** Share of a block's nodes, those around counted so, from which on its ground is known, by and by: four blocks from the edge of a wide ground. */
const LEAST = 0.05;

/** Maps of blocks, in codes. */
export interface Ground {
  readonly columns: number;
  readonly rows: number;
  /** 0: unknown, 1: known. */
  readonly known: Float32Array;
  /** Luma, Cb, Cr. */
  readonly means: readonly Float32Array[];
}

export function groundAround(payload: Uint8Array, layout: PlaneLayout, grid: NodeGrid, isGround: (node: number) => boolean): Ground {
  const [columns, rows] = [Math.ceil(layout.width / grid.block), Math.ceil(layout.height / grid.block)];
  const side = grid.block / grid.spacing;
  const sums = Array.from({ length: 4 }, () => new Float32Array(columns * rows));
  const read = readers(payload, layout);
  for (let node = 0; node < grid.columns * grid.rows; node += 1) {
    if (!isGround(node)) continue;
    const [column, row] = [node % grid.columns, Math.floor(node / grid.columns)];
    const block = Math.floor(row / side) * columns + Math.floor(column / side);
    add(sums[0], block, 1);
    for (const [number, at] of read.entries()) add(sums[1 + number], block, at(column * grid.spacing, row * grid.spacing));
  }
  const [weights, ...totals] = sums.map((map) => passedOn(map, columns, rows)) as [Float32Array, ...Float32Array[]];
  return {
    columns, rows,
    known: weights.map((weight) => Math.min(1, Math.max(0, weight / (SIDE * SIDE * LEAST) - 1))),
    means: totals.map((map) => map.map((total, block) => total / Math.max(weights[block] ?? 0, Number.MIN_VALUE))),
  };
}

function add(map: Float32Array | undefined, at: number, value: number): void {
  if (map) map[at] = (map[at] ?? 0) + value;
}

/** Luma, Cb and Cr of a pixel. */
function readers(payload: Uint8Array, { format, planes, chromaScale }: PlaneLayout): ((x: number, y: number) => number)[] {
  const at = (plane: number, step: number, first: number, scale: number) => (x: number, y: number): number => {
    const { offset, stride } = planes[plane] ?? { offset: 0, stride: 0 };
    return payload[offset + Math.floor(y / scale) * stride + Math.floor(x / scale) * step + first] ?? 0;
  };
  if (isInterleaved(format)) return [at(0, 1, 0, 1), at(1, 2, 0, chromaScale), at(1, 2, 1, chromaScale)];
  return [at(0, 1, 0, 1), at(1, 1, 0, chromaScale), at(2, 1, 0, chromaScale)];
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
