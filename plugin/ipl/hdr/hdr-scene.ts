/**
 * What pictures leave for those after them, in shared memory: the EV between neighbouring exposures, as it was measured. Whoever has the
 * turn (pool/turns.ts) owns it. It holds for all sets of a graph, whole or not: exposures have their places.
 */
import type { Step } from './ratios';

/** Exposures are five at most. */
const STEPS = 4;

/** EV: what contradicts the declared ones by more is an error of the graph, or a curve that is not the camera's. */
export const MOST_CONTRADICTION = 0.5;

/** What of a new measurement is believed: it jitters by less than a percent. More where the camera has changed its exposure. */
const GAIN = 1 / 8;
const CHANGED_GAIN = 1 / 2;
const CHANGED = 0.06;

export class HdrScene {
  /** Of each step: EV, and 1 where it was measured. */
  readonly #steps: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#steps = new Float64Array(buffer);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * STEPS * Float64Array.BYTES_PER_ELEMENT);
  }

  /**
   * @param place of the darker exposure
   * @param declared EV between it and the next
   * @returns EV by which the pixels contradict what is declared, where they do: then nothing is learnt
   */
  learn(place: number, declared: number, { ev }: Step): number | undefined {
    if (Math.abs(ev - declared) > MOST_CONTRADICTION) return ev - declared;
    const [at, known] = [2 * place, 2 * place + 1];
    const last = this.#steps[at] ?? 0;
    const gain = Math.abs(ev - last) > CHANGED ? CHANGED_GAIN : GAIN;
    this.#steps[at] = this.#steps[known] === 1 ? last + gain * (ev - last) : ev;
    this.#steps[known] = 1;
    return undefined;
  }

  /**
   * EV of all exposures against the one that is declared to have 0, or is nearest to it.
   * @param declared dark to bright
   */
  ev(declared: readonly number[]): number[] {
    const nearest = Math.min(...declared.map(Math.abs));
    const reference = declared.findIndex((ev) => Math.abs(ev) === nearest);
    const step = (place: number): number =>
      this.#steps[2 * place + 1] === 1 ? (this.#steps[2 * place] ?? 0) : (declared[place + 1] ?? 0) - (declared[place] ?? 0);
    const result = [...declared];
    for (let place = reference + 1; place < declared.length; place += 1) result[place] = (result[place - 1] ?? 0) + step(place - 1);
    for (let place = reference - 1; place >= 0; place -= 1) result[place] = (result[place + 1] ?? 0) - step(place);
    return result;
  }
}
