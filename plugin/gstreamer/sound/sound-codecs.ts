/** What sound is sent as, and how. */
import type { Nanoseconds } from '../../core/time';
import { lengthOf, samplesIn } from '../../core/sound/sound-line';

export const SOUND_CODECS = ['aac', 'opus'] as const;
export type SoundCodec = (typeof SOUND_CODECS)[number];

interface Encoder {
  /** From raw sound to a parsed stream. */
  readonly launch: string;
  readonly elements: readonly string[];
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
    launch: 'audioconvert ! avenc_aac bitrate=192000 perfect-timestamp=true ! aacparse',
    elements: ['avenc_aac', 'aacparse'],
    delay: 1024,
    packet: 1024,
    skip: 0,
  },
  opus: {
    launch: 'opusenc bitrate=128000 frame-size=20 perfect-timestamp=true ! opusparse',
    elements: ['opusenc', 'opusparse'],
    delay: 0,
    packet: 960,
    skip: 312,
  },
};

export const soundElements = (codec: SoundCodec): readonly string[] => [...ENCODERS[codec].elements, 'audioconvert'];
export const soundEncoder = (codec: SoundCodec): string => ENCODERS[codec].launch;
export const encoderDelay = (codec: SoundCodec): Nanoseconds => lengthOf(ENCODERS[codec].delay);

/** When the first packet begins that begins at a time or after it, in a stream whose first begins at `first`. */
export function packetFrom(codec: SoundCodec, first: Nanoseconds, time: Nanoseconds): Nanoseconds {
  if (time <= first) return first;
  const { packet, skip } = ENCODERS[codec];
  const samples = samplesIn(time - first) + skip;
  return first + lengthOf(Math.ceil(samples / packet) * packet - skip);
}
