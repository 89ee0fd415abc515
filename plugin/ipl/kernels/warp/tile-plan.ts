/** Which source rows of a plane are kept, from strip to strip, while it is moved in place from its top to its bottom. */
import type { OffsetGrid } from './offset-grid';
import { frontOf, stripsOf, type Strip } from './ring-plan';

export interface TileStep extends Strip {
  /** The row up to which all are loaded before the strip is written. */
  readonly front: number;
  /** The first row that this strip or a later one needs. */
  readonly keep: number;
}

export interface TilePlan {
  readonly steps: readonly TileStep[];
  /** Rows that are there at a time, at most. */
  readonly rows: number;
}

/** Rows beside those that are kept: what is kept moves to the beginning where they are used up. */
const LEAST_SLACK = 64;

/** @param height rows of the plane. @param scale luma rows from one to the next */
export function planTiles(grid: OffsetGrid, height: number, scale: number): TilePlan {
  const strips = stripsOf(grid, height, scale);
  let front = -1;
  const fronts = strips.map((strip) => (front = frontOf(strip, true, front)));
  let keep = height;
  const keeps = strips.map((_, index) => {
    const at = strips.length - 1 - index;
    return (keep = Math.min(keep, strips[at]?.first ?? 0));
  }).reverse();
  const steps = strips.map((strip, index): TileStep => ({ ...strip, front: fronts[index] ?? 0, keep: Math.min(keeps[index] ?? 0, (fronts[index - 1] ?? -1) + 1) }));
  const kept = Math.max(1, ...steps.map((step) => step.front - step.keep + 1));
  return { steps, rows: kept + Math.max(kept, LEAST_SLACK) };
}
