/**
 * Milliseconds in which this process could do something. It stands while the process is stopped (SIGSTOP, a debugger, a container
 * that is paused) and while the machine sleeps: nobody can be late or silent then.
 */

/** A sample that comes later than this came late. */
const LONGEST_TURN_MS = 1_000;

/** How often it has to be sampled. */
export const TURN_MS = 500;

export class AwakeClock {
  readonly #steady: () => number;
  #sampledAt: number;
  #time = 0;

  /** @param steady milliseconds of a clock that only goes forward */
  constructor(steady: () => number = () => performance.now()) {
    this.#steady = steady;
    this.#sampledAt = steady();
  }

  now(): number {
    const steady = this.#steady();
    this.#time += Math.min(steady - this.#sampledAt, LONGEST_TURN_MS);
    this.#sampledAt = steady;
    return this.#time;
  }
}

/**
 * Calls once when this process could have done something for so long.
 * @returns ends the watch
 */
export function afterAwake(milliseconds: number, call: () => void): () => void {
  const clock = new AwakeClock();
  const timer = setInterval(() => {
    if (clock.now() < milliseconds) return;
    clearInterval(timer);
    call();
  }, TURN_MS);
  return () => clearInterval(timer);
}
