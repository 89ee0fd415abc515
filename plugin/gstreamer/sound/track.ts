/** What an output has beside its pictures: sound at its times, one piece after the other. */
import type { SoundPacket } from '../../core/sound/sound-line';
import type { Nanoseconds } from '../../core/time';
import type { SoundCodec } from './sound-codecs';
import type { WaitingSound } from './waiting-sound';

/** What goes into a pipeline at once. */
export interface Piece {
  readonly data: Buffer;
  readonly pts: Nanoseconds;
  readonly duration: Nanoseconds;
}

/** How it gets into a pipeline. */
export interface SoundChain {
  readonly codec: SoundCodec;
  /** Of its pieces. */
  readonly caps: string;
  /** From the pieces to what a muxer takes. */
  readonly launch: string;
}

export interface Track {
  readonly waiting: WaitingSound;
  /** How much later what comes out sounds than what goes in. */
  readonly delay: Nanoseconds;
  /** The time up to which pieces were taken. */
  readonly position: Nanoseconds;
  /** @returns false for what it cannot take: it has no part in it */
  add(packet: SoundPacket): boolean;
  /** Of a pipeline that is made now; undefined as long as it is not known what there is to send. */
  chain(): SoundChain | undefined;
  /** Pieces go into a new pipeline. @param at when its first picture begins */
  begin(at: Nanoseconds): void;
  /** Whether what comes next, before a time, needs a pipeline of its own. */
  needsAnother(before: Nanoseconds): boolean;
  /**
   * @param until what begins before it is taken
   * @param fill there is no hope for what should have come up to it: silence is put there
   */
  take(until: Nanoseconds, fill: Nanoseconds): readonly Piece[];
  /** When the first packet begins that begins at a time or after it. */
  packetFrom(time: Nanoseconds): Nanoseconds;
}
