/** The two clocks of a machine: the one on the wall, which people and NTP set, and one that only goes forward. */
import { uptime } from 'node:os';

export interface Clocks {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds. It goes on while the machine sleeps: else it would look as if the other one had been set ahead. */
  steady(): number;
}

export const systemClocks: Clocks = { wall: () => Date.now(), steady: () => uptime() * 1000 };

/** Ages are hours and days, so that less does not matter; a clock that is kept by NTP is off by a thousandth of it. */
export const JUMP_MS = 60_000;

/** Sees when the clock on the wall was set. */
export class JumpWatch {
  readonly #clocks: Clocks;
  #ahead: number;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#ahead = clocks.wall() - clocks.steady();
  }

  /** By how much it was set since the last check, in milliseconds; 0 where it only ran, be it a little fast or slow. */
  check(): number {
    const ahead = this.#clocks.wall() - this.#clocks.steady();
    const by = ahead - this.#ahead;
    this.#ahead = ahead;
    return Math.abs(by) > JUMP_MS ? by : 0;
  }
}
