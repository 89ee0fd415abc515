/**
 * The clock of a camera, seen through the jitter of its timestamps.
 *
 * A camera takes pictures at a steady rate; what shakes is when they are stamped. The times of the last frames, each
 * divided by the frame duration, leave remainders that lie in one cluster on a circle. The largest gap between them shows
 * where one frame's place ends and the next one's begins; the mean of the cluster is where the camera really is. So a
 * frame's number is known as long as its stamp is off by less than half a frame, and the moment at which it was taken is
 * known far better than its stamp says. A clock that runs a little fast or slow (to about 1e-3) turns the circle slowly,
 * and the cluster is followed. A stream that keeps another rate than it was said to is measured.
 *
 * Times are plain numbers of nanoseconds from any fixed moment: exact to the nanosecond for 104 days.
 */

import type { Frame } from '../frames/frame';
import { findCluster, modulo, type Cluster } from './stamp-cluster';

/** A moment, and how far it may be from the truth. */
export interface Placement {
  readonly time: number;
  /** Infinity where the clock cannot say. */
  readonly error: number;
}

/** Enough frames to tell a gap of a tenth of a frame from chance, few enough to follow a clock that is off by 1e-3. */
const WINDOW = 128;

/** A silence of so many frames may hide a restart or a jump: nothing is known of the clock afterwards. */
const SILENCE = 10;

/** Frames in a row outside of the cluster that are no jitter any more: the camera's clock has moved. */
const STRAYS = 8;

/** Of a frame: how far outside of the cluster a frame is a stray. */
const STRAY_PART = 1 / 8;

/** With fewer frames the cluster is not known well enough to leave strays out of it. */
const ESTABLISHED = 32;

/** So many frames without a lock, and the rate may be another one than was said. */
const DOUBTS = 32;

/** Of an interval: how near to the median four in five others must be for a measured rate. */
const STEADY_PART = 1 / 16;

/** What of a window's lag is believed: clocks drift steadily, and a window of jittered stamps shows drift by chance. */
const LAG_GAIN = 1 / 256;

/** Standard errors of a mean that are never exceeded, in practice. */
const SIGMAS = 3;

export class FrameClock {
  #nominal: number;
  #period: number;
  #times: number[] = [];
  #last: number | undefined;
  #cluster: Cluster | undefined;
  #lag = 0;
  /** The last frames, if all of them were outside of the cluster. */
  #strays: number[] = [];
  #resets = 0;

  /** @param period nanoseconds from one frame to the next */
  constructor(period: number) {
    this.#nominal = period;
    this.#period = period;
  }

  /** Nanoseconds from one frame to the next. */
  get period(): number {
    return this.#period;
  }

  /** Frames seen since the clock was last lost. */
  get seen(): number {
    return this.#times.length + this.#strays.length;
  }

  get locked(): boolean {
    return this.#cluster?.locked ?? false;
  }

  /** How often the clock was lost: time ran backwards, stood still, or moved to another place. */
  get resets(): number {
    return this.#resets;
  }

  /** Standard deviation of the stamps around the clock, in nanoseconds. */
  get jitter(): number {
    return this.#cluster?.deviation ?? 0;
  }

  /** Takes the stamp of the next frame into account. */
  observe(time: number, nominalPeriod = this.#nominal): void {
    if (nominalPeriod !== this.#nominal || this.#hasJumped(time)) this.#restart(nominalPeriod);
    this.#last = time;
    this.#collect(time);
    const cluster = findCluster(this.#times, this.#period);
    this.#cluster = cluster;
    if (cluster.locked && this.#times.length === WINDOW) this.#lag += LAG_GAIN * (cluster.lag - this.#lag);
    if (!cluster.locked && this.#times.length >= DOUBTS) this.#measurePeriod();
  }

  #hasJumped(time: number): boolean {
    return this.#last !== undefined && (time <= this.#last || time - this.#last > SILENCE * this.#period);
  }

  /** Puts a stamp in the window, unless it is a stray; when strays are all that comes, they are the window. */
  #collect(time: number): void {
    const stray = this.#isStray(time);
    this.#strays = stray ? [...this.#strays, time] : [];
    if (this.#strays.length >= STRAYS) this.#moveTo(this.#strays);
    else if (!stray || this.#times.length < ESTABLISHED) this.#times.push(time);
    if (this.#times.length > WINDOW) this.#times.shift();
  }

  /** Where on the camera's clock a stamp belongs. */
  place(time: number): Placement {
    const cluster = this.#cluster;
    if (!cluster?.locked) return { time, error: Infinity };
    const { low, high, mean, deviation } = cluster;
    const at = modulo(time - cluster.cut, this.#period);
    const outside = Math.max(0, low - at, at - high);
    // In the middle of the gap it may as well be the next frame, early, as this one, late.
    if (outside > (this.#period - (high - low)) / 3) return { time, error: Infinity };
    // Whether a stray is a bad stamp, or a good one of a clock that has moved, is not known yet.
    const error = (SIGMAS * deviation) / Math.sqrt(this.#times.length) + outside;
    return { time: time - at + mean + this.#lag, error };
  }

  #isStray(time: number): boolean {
    const cluster = this.#cluster;
    if (!cluster) return false;
    const at = modulo(time - cluster.cut, this.#period);
    return Math.max(cluster.low - at, at - cluster.high) > this.#period * STRAY_PART;
  }

  /** The camera's clock is where these frames say. */
  #moveTo(times: readonly number[]): void {
    this.#restart(this.#nominal);
    this.#times = [...times];
  }

  #measurePeriod(): void {
    const measured = steadyInterval(this.#times);
    if (measured === undefined || Math.abs(measured - this.#period) < this.#period / 100) return;
    this.#period = measured;
    this.#cluster = findCluster(this.#times, measured);
  }

  #restart(nominalPeriod: number): void {
    this.#nominal = nominalPeriod;
    this.#period = nominalPeriod;
    if (this.#times.length > 0) this.#resets += 1;
    this.#times = [];
    this.#cluster = undefined;
    this.#lag = 0;
    this.#strays = [];
  }
}

/** The mean of intervals that are nearly all alike; undefined where they are not. */
function steadyInterval(times: readonly number[]): number | undefined {
  const intervals = Float64Array.from(times.slice(1), (time, index) => time - (times[index] ?? 0));
  const median = intervals.slice().sort()[intervals.length >> 1] ?? 0;
  const alike = intervals.filter((interval) => Math.abs(interval - median) <= median * STEADY_PART);
  if (alike.length < intervals.length * 0.8) return undefined;
  return alike.reduce((sum, interval) => sum + interval, 0) / alike.length;
}

/** For streams that declare neither rate nor duration: the duration of a frame at 25 frames/s. */
const UNKNOWN_PERIOD = 40_000_000;

/** Nanoseconds from one frame to the next, from the rate or the frame's own duration. */
export function framePeriod({ caps, duration }: Frame): number {
  const { numerator, denominator } = caps.framerate;
  if (numerator > 0) return (1e9 * denominator) / numerator;
  return duration ? Number(duration) : UNKNOWN_PERIOD;
}
