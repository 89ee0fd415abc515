/**
 * In which order the strips of a plane are warped, and how many source rows have to be kept meanwhile: the plane is warped in
 * place, so a row may be overwritten before the last strip has read it.
 */
import { CELL_HEIGHT, type OffsetGrid } from './offset-grid';

/** Rows of the filter above and below the one that is met. */
const ABOVE = 1;
const BELOW = 2;
/** What rounding may add. */
const SPARE = 1;

export interface Strip {
  /** Rows of the plane, `end` not included. */
  readonly top: number;
  readonly end: number;
  /** The first and the last source row that it needs. */
  readonly first: number;
  readonly last: number;
}

export interface RingPlan {
  /** In the order of the work. */
  readonly strips: readonly Strip[];
  /** From the plane's top to its bottom, or back. */
  readonly down: boolean;
  /** Source rows that are kept: a power of two. */
  readonly rows: number;
}

/** @param height rows of the plane. @param scale luma rows from one to the next */
export function planRing(grid: OffsetGrid, height: number, scale: number): RingPlan {
  const strips = stripsOf(grid, height, scale);
  const [forth, back] = [keptRows(strips, true), keptRows([...strips].reverse(), false)];
  const down = forth <= back;
  return { strips: down ? strips : strips.reverse(), down, rows: 2 ** Math.ceil(Math.log2(Math.max(1, down ? forth : back))) };
}

/** A plane's rows of cells, from its top to its bottom. @param height rows of the plane. @param scale luma rows from one to the next */
export function stripsOf(grid: OffsetGrid, height: number, scale: number): Strip[] {
  const cell = CELL_HEIGHT / scale;
  return Array.from({ length: Math.ceil(height / cell) }, (_, row): Strip => {
    const [least, most] = extremes(grid, row);
    const inside = (y: number): number => Math.min(Math.max(y, 0), height - 1);
    const [top, end] = [row * cell, Math.min((row + 1) * cell, height)];
    const first = inside(top + Math.floor(least / scale) - ABOVE - SPARE);
    const last = inside(end - 1 + Math.ceil(most / scale) + BELOW + SPARE);
    return { top, end, first, last };
  });
}

/** Of the rows loaded so far, how many from the latest one back are needed again. */
function keptRows(strips: readonly Strip[], down: boolean): number {
  let front = down ? -1 : Infinity;
  let kept = 0;
  for (const strip of strips) {
    front = frontOf(strip, down, front);
    kept = Math.max(kept, down ? front - strip.first + 1 : strip.last - front + 1);
  }
  return kept;
}

/** The row up to which all are loaded before the strip is written: what it needs, and what it overwrites. */
export function frontOf({ top, end, first, last }: Strip, down: boolean, front: number): number {
  return down ? Math.max(front, last, end - 1) : Math.min(front, first, top);
}

/** The least and the greatest offset along y of a row of cells. */
function extremes({ columns, values }: OffsetGrid, row: number): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let at = row * columns * 2 + 1; at < (row + 2) * columns * 2; at += 2) {
    least = Math.min(least, values[at] ?? 0);
    most = Math.max(most, values[at] ?? 0);
  }
  return [least, most];
}
