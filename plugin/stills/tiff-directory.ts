/** Directories of TIFF files, of which Exif is one (TIFF 6.0; CIPA DC-008, 4.6): read in either byte order, written little-endian. */

export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  /** Values, not bytes. */
  readonly count: number;
  /** The values, little-endian. */
  readonly values: Buffer;
  /** What the value leads to, of tags that do. */
  readonly directory?: readonly TiffEntry[];
}

/** Bytes from a place on; fewer where it ends. */
export type Read = (at: number, length: number) => Buffer;

const LONG = 4;
/** Exif's own, GPS' and the one of interoperability. */
const DIRECTORIES = [0x8769, 0x8825, 0xa005];
/** Bytes of a value, by type, and of what is turned as one. */
const SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const UNITS: readonly number[] = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8];
const ENTRY = 12;

/** Entries and bytes of a value that are believed: notes have a few dozen, of some thousand bytes. */
const MOST_ENTRIES = 1000;
const MOST_BYTES = 1 << 20;

/** Directories in directories. */
const DEEPEST = 2;

/** The first directory of a TIFF, and where the next one is. Undefined for what is none, or has addresses of 64 bits. */
export function readTiff(read: Read): { readonly entries: TiffEntry[]; readonly next: number } | undefined {
  const head = read(0, 8);
  const little = head.toString('latin1', 0, 4) === 'II*\0';
  if (head.length < 8 || (!little && head.toString('latin1', 0, 4) !== 'MM\0*')) return undefined;
  const at = little ? head.readUInt32LE(4) : head.readUInt32BE(4);
  return readDirectory(read, little, at, 0);
}

function readDirectory(read: Read, little: boolean, at: number, depth: number): { entries: TiffEntry[]; next: number } {
  const short = (bytes: Buffer, from: number): number => (little ? bytes.readUInt16LE(from) : bytes.readUInt16BE(from));
  const long = (bytes: Buffer, from: number): number => (little ? bytes.readUInt32LE(from) : bytes.readUInt32BE(from));
  const counted = read(at, 2);
  const count = counted.length === 2 ? short(counted, 0) : 0;
  const bytes = read(at + 2, count * ENTRY + 4);
  if (count > MOST_ENTRIES || bytes.length < count * ENTRY + 4) return { entries: [], next: 0 };
  const entries: TiffEntry[] = [];
  for (let from = 0; from < count * ENTRY; from += ENTRY) {
    const [tag, type, values] = [short(bytes, from), short(bytes, from + 2), long(bytes, from + 4)];
    const length = (SIZES[type] ?? 0) * values;
    if (length === 0 || length > MOST_BYTES) continue;
    const own = Buffer.from(length <= 4 ? bytes.subarray(from + 8, from + 8 + length) : read(long(bytes, from + 8), length));
    if (own.length < length) continue;
    if (!little) turn(own, UNITS[type] ?? 1);
    const leads = DIRECTORIES.includes(tag) && type === LONG && depth < DEEPEST;
    entries.push({ tag, type, count: values, values: own, ...(leads ? { directory: readDirectory(read, little, own.readUInt32LE(0), depth + 1).entries } : {}) });
  }
  return { entries, next: long(bytes, count * ENTRY) };
}

/** To the other byte order. */
function turn(bytes: Buffer, unit: number): void {
  if (unit === 2) bytes.swap16();
  else if (unit === 4) bytes.swap32();
  else if (unit === 8) bytes.swap64();
}

/** A directory with all that it leads to, as it is in a file from `base` on, which is even. It begins with itself. */
export function writeDirectory(entries: readonly TiffEntry[], base: number, next = 0): Buffer {
  const ordered = [...entries].sort((a, b) => a.tag - b.tag);
  const own = Buffer.alloc(2 + ordered.length * ENTRY + 4);
  own.writeUInt16LE(ordered.length);
  own.writeUInt32LE(next, own.length - 4);
  const parts: Buffer[] = [own];
  let end = base + own.length;
  const append = (part: Buffer): number => {
    const at = end;
    const padded = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
    parts.push(padded);
    end += padded.length;
    return at;
  };
  for (const [index, { tag, type, count, values, directory }] of ordered.entries()) {
    const at = 2 + index * ENTRY;
    own.writeUInt16LE(tag, at);
    own.writeUInt16LE(type, at + 2);
    own.writeUInt32LE(count, at + 4);
    if (directory) own.writeUInt32LE(append(writeDirectory(directory, end)), at + 8);
    else if (values.length <= 4) values.copy(own, at + 8);
    else own.writeUInt32LE(append(values), at + 8);
  }
  return Buffer.concat(parts);
}
