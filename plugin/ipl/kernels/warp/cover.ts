/** Which pixels of the reference an exposure shows, where it is lined up with it. */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import { CELL_HEIGHT, CELL_WIDTH, type OffsetGrid } from './offset-grid';

/** Of each pixel row the first that is covered and the one after the last: int32 [height, 2]. What a row shows is in one piece. */
export type Cover = Int32Array;

/** A pixel is as wide as this to each side of its centre. */
const HALF = 0.5;

/** @returns undefined where the exposure covers all */
export function coverOf(grid: OffsetGrid, layout: PlaneLayout): Cover | undefined {
  const { height } = layout;
  const cover = new Int32Array(2 * height);
  const farthest = grid.values.reduce((most, offset) => Math.max(most, Math.abs(offset)), 0);
  let whole = true;
  for (let top = 0; top < height; top += CELL_HEIGHT) {
    const end = Math.min(top + CELL_HEIGHT, height);
    const partly = partlyCovered(grid, layout, top, end - 1, farthest);
    whole &&= partly.length === 0;
    for (let y = top; y < end; y += 1) cover.set(longestRun(grid, layout, y, partly), 2 * y);
  }
  return whole ? undefined : cover;
}

/** The offset at a place of the row of cells that has the pixel row `y`. */
function offsetAt({ columns, values }: OffsetGrid, column: number, x: number, y: number, axis: number): number {
  const row = Math.floor(y / CELL_HEIGHT);
  const [right, down] = [x / CELL_WIDTH - column, y / CELL_HEIGHT - row];
  const at = (row * columns + column) * 2 + axis;
  const upper = (values[at] ?? 0) * (1 - right) + (values[at + 2] ?? 0) * right;
  const below = at + 2 * columns;
  const lower = (values[below] ?? 0) * (1 - right) + (values[below + 2] ?? 0) * right;
  return upper * (1 - down) + lower * down;
}

/**
 * The columns of cells that are not covered from pixel row `top` to `bottom`: those of which a corner is not.
 * @param farthest that anything moves: cells that are farther from the border are not looked at
 */
function partlyCovered(grid: OffsetGrid, { width, height }: PlaneLayout, top: number, bottom: number, farthest: number): number[] {
  const covered = (column: number, x: number): boolean =>
    [top, bottom].every((y) => {
      const [atX, atY] = [x + offsetAt(grid, column, x, y, 0), y + offsetAt(grid, column, x, y, 1)];
      return atX >= -HALF && atX <= width - HALF && atY >= -HALF && atY <= height - HALF;
    });
  const inner = top >= farthest && bottom + farthest < height;
  const columns = Array.from({ length: grid.columns - 1 }, (_, column) => column);
  const near = inner ? columns.filter((column) => column * CELL_WIDTH < farthest || (column + 1) * CELL_WIDTH + farthest >= width) : columns;
  return near.filter((column) => !covered(column, column * CELL_WIDTH) || !covered(column, Math.min((column + 1) * CELL_WIDTH, width - 1)));
}

/** The longest run of covered pixels of a row. @param partly columns of cells that may have others; all else is covered */
function longestRun(grid: OffsetGrid, { width, height }: PlaneLayout, y: number, partly: readonly number[]): [number, number] {
  let best: [number, number] = [0, 0];
  let begin = 0;
  const close = (end: number): void => {
    if (end - begin > best[1] - best[0]) best = [begin, end];
  };
  for (const column of partly) {
    const [left, right] = coveredPart(grid, column, y, width, height);
    const [first, end] = [column * CELL_WIDTH, Math.min((column + 1) * CELL_WIDTH, width)];
    if (left > first || right <= left) {
      close(first);
      begin = left;
    }
    if (right < end) {
      close(right);
      begin = end;
    }
  }
  close(width);
  return best;
}

/** The pixels of a row of a cell that are covered: within a cell the place in the exposure is linear in x. */
function coveredPart(grid: OffsetGrid, column: number, y: number, width: number, height: number): [number, number] {
  const [first, next] = [column * CELL_WIDTH, (column + 1) * CELL_WIDTH];
  const along = (axis: number, start: number, end: number): [number, number] =>
    [start + offsetAt(grid, column, first, y, axis), end + offsetAt(grid, column, next, y, axis)];
  const [inX, inY] = [within(...along(0, first, next), width), within(...along(1, y, y), height)];
  const [a, b] = [Math.max(inX[0], inY[0]), Math.min(inX[1], inY[1])];
  return [Math.max(first, Math.ceil(first + a * CELL_WIDTH)), Math.min(next, width, Math.floor(first + b * CELL_WIDTH) + 1)];
}

/** For which shares of the way from `from` to `to` one is inside of `size` pixels; a start behind its end for none. */
function within(from: number, to: number, size: number): [number, number] {
  const [least, most] = [-HALF, size - HALF];
  if (from === to) return from >= least && from <= most ? [0, 1] : [2, -1];
  const [a, b] = [(least - from) / (to - from), (most - from) / (to - from)];
  return [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))];
}
