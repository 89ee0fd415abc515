/** Numbers the frames of one camera by their time stamps, those included that were lost on the way. */
import { FrameClock } from '../core/clocks/frame-clock';

export interface Slot {
  readonly slot: number;
  /** Frames since the one before, if the time stamps leave no doubt of it. */
  readonly steps: number | undefined;
}

/** Part of a frame duration by which an interval of unclocked stamps may be off. */
const OFF = 1 / 4;

export class SlotCounter {
  #clock: FrameClock | undefined;
  #slot = -1;
  #last: number | undefined;

  /** @param period what the caps say, in nanoseconds */
  next(time: number, period: number): Slot {
    this.#clock ??= new FrameClock(period);
    const clock = this.#clock;
    const last = this.#last;
    const before = last === undefined ? undefined : clock.place(last);
    const resets = clock.resets;
    clock.observe(time, period);
    this.#last = time;
    const here = clock.place(time);
    const known = before && before.error < clock.period / 2 && here.error < clock.period / 2 && clock.resets === resets;
    const interval = (last === undefined ? clock.period : known ? here.time - before.time : time - last) / clock.period;
    const steps = Math.round(interval);
    const trusted = steps >= 1 && (known || Math.abs(interval - steps) < OFF);
    this.#slot += trusted ? steps : 1;
    return { slot: this.#slot, steps: trusted ? steps : undefined };
  }
}
