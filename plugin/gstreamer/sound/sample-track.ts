/**
 * Sound as one stream of samples without a gap, each at its time: what is missing is silence, what comes twice or too late is left
 * out. It counts samples, so that times never wander, and knows nothing of streams or threads.
 */
import { lengthOf, samplesIn, SOUND, type SoundPacket } from '../../core/sound/sound-line';
import { SECOND, type Nanoseconds } from '../../core/time';
import { WaitingSound } from './waiting-sound';

/** Stamps of a network or a sound card jitter by less; what is off by more is a gap, or comes twice. */
const JITTER = samplesIn(SECOND / 100n);

/**
 * A clock that runs at another pace shows in the mean of its stamps. From a millisecond on, one sample in a packet is doubled or
 * left out, which nobody hears: at packets of 20 ms that follows 1000 ppm, and quartz is off by 50.
 */
const DRIFT = samplesIn(SECOND / 1000n);
const MEAN_OF = 16;

export class SampleTrack {
  readonly waiting = new WaitingSound();
  #origin: Nanoseconds = 0n;
  #written = 0;
  /** How far stamps are ahead of the samples, in samples. */
  #drift = 0;
  /** What comes next follows what was there; else its stamp alone says where it belongs. */
  #follows = false;

  /** @param at the time of the first sample */
  begin(at: Nanoseconds): void {
    this.#origin = at;
    this.#written = 0;
    this.#drift = 0;
    this.#follows = false;
  }

  /** The time up to which samples were taken. */
  get position(): Nanoseconds {
    return this.#origin + lengthOf(this.#written);
  }

  /** How many were taken. */
  get count(): number {
    return this.#written;
  }

  /**
   * @param until what begins before it is taken
   * @param fill there is no hope for what should have come up to it: silence is put there
   */
  take(until: Nanoseconds, fill: Nanoseconds): Buffer {
    const parts: Buffer[] = [];
    for (let { first } = this.waiting; first && first.runningTime < until; { first } = this.waiting) {
      this.waiting.shift();
      parts.push(...this.#fit(first));
    }
    const missing = samplesIn(fill - this.position);
    if (missing > 0) {
      parts.push(this.#silence(missing));
      this.#follows = false;
    }
    return Buffer.concat(parts);
  }

  #fit({ payload, runningTime }: SoundPacket): Buffer[] {
    const samples = Math.floor(payload.length / SOUND.bytesPerSample);
    const ahead = samplesBetween(this.position, runningTime);
    if (ahead + samples <= 0) return [];
    if (ahead === 0) this.#follows = true;
    if (ahead === 0 || (this.#follows && Math.abs(ahead) <= JITTER)) return [this.#count(this.#steer(payload, ahead))];
    this.#drift = 0;
    this.#follows = true;
    if (ahead > 0) return [this.#silence(ahead), this.#count(payload)];
    return [this.#count(payload.subarray(-ahead * SOUND.bytesPerSample))];
  }

  #steer(payload: Buffer, ahead: number): Buffer {
    this.#drift += (ahead - this.#drift) / MEAN_OF;
    const first = payload.subarray(0, SOUND.bytesPerSample);
    if (this.#drift > DRIFT) return Buffer.concat([first, payload]);
    return this.#drift < -DRIFT ? payload.subarray(SOUND.bytesPerSample) : payload;
  }

  #silence(samples: number): Buffer {
    return this.#count(Buffer.alloc(samples * SOUND.bytesPerSample));
  }

  #count(samples: Buffer): Buffer {
    this.#written += samples.length / SOUND.bytesPerSample;
    return samples;
  }
}

/** From one time to another, which may be before it. */
function samplesBetween(from: Nanoseconds, to: Nanoseconds): number {
  return to >= from ? samplesIn(to - from) : -samplesIn(from - to);
}
