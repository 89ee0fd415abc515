/** Whether a map makes pictures agree more than they do as they are: the correlation of tiles, both ways, on the same tiles. */
import type { TileSteps } from './tile-steps';

export interface Agreement {
  /** Tiles that have texture in both, as they are and lined up. */
  readonly tiles: number;
  /** Their mean correlation, 0..1. */
  readonly asIs: number;
  readonly linedUp: number;
  /** Lined up, that of the middle one of them. */
  readonly middle: number;
  /** How many standard errors the second is above the first. */
  readonly certainty: number;
}

/** Neighbours gain together: this many tiles count as one. */
const TOGETHER = 4;

export function compareTiles(asIs: TileSteps, linedUp: TileSteps): Agreement {
  const before = new Map<number, number>();
  for (let i = 0; i < asIs.count; i += 1) before.set(asIs.place[i], Math.max(0, asIs.agreement[i]));
  let [tiles, first, second, squares] = [0, 0, 0, 0];
  const all = new Float64Array(linedUp.count);
  for (let i = 0; i < linedUp.count; i += 1) {
    const was = before.get(linedUp.place[i]);
    if (was === undefined) continue;
    const is = Math.max(0, linedUp.agreement[i]);
    all[tiles] = is;
    tiles += 1;
    first += was;
    second += is;
    squares += (is - was) ** 2;
  }
  if (tiles === 0) return { tiles, asIs: 0, linedUp: 0, middle: 0, certainty: 0 };
  const gain = (second - first) / tiles;
  const error = Math.sqrt(Math.max(1e-12, squares / tiles - gain * gain) / Math.max(1, tiles / TOGETHER));
  return { tiles, asIs: first / tiles, linedUp: second / tiles, middle: all.subarray(0, tiles).sort()[tiles >> 1], certainty: gain / error };
}
