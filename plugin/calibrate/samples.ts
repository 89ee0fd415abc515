/** A few of many, evenly from the first to the last, however many come. */

/** Instants of three cameras at 1024x576 take 9 MB each. */
const MOST = 8;

export class Samples<T> {
  #kept: T[] = [];
  #stride = 1;
  #count = 0;

  /** @param make is called where it is kept */
  add(make: () => T): void {
    if (this.#count % this.#stride === 0) {
      if (this.#kept.length === MOST) {
        this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
        this.#stride *= 2;
      }
      if (this.#count % this.#stride === 0) this.#kept.push(make());
    }
    this.#count += 1;
  }

  get all(): readonly T[] {
    return this.#kept;
  }
}
