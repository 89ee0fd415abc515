/** How often something happens a second, over the last seconds. */

/** Long enough for a steady rate at a few frames a second, short enough to see a stall. */
const WINDOW_S = 5;

export class RateMeter {
  /** Happenings of each second of the window, and which second it was. */
  readonly #counts: number[];
  readonly #seconds: number[];
  readonly #window: number;
  #first: number | undefined;

  /** @param window whole seconds */
  constructor(window = WINDOW_S) {
    this.#window = window;
    this.#counts = new Array<number>(window + 1).fill(0);
    this.#seconds = new Array<number>(window + 1).fill(-1);
  }

  /** @param now milliseconds of a clock that only goes forward */
  count(now: number): void {
    this.#first ??= now;
    const second = Math.floor(now / 1000);
    const slot = second % this.#counts.length;
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second;
      this.#counts[slot] = 0;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** A second. The running second counts as far as it has come. */
  rate(now: number): number {
    if (this.#first === undefined) return 0;
    const begin = Math.max(this.#first, (Math.floor(now / 1000) - this.#window) * 1000);
    // Less than a second has no rate worth telling yet.
    return this.total(now) / Math.max(1, (now - begin) / 1000);
  }

  /** In the window. */
  total(now: number): number {
    const second = Math.floor(now / 1000);
    return this.#counts.reduce((sum, count, slot) => {
      const age = second - (this.#seconds[slot] ?? -1);
      return age >= 0 && age <= this.#window ? sum + count : sum;
    }, 0);
  }
}
