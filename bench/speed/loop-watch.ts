/**
 * How long the event loop was held up, and by what: by work of its own, or by the system, which ran other threads on all cores.
 * Of each pause between two turns Linux tells how long the thread ran (/proc/thread-self/schedstat).
 */
import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Finer than what is looked for; what comes later than asked for was held up. */
const STEP_MS = 1;

export interface LoopFigures {
  /** Longest pause between two turns, by the clock. */
  readonly blockedMs: number;
  /** 99 of 100 pauses are shorter. */
  readonly usuallyMs: number;
  /** Most that the thread itself ran between two turns. */
  readonly workMs: number;
}

export class LoopWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: STEP_MS });
  readonly #status = openSync('/proc/thread-self/schedstat', 'r');
  readonly #text = Buffer.alloc(128);
  #timer: NodeJS.Timeout | undefined;
  #ran = 0;
  #work = 0;

  start(): void {
    this.#delay.enable();
    this.#ran = this.#runMs();
    this.#timer = setInterval(() => {
      const ran = this.#runMs();
      this.#work = Math.max(this.#work, ran - this.#ran);
      this.#ran = ran;
    }, STEP_MS);
  }

  stop(): LoopFigures {
    this.#delay.disable();
    clearInterval(this.#timer);
    return { blockedMs: this.#delay.max / 1e6, usuallyMs: this.#delay.percentile(99) / 1e6, workMs: this.#work };
  }

  #runMs(): number {
    const length = readSync(this.#status, this.#text, 0, this.#text.length, 0);
    return Number(this.#text.toString('latin1', 0, length).split(' ')[0]) / 1e6;
  }
}
