/** The remainders of time stamps by the frame duration: where on the circle of a frame they cluster. See ./frame-clock.ts. */

/**
 * Among n remainders spread evenly all around the circle, a gap of ln(n)/n of it is usual. Twice that is chance in less
 * than one case of n.
 */
const GAP_FACTOR = 2;

/** Of all frames: how many may share a place with another, by wild stamps, without a doubt of the clock. */
const SHARED_PART = 1 / 32;

/** Times in nanoseconds. */
export interface Cluster {
  /** Where the circle is cut open: the middle of the largest gap. */
  readonly cut: number;
  /** Where the camera is, and the range of nine frames in ten; from the cut on. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly deviation: number;
  /** How far the mean moved from the older half of the window to the newer one: by so much it lags behind the newest frame. */
  readonly lag: number;
  readonly locked: boolean;
}

/** @param times at least one, in order */
export function findCluster(times: readonly number[], period: number): Cluster {
  const count = times.length;
  const base = times[0] ?? 0;
  const { gap, middle } = largestGap(remainders(times, base, period).sort(), period);
  const cut = base + middle;
  const unrolled = remainders(times, cut, period);
  const half = count >> 1;
  const lag = meanOf(unrolled, count - half, count) - meanOf(unrolled, 0, count - half);
  const mean = meanOf(unrolled, 0, count);
  let squares = 0;
  for (const value of unrolled) squares += (value - mean) ** 2;
  unrolled.sort();
  const rare = Math.floor(count / 20);
  const chance = (GAP_FACTOR * period * Math.log(count)) / count;
  return {
    cut,
    mean,
    low: unrolled[rare] ?? 0,
    high: unrolled[count - 1 - rare] ?? 0,
    deviation: Math.sqrt(squares / Math.max(1, count - 1)),
    lag: half > 0 ? lag : 0,
    locked: count > 1 && gap > chance && haveOwnPlaces(times, cut, period),
  };
}

function remainders(times: readonly number[], from: number, period: number): Float64Array {
  const values = new Float64Array(times.length);
  for (const [index, time] of times.entries()) values[index] = modulo(time - from, period);
  return values;
}

function meanOf(values: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += values[index] ?? 0;
  return sum / (end - start);
}

function largestGap(sorted: Float64Array, period: number): { gap: number; middle: number } {
  const last = sorted[sorted.length - 1] ?? 0;
  let gap = (sorted[0] ?? 0) + period - last;
  let middle = last + gap / 2;
  for (let index = 1; index < sorted.length; index += 1) {
    const before = sorted[index - 1] ?? 0;
    const distance = (sorted[index] ?? 0) - before;
    if (distance <= gap) continue;
    gap = distance;
    middle = before + distance / 2;
  }
  return { gap, middle };
}

/** No two frames are in one place. Where the circle is cut in a wrong place, many soon are. */
function haveOwnPlaces(times: readonly number[], cut: number, period: number): boolean {
  let previous = -Infinity;
  let shared = 0;
  for (const time of times) {
    const place = Math.floor((time - cut) / period);
    if (place === previous) shared += 1;
    previous = place;
  }
  return shared <= times.length * SHARED_PART;
}

/** The rest of a division, never negative. */
export function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
