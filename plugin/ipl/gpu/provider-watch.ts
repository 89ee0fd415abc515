/**
 * Watches over the provider at work. A device that hangs keeps its thread inside of the driver: there it can neither answer nor be
 * ended. So the worker writes down in shared memory when it goes in and how long that may take, and the main thread looks
 * whether it came out.
 */
import type { PlaneLayout } from '../../core/video-layout';

/** Words of the shared memory; word 0 says who has the provider (provider-gate.ts). */
const RUN = 1;
const LIMIT = 2;
const THREAD = 3;
export const WATCH_WORDS = 4;

/**
 * A GPU takes some milliseconds for a 4K picture, a slow one some tenths of a second, and a driver that resets its device says so
 * within a few seconds. What takes ten times as long does not come back.
 */
const RUN_MS = 5_000;
const MEGAPIXEL_MS = 500;

/** To open a graph, drivers load libraries and compile a hundred programs: seconds, and more on a busy machine. */
export const OPEN_MS = 60_000;

/** A device that failed lets go at once, or never. */
export const CLOSE_MS = 5_000;

/** How often the main thread looks. */
const POLL_MS = 250;

/** Milliseconds that one picture may take; the first of its kind opens the graph. */
export function runLimit({ width, height }: Pick<PlaneLayout, 'width' | 'height'>, opens: boolean): number {
  return Math.ceil(RUN_MS + (MEGAPIXEL_MS * width * height) / 1e6 + (opens ? OPEN_MS : 0));
}

/** Does work that must come back within a time. */
export type Watch = <T>(milliseconds: number, work: () => Promise<T>) => Promise<T>;

export const UNWATCHED: Watch = (_, work) => work();

/** In a worker that has the provider, or had it until it failed. One piece of work at a time. @param thread its number */
export function watchIn(state: SharedArrayBuffer, thread: number): Watch {
  const words = new Int32Array(state);
  return async (milliseconds, work) => {
    Atomics.store(words, THREAD, thread);
    Atomics.store(words, LIMIT, milliseconds);
    // Odd: at work.
    Atomics.add(words, RUN, 1);
    try {
      return await work();
    } finally {
      Atomics.add(words, RUN, 1);
    }
  };
}

/** In the main thread. */
export class ProviderWatch {
  readonly #words: Int32Array;
  readonly #onHang: (thread: number, milliseconds: number) => void;
  readonly #timer: NodeJS.Timeout;
  #run = 0;
  #spent = 0;
  #polledAt = performance.now();

  /** @param onHang called once, with the thread that does not come back and the time that it was given */
  constructor(state: SharedArrayBuffer, onHang: (thread: number, milliseconds: number) => void) {
    this.#words = new Int32Array(state);
    this.#onHang = onHang;
    this.#timer = setInterval(() => this.#poll(), POLL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    const now = performance.now();
    // A process that was stopped, or busy with other things, has not waited for the device.
    const passed = Math.min(now - this.#polledAt, 2 * POLL_MS);
    this.#polledAt = now;
    const run = Atomics.load(this.#words, RUN);
    this.#spent = run === this.#run ? this.#spent + passed : 0;
    this.#run = run;
    const limit = Atomics.load(this.#words, LIMIT);
    if (run % 2 === 0 || this.#spent < limit) return;
    this.close();
    this.#onHang(Atomics.load(this.#words, THREAD), limit);
  }
}
