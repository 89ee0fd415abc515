/** A motion as the places of a picture's corners: eight numbers in pixels, whose mean and scatter say what one cares for. */
import { apply, corners, throughCorners, type Homography } from '../kernels/homography';

/** x and y of each corner less the corner's own. */
export type Places = Float64Array;

export const NOWHERE: Places = new Float64Array(8);

/** Pixels that nobody sees: a filter costs more than it mends. Of pictures of up to 1920 pixels, and in proportion of larger ones. */
const NEAR = 0.15;
const NEAR_WIDTH = 1920;

export const nearOf = (width: number, height: number): number => NEAR * Math.max(1, Math.max(width, height) / NEAR_WIDTH);

export function placesOf(map: Homography, width: number, height: number): Places {
  return Float64Array.from(corners(width, height).flatMap(([x, y]) => {
    const [toX, toY] = apply(map, x, y);
    return [toX - x, toY - y];
  }));
}

export function mapOf(places: Places, width: number, height: number): Homography {
  return throughCorners(corners(width, height).map(([x, y], corner) => [x + places[2 * corner], y + places[2 * corner + 1]]), width, height);
}

/** At the corner where it is largest. */
export function farthest(a: Places, b: Places): number {
  return Math.max(...[0, 2, 4, 6].map((at) => Math.hypot(a[at] - b[at], a[at + 1] - b[at + 1])));
}

export function meanOf(list: readonly Places[]): Places {
  const mean = new Float64Array(8);
  for (const places of list) for (let at = 0; at < 8; at += 1) mean[at] += places[at] / list.length;
  return mean;
}

/** Standard error of the mean at the worst corner. */
export function errorOf(list: readonly Places[], mean: Places): number {
  if (list.length < 2) return Infinity;
  const variance = (at: number): number => list.reduce((sum, places) => sum + (places[at] - mean[at]) ** 2, 0) / (list.length - 1) / list.length;
  return Math.sqrt(Math.max(...[0, 2, 4, 6].map((at) => variance(at) + variance(at + 1))));
}

/** Whole pixels where all corners are nearer than `near` to the same: nothing is filtered then. Nothing at all where that is none. */
export function snapped(places: Places, near: number, width: number, height: number): Homography | undefined {
  const [x, y] = [0, 1].map((axis) => Math.round((places[axis] + places[axis + 2] + places[axis + 4] + places[axis + 6]) / 4));
  const whole = Float64Array.of(x, y, x, y, x, y, x, y);
  if (farthest(places, whole) > near) return mapOf(places, width, height);
  return x === 0 && y === 0 ? undefined : [1, 0, x, 0, 1, y, 0, 0, 1];
}
