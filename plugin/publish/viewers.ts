/**
 * How many viewers an SRT address that listens has. Nobody is no fault: viewers come and go, and the pictures are there for whoever
 * calls. So it has the condition `idle`, and degrades nothing; whoever wants an alert for it has the metric.
 */
import { AwakeClock } from '../core/clocks/awake-clock';
import type { Condition } from '../core/metrics/conditions';
import type { NativeElement } from '../gstreamer/binding';

/** The name of the srtsink. */
export const VIEWED = 'viewed';

const ASK_MS = 1_000;

/** A player that changes over, or is started beside the chain, is there before. */
export const IDLE_MS = 10_000;

export class Viewers {
  readonly #idle: Condition;
  readonly #clock: AwakeClock;
  #asked = 0;
  #aloneSince: number | undefined;
  #count = 0;

  constructor(idle: Condition, clock = new AwakeClock()) {
    this.#idle = idle;
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** To be called with every picture. @param find the srtsink, where there is one: to look for it takes longer than to tell the time */
  poll(find: () => Pick<NativeElement, 'get'> | undefined): void {
    const now = this.#clock.now();
    if (now - this.#asked < ASK_MS) return;
    this.#asked = now;
    const sink = find();
    this.#count = sink ? callersIn(String(sink.get('stats'))) : 0;
    if (this.#count > 0) {
      this.#aloneSince = undefined;
      this.#idle.end(this.#count === 1 ? 'A viewer is connected.' : `${this.#count} viewers are connected.`);
      return;
    }
    this.#aloneSince ??= now;
    if (now - this.#aloneSince >= IDLE_MS) this.#idle.raise('Nobody watches: no viewer is connected.');
  }
}

/** A structure as text, which has one of its kind in it for each who called. */
function callersIn(stats: string): number {
  return Math.max(0, stats.split('application/x-srt-statistics').length - 2);
}
