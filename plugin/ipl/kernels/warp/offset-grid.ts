/**
 * A motion as the kernels take it: offsets at the corners of cells of 64 x 32 luma pixels, linear between them along x and
 * along y. Homographies of hands and rigs are within a hundredth of a pixel of that.
 */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import { apply } from '../homography';
import { checkMotion, type Motion } from './motion';

/** Luma pixels of a cell; assembly/warp.ts has the same. */
export const CELL_WIDTH = 64;
export const CELL_HEIGHT = 32;

/**
 * Pixels that an offset may change by from one pixel to the next: what the kernels' column and window hold. A turn of 14
 * degrees, a scale of 1.25; a field that changes faster is spread over as many pixels as it needs.
 */
export const STEEPEST = 0.25;

export interface OffsetGrid {
  /** Corners of a row, and rows of them. */
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, 2], luma pixels, x first. */
  readonly values: Float32Array;
}

/**
 * @param block pixels of the network's blocks
 * @throws RangeError where the motion is none, or its homography is steeper than STEEPEST
 */
export function offsetGrid(motion: Motion, layout: PlaneLayout, block: number): OffsetGrid {
  const { homography, field } = motion;
  const [mapWidth, mapHeight] = [Math.ceil(layout.width / block), Math.ceil(layout.height / block)];
  checkMotion(motion, layout, mapWidth * mapHeight);
  const columns = Math.ceil(layout.width / CELL_WIDTH) + 1;
  const rows = Math.ceil(layout.height / CELL_HEIGHT) + 1;
  const grid = { columns, rows, values: new Float32Array(columns * rows * 2) };
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 2) {
      const [x, y] = [column * CELL_WIDTH, row * CELL_HEIGHT];
      const [toX, toY] = apply(homography, x, y);
      grid.values[at] = toX - x;
      grid.values[at + 1] = toY - y;
    }
  }
  if (!isGentle(grid)) throw new RangeError('A homography must not turn by more than 14 degrees, or scale by more than a quarter.');
  if (!field) return grid;
  addField(grid, field, block, mapWidth, mapHeight);
  if (!isGentle(grid)) limit(grid);
  return grid;
}

/** Whether no offset changes faster than the kernels bear. */
function isGentle(grid: OffsetGrid): boolean {
  let gentle = true;
  eachPair(grid, (from, to, most) => (gentle &&= Math.abs((grid.values[to] ?? 0) - (grid.values[from] ?? 0)) <= most));
  return gentle;
}

/** All pairs of neighbouring corners' numbers, from left to right and from top to bottom, and what they may differ by. */
function eachPair({ columns, rows }: OffsetGrid, visit: (from: number, to: number, most: number) => void): void {
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let axis = 0; axis < 2; axis += 1, at += 1) {
        if (column > 0) visit(at - 2, at, STEEPEST * CELL_WIDTH);
        if (row > 0) visit(at - 2 * columns, at, STEEPEST * CELL_HEIGHT);
      }
    }
  }
}

function addField({ columns, rows, values }: OffsetGrid, field: Float32Array, block: number, mapWidth: number, mapHeight: number): void {
  for (let row = 0, at = 0; row < rows; row += 1) {
    const y = place(row * CELL_HEIGHT, block, mapHeight);
    for (let column = 0; column < columns; column += 1) {
      const x = place(column * CELL_WIDTH, block, mapWidth);
      for (let axis = 0; axis < 2; axis += 1, at += 1) {
        const cell = (r: number, c: number): number => field[(r * mapWidth + c) * 2 + axis] ?? 0;
        const upper = cell(y.first, x.first) * (1 - x.share) + cell(y.first, x.next) * x.share;
        const lower = cell(y.next, x.first) * (1 - x.share) + cell(y.next, x.next) * x.share;
        values[at] = (values[at] ?? 0) + upper * (1 - y.share) + lower * y.share;
      }
    }
  }
}

/**
 * Spreads steps that are too steep to both sides: half-way between the greatest gentle grid below and the least above. Each
 * takes a way there and one back.
 */
function limit(grid: OffsetGrid): void {
    const { values } = grid;
  const [below, above] = [Float32Array.from(values), Float32Array.from(values)];
  const lower = (from: number, to: number, most: number): void => {
    below[to] = Math.min(below[to] ?? 0, (below[from] ?? 0) + most);
    above[to] = Math.max(above[to] ?? 0, (above[from] ?? 0) - most);
  };
  const last = values.length - 1;
  eachPair(grid, lower);
  eachPair(grid, (from, to, most) => lower(last - from, last - to, most));
  for (let at = 0; at < values.length; at += 1) values[at] = ((below[at] ?? 0) + (above[at] ?? 0)) / 2;
}

/** Between which of `count` blocks' centres pixel `at` lies. */
function place(at: number, block: number, count: number): { first: number; next: number; share: number } {
  const position = Math.min(Math.max((at + 0.5) / block - 0.5, 0), count - 1);
  const first = Math.floor(position);
  return { first, next: Math.min(first + 1, count - 1), share: position - first };
}
