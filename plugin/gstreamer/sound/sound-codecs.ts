/** What sound is sent as, and how. */
import type { Nanoseconds } from '../../core/time';
import { lengthOf, samplesIn, type SoundForm } from '../../core/sound/sound-line';

export type SoundCodec = 'aac' | 'opus';

/** What an output can be asked for: to encode, or to pass through what the source has. */
export const SOUND_CHOICES = ['aac', 'opus', 'copy'] as const;
export type SoundChoice = (typeof SOUND_CHOICES)[number];

export const formOf = (choice: SoundChoice): SoundForm => (choice === 'copy' ? 'packets' : 'samples');

interface Encoder {
  /** From raw sound to a stream that `parser` reads. */
  readonly launch: string;
  readonly element: string;
  readonly parser: string;
  /**
   * How much later the decoded sound is than what was encoded: what an encoder looks ahead. GStreamer gives the first packet the
   * time of the first sample all the same, so that much is left out at the beginning. In samples, measured by a click
   * (test/gstreamer/sound.test.ts).
   */
  readonly delay: number;
  /** Samples of a packet. */
  readonly packet: number;
  /** So much shorter is the first: a decoder leaves it out by itself (RFC 7845, 4.2: pre-skip). */
  readonly skip: number;
}

/**
 * 192 kbit/s of AAC in two channels is what broadcasters send; Opus needs two thirds of it. `perfect-timestamp`: what the track gives has no
 * gaps, and stamps that are rounded to nanoseconds are none either. avenc_aac comes with the package that decodes H.264; voaacenc cuts off at 15 kHz.
 */
const ENCODERS: Readonly<Record<SoundCodec, Encoder>> = {
  aac: {
    launch: 'audioconvert ! avenc_aac bitrate=192000 perfect-timestamp=true',
    element: 'avenc_aac',
    parser: 'aacparse',
    delay: 1024,
    packet: 1024,
    skip: 0,
  },
  opus: {
    launch: 'opusenc bitrate=128000 frame-size=20 perfect-timestamp=true',
    element: 'opusenc',
    parser: 'opusparse',
    delay: 0,
    packet: 960,
    skip: 312,
  },
};

/** What an output needs for its sound. */
export function soundElements(choice: SoundChoice): readonly string[] {
  return choice === 'copy' ? Object.values(ENCODERS).map(({ parser }) => parser) : [ENCODERS[choice].element, ENCODERS[choice].parser, 'audioconvert'];
}

export const soundEncoder = (codec: SoundCodec): string => `${ENCODERS[codec].launch} ! ${ENCODERS[codec].parser}`;
export const soundParser = (codec: SoundCodec): string => ENCODERS[codec].parser;
export const encoderDelay = (codec: SoundCodec): Nanoseconds => lengthOf(ENCODERS[codec].delay);

/** When the first packet begins that begins at a time or after it, in a stream whose first begins at `first`. */
export function packetFrom(codec: SoundCodec, first: Nanoseconds, time: Nanoseconds): Nanoseconds {
  if (time <= first) return first;
  const { packet, skip } = ENCODERS[codec];
  const samples = samplesIn(time - first) + skip;
  return first + lengthOf(Math.ceil(samples / packet) * packet - skip);
}
