/** What is logged of a camera's timestamps and its clock. */
import type { Condition, conditionsBy } from '../core/metrics/conditions';
import { formatTime, type Nanoseconds } from '../core/time';
import { StampPace } from './stamp-pace';

export class StampNews {
  readonly #warn: (message: string) => void;
  readonly #jumps: Condition;
  readonly #uneven: Condition;
  readonly #pace = new StampPace();

  constructor(warn: (message: string) => void, condition: ReturnType<typeof conditionsBy>) {
    this.#warn = warn;
    this.#jumps = condition('jumps');
    this.#uneven = condition('uneven', { holds: true, degrades: true });
  }

  /** Another connection begins, or pictures are taken later than they come. */
  reset(): void {
    this.#pace.reset();
  }

  /** @param now of the graph's clock, when a picture of that running time came */
  observe(now: Nanoseconds, runningTime: Nanoseconds): void {
    const pace = this.#pace.observe(now, runningTime);
    if (pace === 'even') return this.#uneven.end('Timestamps keep pace with the frames again.');
    if (!pace) return;
    const { stamped, come, jump, every } = pace;
    const rates = `Timestamps are made for ${stamped.toFixed(1)} frames/s, but ${come.toFixed(1)} come`;
    const hint = 'Let the camera be set to a rate that it keeps (a shorter exposure, or fewer pixels).';
    this.#uneven.raise(`${rates}: time jumps by ${jump.toFixed(2)} s every ${every.toFixed(1)} s. ${hint}`);
  }

  clockIsOff(error: Nanoseconds | undefined): void {
    if (error === undefined) return;
    const direction = error > 0n ? 'ahead of' : 'behind';
    const text = `The camera's clock is ${formatTime(error > 0n ? error : -error)} ${direction} that of this machine; frames are stamped by their arrival.`;
    this.#warn(`${text} Let both be set by NTP.`);
  }

  jumped(by: Nanoseconds): void {
    const direction = by > 0n ? 'ahead' : 'back';
    this.#jumps.raise(`Timestamps jumped ${direction} by ${formatTime(by > 0n ? by : -by)}; the stream goes on where it was.`);
  }
}
