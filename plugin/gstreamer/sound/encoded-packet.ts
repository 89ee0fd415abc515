/** Sound as its source has it, packet by packet: what each is, and what it takes to pass it on. */
import type { SoundPacket } from '../../core/sound/sound-line';
import { MILLISECOND, SECOND, type Nanoseconds } from '../../core/time';
import { outOfAdts, readAac } from './aac';
import { opusDuration, opusSilence } from './opus';
import type { SoundCodec } from './sound-codecs';

/** What packets have in common. */
export interface PacketFormat {
  readonly caps: string;
  readonly codec: SoundCodec;
  /** How long a packet lasts. */
  readonly packet: Nanoseconds;
  /** A packet without any sound, as long as that. */
  readonly silence: Buffer;
  /** A transport stream can carry it. */
  readonly inTransportStreams: boolean;
}

/** Where decoding stops, for packets that are to be passed on, or at least named. */
export const ENCODED_CAPS =
  'audio/mpeg,framed=(boolean)true;audio/mpeg,parsed=(boolean)true;audio/x-opus;audio/x-ac3,framed=(boolean)true;audio/x-eac3,framed=(boolean)true;' +
  'audio/x-vorbis;audio/x-flac,framed=(boolean)true;audio/x-mulaw;audio/x-alaw;audio/x-raw(ANY)';

const NAMES: Readonly<Record<string, string>> = {
  'audio/x-ac3': 'AC-3',
  'audio/x-eac3': 'E-AC-3',
  'audio/x-vorbis': 'Vorbis',
  'audio/x-flac': 'FLAC',
  'audio/x-mulaw': 'G.711 (µ-law)',
  'audio/x-alaw': 'G.711 (A-law)',
  'audio/x-raw': 'not encoded',
};

/** What sound with such caps is called. */
export function nameOfSound(caps: string): string {
  const kind = kindOf(caps);
  if (kind === 'audio/x-opus') return 'Opus';
  if (kind !== 'audio/mpeg') return NAMES[kind] ?? kind;
  if (fieldOf(caps, 'mpegversion') === '1') return fieldOf(caps, 'layer') === '3' ? 'MP3' : `MPEG audio, layer ${fieldOf(caps, 'layer')}`;
  return /^(?:loas|latm-mcp0|latm-mcp1)$/.test(fieldOf(caps, 'stream-format')) ? 'AAC in LATM' : 'AAC';
}

/** As outlets give it: AAC comes out of ADTS, so that it is the same packet from whatever container. */
export function encodedPacket(payload: Buffer, caps: string): Pick<SoundPacket, 'payload' | 'duration' | 'caps'> {
  if (kindOf(caps) === 'audio/x-opus') return { payload, caps, duration: opusDuration(payload) };
  if (nameOfSound(caps) !== 'AAC') return { payload, caps, duration: 0n };
  const { payload: inner, config } = fieldOf(caps, 'stream-format') === 'adts' ? outOfAdts(payload) : { payload, config: configOf(caps) };
  const aac = readAac(config);
  if (!aac) return { payload, caps, duration: 0n };
  const channels = fieldOf(caps, 'channels') || '2';
  const whole = `audio/mpeg,mpegversion=(int)4,framed=(boolean)true,stream-format=(string)raw,rate=(int)${fieldOf(caps, 'rate') || aac.rate},channels=(int)${channels},codec_data=(buffer)${config.toString('hex')}`;
  return { payload: inner, caps: whole, duration: lasts(aac) };
}

/** @returns undefined for what is none that can be passed on */
export function packetFormat(caps: string): PacketFormat | undefined {
  if (kindOf(caps) === 'audio/x-opus') {
    const streams = Number(fieldOf(caps, 'stream-count') || 1);
    return { caps, codec: 'opus', packet: 20n * MILLISECOND, silence: opusSilence(streams), inTransportStreams: true };
  }
  const aac = nameOfSound(caps) === 'AAC' ? readAac(configOf(caps)) : undefined;
  return aac && { caps, codec: 'aac', packet: lasts(aac), silence: aac.silence, inTransportStreams: aac.plain };
}

const lasts = ({ samples, rate }: { samples: number; rate: number }): Nanoseconds => (BigInt(samples) * SECOND) / BigInt(rate);
const kindOf = (caps: string): string => /^[^,;( ]*/.exec(caps)?.[0] ?? '';
const configOf = (caps: string): Buffer => Buffer.from(fieldOf(caps, 'codec_data'), 'hex');

function fieldOf(caps: string, name: string): string {
  return new RegExp(`[ ,]${name}=(?:\\(\\w+\\))?"?([^,;"]*)`).exec(caps)?.[1]?.trim() ?? '';
}
