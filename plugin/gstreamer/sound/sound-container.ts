/** What takes sound beside pictures: the pad for it, and what it can carry. */
import type { PacketFormat } from './encoded-packet';
import type { SoundCodec } from './sound-codecs';

export interface SoundContainer {
  /** What a sentence calls it. */
  readonly what: string;
  /** Of the muxer in a launch string. */
  readonly pad: string;
  readonly codecs: readonly SoundCodec[];
  readonly isTransportStream: boolean;
  /** Of the muxer, where it must know the codec. */
  readonly properties?: Partial<Record<SoundCodec, string>>;
}

/** Whether it can carry packets as they are. */
export function isTakenBy({ codecs, isTransportStream }: SoundContainer, { codec, inTransportStreams }: PacketFormat): boolean {
  return codecs.includes(codec) && (inTransportStreams || !isTransportStream);
}
