/** What has to be known of AAC to pass it on: how long a packet lasts, one that is silent, and how to take it out of ADTS (ISO/IEC 14496-3). */

/** 1.6.3.4 */
const RATES: readonly number[] = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/** Spectral band replication, and parametric stereo: they wrap the object type of the core (1.6.2.1). */
const WRAPPERS: readonly number[] = [5, 29];

/** Main, LC, SSR, LTP: the types that are cut into packets of 1024 or 960 samples, and the only ones that ADTS can name. */
const LAST_PLAIN_TYPE = 4;

/** What an AudioSpecificConfig says. */
export interface AacFormat {
  /** ADTS, and so a transport stream, can carry it. */
  readonly plain: boolean;
  /** Samples a second, of the core. */
  readonly rate: number;
  /** Samples of a packet. */
  readonly samples: number;
  /** A packet without any sound. */
  readonly silence: Buffer;
}

/** @returns undefined for what is none, and for channels that only the packets name */
export function readAac(config: Buffer): AacFormat | undefined {
  const bits = new Bits(config);
  const type = typeOf(bits);
  const rate = rateOf(bits);
  const channels = bits.read(4);
  const wraps = WRAPPERS.includes(type);
  if (wraps) rateOf(bits);
  const core = wraps ? typeOf(bits) : type;
  const short = core <= LAST_PLAIN_TYPE && bits.read(1) === 1;
  const silence = silenceOf(channels);
  if (rate === undefined || silence === undefined || core === 0 || core > LAST_PLAIN_TYPE) return undefined;
  return { plain: !wraps && !short && RATES.includes(rate), rate, samples: short ? 960 : 1024, silence };
}

/** Types from 31 on have another field for them. */
function typeOf(bits: Bits): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function rateOf(bits: Bits): number | undefined {
  const index = bits.read(4);
  return index === 15 ? bits.read(24) : RATES[index];
}

/** A packet without its ADTS header, and the AudioSpecificConfig that says what the header said (1.A.2). */
export function outOfAdts(packet: Buffer): { payload: Buffer; config: Buffer } {
  const header = new Bits(packet);
  header.read(15);
  const hasCrc = header.read(1) === 0;
  const config = new BitWriter();
  config.write(header.read(2) + 1, 5);
  config.write(header.read(4), 4);
  header.read(1);
  config.write(header.read(3), 4);
  config.write(0, 3);
  return { payload: packet.subarray(hasCrc ? 9 : 7), config: config.toBuffer() };
}

/** What a packet is made of, by the channel configuration (table 1.19): single channels, pairs, and the one of low frequencies. */
const [SINGLE, PAIR, LOW] = [0, 1, 3];
const ELEMENTS: readonly (readonly number[])[] = [
  [], [SINGLE], [PAIR], [SINGLE, PAIR], [SINGLE, PAIR, SINGLE], [SINGLE, PAIR, PAIR], [SINGLE, PAIR, PAIR, LOW], [SINGLE, PAIR, PAIR, PAIR, LOW],
];
const END = 7;

/** Elements whose channels have no band, and so no spectrum (4.4.2): bits of 0, but for what each element is. */
function silenceOf(channels: number): Buffer | undefined {
  const elements = ELEMENTS[channels];
  if (!elements || elements.length === 0) return undefined;
  const packet = new BitWriter();
  const used = new Map<number, number>();
  for (const element of elements) {
    const tag = used.get(element) ?? 0;
    used.set(element, tag + 1);
    packet.write(element, 3);
    packet.write(tag, 4);
    if (element === PAIR) packet.write(0, 1); // No common window.
    // Of each channel: gain, reserved, sequence and shape of the window, bands, prediction; pulses, noise shaping, gain control.
    for (let channel = element === PAIR ? 2 : 1; channel > 0; channel -= 1) for (const bits of [8, 1, 2, 1, 6, 1, 1, 1, 1]) packet.write(0, bits);
  }
  packet.write(END, 3);
  return packet.toBuffer();
}

class Bits {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Behind the end everything is 0. */
  read(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; left -= 1, this.#at += 1) value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    return value;
  }
}

class BitWriter {
  #bits = '';

  write(value: number, bits: number): void {
    this.#bits += value.toString(2).padStart(bits, '0');
  }

  toBuffer(): Buffer {
    const whole = this.#bits.padEnd(Math.ceil(this.#bits.length / 8) * 8, '0');
    return Buffer.from((whole.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }
}
