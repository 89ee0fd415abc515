/** The ends of a graph's streams (sinks, stages without output): which are still open, and for how long they may be. */
import { activity } from '../process-activity';

/**
 * How long what is under way may take to reach the sinks after a stop or an error, and again, how long sinks may take to
 * finish their files then: an encoder of 4K pictures holds 50 of them back, at a few a second.
 */
const FINISH_TIMEOUT_MS = 15_000;

/**
 * Ends that are open while nothing is done any more are stuck: an encoder at work is busy, a sink that takes nothing is
 * not. A supervisor's patience is short, and a graph ends within three seconds: reminded after one, given up after two.
 */
const REMIND_IDLE_MS = 1_000;
const GIVE_UP_IDLE_MS = 2_000;

const CHECK_MS = 250;

/**
 * Of a processor, with the time that threads waited for one. What reads figures and polls buses needs less; an encoder
 * that finishes a file, much more.
 */
const BUSY_PART = 0.15;

/** Without that time: on a busy machine a thread that hardly works waits long, and an encoder still gets its share. */
const WORK_PART = 0.04;

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
    const begin = performance.now();
    let [checked, before, idle, reminded] = [begin, activity(), 0, false];
    this.#timer = setInterval(() => {
      const [now, done] = [performance.now(), activity()];
      const [passed, worked, waited] = [now - checked, done.worked - before.worked, done.waited - before.waited];
      const busy = worked > passed * WORK_PART && worked + waited > passed * BUSY_PART;
      idle = busy ? 0 : idle + passed;
      [checked, before] = [now, done];
      if (!reminded && (idle >= REMIND_IDLE_MS || now - begin >= FINISH_TIMEOUT_MS)) {
        reminded = true;
        remind();
      }
      if (idle < GIVE_UP_IDLE_MS && now - begin < 2 * FINISH_TIMEOUT_MS) return;
      this.dispose();
      giveUp();
      this.closeAll();
    }, CHECK_MS);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
