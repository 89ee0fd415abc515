/** The sound of one source, in one form, on its way to the outputs that take it. */
import { Subject } from 'rxjs';
import { FlowControl } from '../queue/flow-control';
import { SECOND, type Nanoseconds } from '../time';

/** Decoded, for outputs that encode it; or as the source has it, for those that pass it through. */
export const SOUND_FORMS = ['samples', 'packets'] as const;
export type SoundForm = (typeof SOUND_FORMS)[number];

/**
 * How samples cross Node: 16 bits, interleaved. 48 kHz and two channels are what AAC and Opus are sent with nearly everywhere; whatever
 * a source has, and changes to, is converted before.
 */
export const SOUND = { rate: 48_000, channels: 2, bytesPerSample: 4 } as const;

export const SOUND_CAPS = `audio/x-raw,format=(string)S16LE,layout=(string)interleaved,rate=(int)${SOUND.rate},channels=(int)${SOUND.channels}`;

export interface SoundPacket {
  /** Nobody changes it: several outputs may read it. */
  readonly payload: Buffer;
  /** Of its first sample, on the clock of the graph. */
  readonly runningTime: Nanoseconds;
  /** How long it sounds. */
  readonly duration: Nanoseconds;
  /** What it is, as GStreamer writes it. */
  readonly caps: string;
}

/** Samples (one of each channel) that last so long. */
export const samplesIn = (time: Nanoseconds): number => Number((time * BigInt(SOUND.rate) + SECOND / 2n) / SECOND);

/** How long so many samples last. */
export const lengthOf = (samples: number): Nanoseconds => (BigInt(samples) * SECOND) / BigInt(SOUND.rate);

export class SoundLine {
  readonly form: SoundForm;
  /** Hot: sound that nobody listens to is gone. Completes when nothing more can come. */
  readonly packets = new Subject<SoundPacket>();
  /** Holds the source back where it `canBeHeld`. */
  readonly flow = new FlowControl();
  /** It is read from a file, ahead of its time; what is live comes when it comes. */
  canBeHeld = false;
  /** It is read as fast as its pictures are, which may wait for it. */
  waits = false;
  #came = false;
  #over = false;

  constructor(form: SoundForm) {
    this.form = form;
  }

  /** Whether there ever was any. */
  get came(): boolean {
    return this.#came;
  }

  /** Nothing more comes. */
  get over(): boolean {
    return this.#over;
  }

  push(packet: SoundPacket): void {
    if (this.#over) return;
    this.#came = true;
    this.packets.next(packet);
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.packets.complete();
  }
}
