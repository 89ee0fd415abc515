/**
 * When pictures came, by the clock on the wall: files are named after it. An encoder gives a picture later than it took
 * it, and a file may be read faster than it was filmed; so each picture's own time counts, not that of the newest.
 */
import type { Nanoseconds } from '../core/time';

/** Encoders look 250 pictures ahead at most (x264's `rc-lookahead`), and queues hold a few more. */
const REMEMBERED = 512;

export class ArrivalTimes {
  /** Oldest first. */
  readonly #arrivals: { runningTime: Nanoseconds; at: number }[] = [];

  /** @param at milliseconds since 1970 */
  add(runningTime: Nanoseconds, at: number): void {
    this.#arrivals.push({ runningTime, at });
    if (this.#arrivals.length > REMEMBERED) this.#arrivals.shift();
  }

  /** When the picture of a running time came; of one before all that are remembered, when it should have come. */
  of(runningTime: Nanoseconds): Date {
    for (let index = this.#arrivals.length - 1; index >= 0; index -= 1) {
      const arrival = this.#arrivals[index];
      if (arrival && arrival.runningTime <= runningTime) return new Date(arrival.at);
    }
    const first = this.#arrivals[0];
    return new Date(first ? first.at - Number(first.runningTime - runningTime) / 1e6 : Date.now());
  }
}
