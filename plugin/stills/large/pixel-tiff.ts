/** The head and the directory that make a TIFF of pixels in a file (BigTIFF, whose addresses have 64 bits: a large picture of 16 bits needs them). */
import type { Size } from '../crop';

/** Rows of a strip: what a decoder has in memory at a time. */
const STRIP = 16;

const [SHORT, LONG, LONG8] = [3, 4, 16];
const ENTRY = 20;
const UNCOMPRESSED = 1;
const RGB = 2;

/** @param first where the pixels begin @returns with where the directory is */
export function pixelTiff({ width, height, sample }: Size & { readonly sample: number }, first: number): { readonly head: Buffer; readonly directory: Buffer; readonly at: number } {
  const row = 3 * width * sample;
  const at = Math.ceil((first + row * height) / 8) * 8;
  const strips = Math.ceil(height / STRIP);
  const head = Buffer.alloc(16);
  head.write('II', 'latin1');
  head.writeUInt16LE(43, 2);
  head.writeUInt16LE(8, 4);
  head.writeBigUInt64LE(BigInt(at), 8);
  const numbers = (of: (strip: number) => number): Buffer => {
    const out = Buffer.alloc(8 * strips);
    for (let strip = 0; strip < strips; strip += 1) out.writeBigUInt64LE(BigInt(of(strip)), 8 * strip);
    return out;
  };
  const offsets = numbers((strip) => first + strip * STRIP * row);
  const lengths = numbers((strip) => row * (Math.min(height, (strip + 1) * STRIP) - strip * STRIP));
  const depths = Buffer.alloc(8);
  for (let channel = 0; channel < 3; channel += 1) depths.writeUInt16LE(8 * sample, 2 * channel);
  const entries = [[256, LONG, width], [257, LONG, height], [258, SHORT, depths], [259, SHORT, UNCOMPRESSED], [262, SHORT, RGB], [273, LONG8, offsets], [277, SHORT, 3], [278, LONG, STRIP], [279, LONG8, lengths], [284, SHORT, 1]] as const;
  const own = Buffer.alloc(8 + entries.length * ENTRY + 8);
  own.writeBigUInt64LE(BigInt(entries.length));
  const parts: Buffer[] = [own];
  let next = at + own.length;
  for (const [index, [tag, type, value]] of entries.entries()) {
    const to = 8 + index * ENTRY;
    own.writeUInt16LE(tag, to);
    own.writeUInt16LE(type, to + 2);
    const count = typeof value === 'number' ? 1 : tag === 258 ? 3 : strips;
    own.writeBigUInt64LE(BigInt(count), to + 4);
    if (typeof value === 'number') own.writeBigUInt64LE(BigInt(value), to + 12);
    else if (value.length <= 8) value.copy(own, to + 12);
    else {
      own.writeBigUInt64LE(BigInt(next), to + 12);
      parts.push(value);
      next += value.length;
    }
  }
  return { head, directory: Buffer.concat(parts), at };
}
