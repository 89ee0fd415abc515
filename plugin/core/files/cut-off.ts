/** Whether a media file is shorter than it says itself: an MP4 or QuickTime by its boxes, a Matroska or WebM by its segment. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** @returns undefined where the file does not say it, is of another kind, or cannot be read */
export function isCutOff(path: string): boolean | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const start = bytesAt(file, 0, 16);
    if (start.length < 16) return undefined;
    if (start.readUInt32BE(0) === EBML) return matroskaEnd(file, start, size);
    return FIRST_BOXES.includes(start.toString('latin1', 4, 8)) ? boxesEnd(file, size) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function bytesAt(file: number, at: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  return bytes.subarray(0, readSync(file, bytes, 0, count, at));
}

/** What MP4 and QuickTime files begin with. */
const FIRST_BOXES = ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide'];

/** Boxes at the top: a file of any length has few, one of fragments two a second. */
const MOST_BOXES = 100_000;

function boxesEnd(file: number, size: number): boolean | undefined {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at < size; box += 1) {
    const header = bytesAt(file, at, 16);
    if (header.length < 8) return true;
    const short = header.readUInt32BE(0);
    // To the end of the file; or in 64 bits.
    if (short === 0) return false;
    if (short === 1 && header.length < 16) return true;
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8) return undefined;
    at += length;
  }
  return at > size;
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** An EBML header, then the segment, each with its length (RFC 8794). */
function matroskaEnd(file: number, start: Buffer, size: number): boolean | undefined {
  const header = vint(start, 4);
  if (!header) return undefined;
  const at = 4 + header.bytes + header.value;
  const segment = bytesAt(file, at, 12);
  if (segment.length < 12) return true;
  if (segment.readUInt32BE(0) !== SEGMENT) return undefined;
  const length = vint(segment, 4);
  return length && at + 4 + length.bytes + length.value > size;
}

/** A number whose first byte says by its leading zeros how many follow. @returns undefined for none, and for "unknown": all ones */
function vint(bytes: Buffer, at: number): { readonly value: number; readonly bytes: number } | undefined {
  const first = bytes[at] ?? 0;
  const count = Math.clz32(first) - 23;
  if (first === 0 || at + count > bytes.length) return undefined;
  let value = first & (0xff >> count);
  let ones = value === 0xff >> count;
  for (let index = 1; index < count; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value = value * 256 + byte;
    ones &&= byte === 0xff;
  }
  return ones ? undefined : { value, bytes: count };
}
