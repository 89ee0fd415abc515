/** Which share of the last sets lacked branches; where it is large, the sets are degraded, and so is the graph's health. */
import type { Condition, ConditionOf } from '../core/conditions';
import { RateMeter } from '../core/rate-meter';

/** Long enough for a share of sets that come once a second, short enough to be news. */
const WINDOW_S = 10;

/**
 * A network loses a frame in hundreds, which nobody sees. One set in ten is seen as flicker, and is no accident. The
 * condition ends below half of that, so that a share around the limit does not come and go.
 */
const MUCH = 1 / 10;
const LITTLE = MUCH / 2;

/** Of slow cameras one missing frame is much of a window, and still an accident. */
const LEAST_SETS = 3;

export class DegradedShare {
  readonly #condition: Condition;
  readonly #branches: number;
  readonly #now: () => number;
  readonly #sets = new RateMeter(WINDOW_S);
  readonly #degraded = new RateMeter(WINDOW_S);

  /** @param now milliseconds of a clock that only goes forward */
  constructor(condition: ConditionOf, branches: number, now: () => number = () => performance.now()) {
    this.#condition = condition('degraded', { holds: true, degrades: true });
    this.#branches = branches;
    this.#now = now;
  }

  /** @param lacks whether the set lacks branches */
  count(lacks: boolean): void {
    const now = this.#now();
    this.#sets.count(now);
    if (lacks) this.#degraded.count(now);
    const [sets, degraded] = [this.#sets.total(now), this.#degraded.total(now)];
    const share = `${degraded} of ${sets} sets of the last ${WINDOW_S} s (${Math.round((100 * degraded) / sets)} %)`;
    if (degraded >= LEAST_SETS && degraded > sets * MUCH) {
      this.#condition.raise(`${share} were made of fewer exposures than there are branches (${this.#branches}).`);
    } else if (degraded < sets * LITTLE) this.#condition.end(`The sets are whole again: ${degraded} of ${sets} lacked a branch in the last ${WINDOW_S} s.`);
  }
}
