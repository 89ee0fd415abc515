/** Whether a large share of what happens is bad, and has been for a while: a trouble, and no accident. */
import { RateMeter } from './rate-meter';

export const SHARE_WINDOW_S = 5;

/**
 * Much for so long. It is longer than the window by the longest disturbance that is no trouble: three seconds, in which
 * cameras start and a machine is busy with something else.
 */
const PERSISTS_MS = (SHARE_WINDOW_S + 3) * 1000;

/**
 * Less than one in ten is an accident (a lost packet, a collection of garbage), which is counted; one in ten is seen. A trouble
 * is over well below that, so that it does not come and go at the limit.
 */
const MUCH = 1 / 10;
const LITTLE = MUCH / 4;

/** Where little happens, a single bad thing is a large share, and still an accident. */
const LEAST = 3;

export class LastingShare {
  readonly #now: () => number;
  readonly #all = new RateMeter(SHARE_WINDOW_S);
  readonly #bad = new RateMeter(SHARE_WINDOW_S);
  #since: number | undefined;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Something happened; `countBad` says that it was bad. */
  count(): void {
    this.#all.count(this.#now());
  }

  countBad(): void {
    this.#bad.count(this.#now());
  }

  /** Of the last seconds. */
  assess(): { readonly all: number; readonly bad: number; readonly perSecond: number; readonly verdict: 'trouble' | 'well' | 'between' } {
    const now = this.#now();
    const [all, bad] = [this.#all.total(now), this.#bad.total(now)];
    const much = bad >= LEAST && bad > all * MUCH;
    this.#since = much ? (this.#since ?? now) : undefined;
    const lasts = this.#since !== undefined && now - this.#since >= PERSISTS_MS;
    return { all, bad, perSecond: this.#all.rate(now), verdict: lasts ? 'trouble' : bad <= all * LITTLE ? 'well' : 'between' };
  }
}
