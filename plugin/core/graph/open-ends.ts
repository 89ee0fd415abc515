/** The ends of a graph's streams (sinks, stages without output): which are still open, and for how long they may be. */

/**
 * How long what is under way may take to reach the sinks after a stop or an error, and again, how long sinks may take to
 * finish their files then: an encoder of 4K pictures holds 50 of them back, at a few a second.
 */
const FINISH_TIMEOUT_MS = 15_000;

export class OpenEnds {
  readonly #names = new Set<string>();
  readonly #onAllClosed: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param onAllClosed called whenever an end was closed and none is open any more */
  constructor(onAllClosed: () => void) {
    this.#onAllClosed = onAllClosed;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  open(name: string): void {
    this.#names.add(name);
  }

  /** Also for names that are not open: the call then only looks whether all are closed. */
  close(...names: readonly string[]): void {
    for (const name of names) this.#names.delete(name);
    if (this.#names.size === 0) this.#onAllClosed();
  }

  closeAll(): void {
    this.close(...this.#names);
  }

  /**
   * Watches over ends that were asked to finish.
   * @param remind called once when some are late
   * @param giveUp called once when that did not help either; all are closed afterwards
   */
  finishSoon(remind: () => void, giveUp: () => void): void {
    this.#timer ??= setTimeout(() => {
      remind();
      this.#timer = setTimeout(() => {
        giveUp();
        this.closeAll();
      }, FINISH_TIMEOUT_MS);
    }, FINISH_TIMEOUT_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
