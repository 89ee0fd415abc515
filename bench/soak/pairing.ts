/** Looks into every set on its way to the fusion: are its exposures of one instant? */
import { tap, type Observable } from 'rxjs';
import { defineElement, type Element, type ExposureSet } from '../../plugin';
import { formatTime } from '../../plugin/core/time';
import { NUMBERS, read } from './painted-number';

export class Pairing {
  sets = 0;
  complete = 0;
  degraded = 0;
  /** Sets with two exposures of different instants: there must be none. */
  wrong = 0;
  /** Pictures whose number cannot be read: damaged on their way. */
  unreadable = 0;
  /** By how many instants, for the report. */
  readonly distances = new Map<number, number>();
  /** When a set with all branches came last, in milliseconds. */
  lastComplete = 0;
  readonly #branches: number;
  readonly #onWrong: (text: string) => void;

  /** @param onWrong hears of every wrong set: numbers and running times */
  constructor(branches: number, onWrong: (text: string) => void) {
    this.#branches = branches;
    this.#onWrong = onWrong;
  }

  get element(): Element {
    return defineElement({
      kind: 'stage',
      name: 'pairing',
      summary: 'Reads the number painted in each exposure.',
      input: { min: 1, max: 1, medium: 'exposures' },
      output: 'exposures',
      options: {},
      example: 'seen: { use: pairing, from: set }',
      create: () => ({ connect: ([sets]) => (sets as Observable<ExposureSet>).pipe(tap((set) => this.#check(set))) }),
    });
  }

  #check({ frames, branches }: ExposureSet): void {
    this.sets += 1;
    const numbers = frames.map(({ payload, caps }) => read(payload, caps));
    const readable = numbers.filter((number) => number !== undefined);
    this.unreadable += numbers.length - readable.length;
    if (frames.length < this.#branches) this.degraded += 1;
    const [first = 0] = readable;
    const apart = Math.max(0, ...readable.map((number) => distance(number, first)));
    if (apart > 0) {
      this.wrong += 1;
      this.#onWrong(frames.map(({ runningTime }, index) => `${branches[index]} ${numbers[index]} at ${formatTime(runningTime)}`).join(', '));
      this.distances.set(apart, (this.distances.get(apart) ?? 0) + 1);
    } else if (readable.length === this.#branches) {
      this.complete += 1;
      this.lastComplete = performance.now();
    }
  }
}

function distance(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, NUMBERS - apart);
}
