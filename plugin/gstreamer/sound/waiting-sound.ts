/** Sound that waits for its pictures, in the order of its times. */
import type { SoundPacket } from '../../core/sound/sound-line';
import { SECOND, type Nanoseconds } from '../../core/time';

/** Longer than any fusion takes. When pictures stop, the oldest goes. */
const LONGEST_WAIT: Nanoseconds = 10n * SECOND;

export class WaitingSound {
  readonly #packets: SoundPacket[] = [];

  get first(): SoundPacket | undefined {
    return this.#packets[0];
  }

  /** Where it begins. */
  get begun(): Nanoseconds {
    return this.first?.runningTime ?? 0n;
  }

  /** Where it ends; undefined where nothing waits. */
  get end(): Nanoseconds | undefined {
    const last = this.#packets.at(-1);
    return last && endOf(last);
  }

  add(packet: SoundPacket): void {
    this.#packets.push(packet);
    this.forget(endOf(packet) - LONGEST_WAIT);
  }

  shift(): void {
    this.#packets.shift();
  }

  /** Drops what is over by then. */
  forget(before: Nanoseconds): void {
    while (this.first && endOf(this.first) <= before) this.shift();
  }
}

const endOf = ({ runningTime, duration }: SoundPacket): Nanoseconds => runningTime + duration;
