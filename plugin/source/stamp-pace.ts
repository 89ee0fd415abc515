/**
 * Whether a camera's time stamps keep pace with its pictures.
 *
 * A camera that stamps for 25 pictures a second and gives 21 falls behind its own stamps. What receives it (rtpjitterbuffer,
 * tsdemux) notices when its delay is used up, and sets time ahead at once: it jumps by the delay, again and again, though
 * no picture is missing. A picture that was lost shows by a pause in the arrivals, too, and a network that stood still by a
 * pause in the arrivals alone; so a jump is a step in the stamps without its pause.
 */
import { MILLISECOND, type Nanoseconds } from '../core/time';

export interface Uneven {
  /** Pictures a second, by the distance of most stamps. */
  readonly stamped: number;
  /** Pictures a second that come. */
  readonly come: number;
  /** Seconds by which time jumps, and after which it does so again. */
  readonly jump: number;
  readonly every: number;
}

/** Jumps are seconds apart; three of them are no accident. */
const WINDOW_MS = 30_000;
const LEAST_JUMPS = 3;

/** Steps from which the usual one is known. */
const STEPS = 64;
const LEAST_STEPS = 16;

/** Of the usual step: more than a lost picture leaves. */
const JUMP = 2.5;

interface Step {
  /** Milliseconds. */
  readonly at: number;
  readonly step: number;
  readonly jumps: boolean;
}

export class StampPace {
  #steps: Step[] = [];
  #last: { readonly at: number; readonly stamp: number } | undefined;

  /** Another run of the stream begins. */
  reset(): void {
    this.#steps = [];
    this.#last = undefined;
  }

  /** @returns what is wrong; `even` when nothing is, undefined while it is not known */
  observe(arrival: Nanoseconds, stampTime: Nanoseconds): Uneven | 'even' | undefined {
    const [at, stamp] = [milliseconds(arrival), milliseconds(stampTime)];
    const last = this.#last;
    this.#last = { at, stamp };
    if (!last) return undefined;
    const step = stamp - last.stamp;
    const usual = this.#usual();
    const jumps = usual !== undefined && step > usual * JUMP && at - last.at < step / 2;
    this.#steps.push({ at, step, jumps });
    while ((this.#steps[0]?.at ?? at) < at - WINDOW_MS) this.#steps.shift();
    return usual === undefined ? undefined : this.#judge(at, usual);
  }

  /** The median: jumps and lost pictures are rare. */
  #usual(): number | undefined {
    if (this.#steps.length < LEAST_STEPS) return undefined;
    const steps = this.#steps.slice(-STEPS).map(({ step }) => step).sort((a, b) => a - b);
    return Math.max(1, steps[steps.length >> 1] ?? 1);
  }

  #judge(at: number, usual: number): Uneven | 'even' | undefined {
    const jumps = this.#steps.filter((step) => step.jumps);
    const [first, newest, begin] = [jumps[0], jumps.at(-1), this.#steps[0]];
    if (!first || !newest || !begin) return 'even';
    if (jumps.length < LEAST_JUMPS) return undefined;
    return {
      stamped: 1000 / usual,
      come: ((this.#steps.length - 1) * 1000) / Math.max(1, at - begin.at),
      jump: jumps.reduce((sum, { step }) => sum + step, 0) / jumps.length / 1000,
      every: (newest.at - first.at) / (jumps.length - 1) / 1000,
    };
  }
}

const milliseconds = (time: Nanoseconds): number => Number(time) / Number(MILLISECOND);
