/**
 * How long nothing came, on a machine that may be busy: what threads of this process waited for a processor meanwhile does not
 * count. Chains whose threads wait, or hang, in code of theirs wait for no processor. Which of the threads the pictures had to
 * pass is not asked: on a busy machine this finds less than on an idle one, and never more.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds that each thread has waited for a processor since it began, by its number. */
export type Waits = ReadonlyMap<string, number>;

/** https://docs.kernel.org/scheduler/sched-stats.html */
export function waitsOfThreads(): Waits {
  return new Map(readdirSync('/proc/self/task').map((thread) => [thread, waitOf(thread)]));
}

/** A thread may end while it is looked at. */
function waitOf(thread: string): number {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH' || (error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

export class Gaps {
  count = 0;
  longestMs = 0;
  readonly #now: () => number;
  readonly #waits: () => Waits;
  #at: number | undefined;
  #before: Waits = new Map();

  constructor(now: () => number = () => performance.now(), waits: () => Waits = waitsOfThreads) {
    this.#now = now;
    this.#waits = waits;
  }

  onPicture(): void {
    this.#measure();
    this.count += 1;
  }

  /** None comes any more: what was waited for in vain counts, too. */
  end(): void {
    if (this.#at !== undefined) this.#measure();
  }

  #measure(): void {
    const [now, waits] = [this.#now(), this.#waits()];
    if (this.#at !== undefined) {
      let waited = 0;
      // Numbers are given anew: one that has waited less than before is another thread.
      for (const [thread, wait] of waits) waited += Math.max(0, wait - (this.#before.get(thread) ?? 0));
      this.longestMs = Math.max(this.longestMs, now - this.#at - waited);
    }
    [this.#at, this.#before] = [now, waits];
  }
}
