/** Which share of the last sets lacked branches; where it is large, the sets are degraded, and so is the graph's health. */
import type { Condition, ConditionOf } from '../core/conditions';
import { LastingShare, SHARE_WINDOW_S } from '../core/lasting-share';

export class DegradedShare {
  readonly #condition: Condition;
  readonly #branches: number;
  readonly #share: LastingShare;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(condition: ConditionOf, branches: number, now?: () => number) {
    this.#condition = condition('degraded', { holds: true, degrades: true });
    this.#branches = branches;
    this.#share = new LastingShare(now);
  }

  /** @param lacks whether the set lacks branches */
  count(lacks: boolean): void {
    this.#share.count();
    if (lacks) this.#share.countBad();
    const { all, bad, verdict } = this.#share.assess();
    const sets = `${bad} of ${all} sets of the last ${SHARE_WINDOW_S} s (${Math.round((100 * bad) / all)} %)`;
    if (verdict === 'trouble') this.#condition.raise(`${sets} were made of fewer exposures than there are branches (${this.#branches}).`);
    if (verdict === 'well') this.#condition.end(`The sets are whole again: ${sets} lacked a branch.`);
  }
}
