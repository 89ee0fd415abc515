/**
 * An OpenEXR picture (.exr): half floats in scan lines, 16 at a time deflated ("Technical Introduction to OpenEXR", "OpenEXR File Layout"). What
 * light and primaries are, it says in attributes that the format has for it. No kept library on npm writes it.
 */
import { deflateSync } from 'node:zlib';
import { CHROMATICITIES, REFERENCE_WHITE, type LightPicture } from './light-picture';

/** Attributes beside those that every picture has: floats, and text. */
export type ExrNotes = Readonly<Record<string, number | string | undefined>>;

const MAGIC = Buffer.from([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]);
const HALF = 1;
const ZIP = 3;
const ROWS = 16;

/** Channels are in the order of their names. */
const CHANNELS = [['B', 2], ['G', 1], ['R', 0]] as const;

export function exrFile(picture: LightPicture, notes: ExrNotes): Buffer {
  const { width, height } = picture;
  const head = Buffer.concat([MAGIC, ...headerOf(picture, notes), Buffer.alloc(1)]);
  const blocks = Array.from({ length: Math.ceil(height / ROWS) }, (_, index) => block(picture, ROWS * index, Math.min(height, ROWS * (index + 1)), width));
  const table = Buffer.alloc(8 * blocks.length);
  let at = head.length + table.length;
  for (const [index, each] of blocks.entries()) {
    table.writeBigUInt64LE(BigInt(at), 8 * index);
    at += each.length;
  }
  return Buffer.concat([head, table, ...blocks]);
}

function headerOf({ width, height, primaries }: LightPicture, notes: ExrNotes): Buffer[] {
  const box = ints(0, 0, width - 1, height - 1);
  const channels = Buffer.concat([...CHANNELS.flatMap(([name]) => [text(name), ints(HALF), Buffer.alloc(4), ints(1, 1)]), Buffer.alloc(1)]);
  return [
    attribute('channels', 'chlist', channels),
    attribute('compression', 'compression', Buffer.from([ZIP])),
    attribute('dataWindow', 'box2i', box),
    attribute('displayWindow', 'box2i', box),
    attribute('lineOrder', 'lineOrder', Buffer.from([0])),
    attribute('pixelAspectRatio', 'float', floats(1)),
    attribute('screenWindowCenter', 'v2f', floats(0, 0)),
    attribute('screenWindowWidth', 'float', floats(1)),
    attribute('chromaticities', 'chromaticities', floats(...CHROMATICITIES[primaries])),
    attribute('whiteLuminance', 'float', floats(REFERENCE_WHITE)),
    ...Object.entries(notes).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [typeof value === 'number' ? attribute(name, 'float', floats(value)) : attribute(name, 'string', Buffer.from(value, 'utf8'))];
    }),
  ];
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');
const ints = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const attribute = (name: string, type: string, value: Buffer): Buffer => Buffer.concat([text(name), text(type), ints(value.length), value]);

/** Rows of pixels: their number, how many bytes, and these; as they are where that is less. */
function block({ light }: LightPicture, from: number, to: number, width: number): Buffer {
  const halves = new Uint16Array(3 * width * (to - from));
  let at = 0;
  for (let y = from; y < to; y += 1) {
    for (const [, channel] of CHANNELS) for (let x = 0; x < width; x += 1, at += 1) halves[at] = halfOf(light[3 * (y * width + x) + channel]);
  }
  const plain = Buffer.from(halves.buffer);
  const packed = deflateSync(predicted(plain), { level: 4 });
  const data = packed.length < plain.length ? packed : plain;
  return Buffer.concat([ints(from, data.length), data]);
}

/** All first bytes, then all second ones; of each what it is more than the one before, and 128. */
function predicted(plain: Buffer): Buffer {
  const half = plain.length / 2;
  const out = Buffer.alloc(plain.length);
  for (let at = 0; at < half; at += 1) [out[at], out[half + at]] = [plain[2 * at], plain[2 * at + 1]];
  for (let at = out.length - 1; at > 0; at -= 1) out[at] = (out[at] - out[at - 1] + 128) & 255;
  return out;
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
const LARGEST_HALF = 65_504;

/** Of light, which is never below nothing: rounded to the next. */
function halfOf(value: number): number {
  FLOAT[0] = Math.min(LARGEST_HALF, Math.max(0, value));
  const [bits] = BITS;
  const exponent = (bits >>> 23) - 112;
  if (exponent > 0) return (bits - (112 << 23) + 0x0fff + ((bits >>> 13) & 1)) >>> 13;
  return Math.round(FLOAT[0] * 2 ** 24); // Below the least that has all digits.
}
