/** The ends of a graph's streams (sinks, stages without output): which are still open, and for how long they may be. */
import { Patience } from '../../core/patience';

/**
 * Ends that are open while nothing is done any more are stuck: an encoder at work is busy, a sink that takes nothing is
 * not. A supervisor's patience is short, and a graph ends within three seconds: reminded after one, given up after two.
 */
const REMIND_MS = 1_000;
const GIVE_UP_MS = 2_000;

const CHECK_MS = 250;

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
    if (this.#timer) return;
    const patience = new Patience();
    let reminded = false;
    this.#timer = setInterval(() => {
      const silence = patience.sample();
      if (!reminded && silence >= REMIND_MS) {
        reminded = true;
        remind();
      }
      if (silence < GIVE_UP_MS) return;
      this.dispose();
      giveUp();
      this.closeAll();
    }, CHECK_MS);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
