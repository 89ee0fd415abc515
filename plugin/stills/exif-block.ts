/**
 * The Exif part of a fused picture: all that the reference's says (CIPA DC-008: a small TIFF file), but upright, of its new size, with a
 * thumbnail of what it shows now, and with what made it.
 *
 * Its bytes stay where they are, so that what nobody but the camera's maker can read (MakerNote, which points into it) stays right. What
 * changes is a first directory behind them. libvips would write each directory anew, keep the old thumbnail, and knows no other.
 */

const ORIENTATION = 0x0112;
const SOFTWARE = 0x0131;
const EXIF_DIRECTORY = 0x8769;
const PIXEL_X = 0xa002;
const PIXEL_Y = 0xa003;
const COMPRESSION = 0x0103;
const THUMBNAIL_AT = 0x0201;
const THUMBNAIL_LENGTH = 0x0202;

/** What a thumbnail has to have (table 21), though nobody prints it. */
const RESOLUTION = [0x011a, 0x011b];
const RESOLUTION_UNIT = 0x0128;
const INCH = 2;
const DOTS_AN_INCH = 72;
const JPEG = 6;

const [ASCII, SHORT, LONG, RATIONAL] = [2, 3, 4, 5];
const ENTRY = 12;

export interface ExifChanges {
  readonly software: string;
  readonly width: number;
  readonly height: number;
  /** A JPEG; undefined for none. */
  readonly thumbnail: Buffer | undefined;
}

const NOTHING = Buffer.from('49492a0008000000' + '0000' + '00000000', 'hex');
const MARK = Buffer.from('Exif\0\0', 'latin1');

/** @param exif with or without its mark; undefined, or damaged: begun anew @returns with its mark */
export function renewExif(exif: Buffer | undefined, changes: ExifChanges): Buffer {
  const bytes = exif?.subarray(0, MARK.length).equals(MARK) ? exif.subarray(MARK.length) : exif;
  try {
    return new Renewal(Buffer.from(bytes ?? NOTHING)).run(changes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Renewal(Buffer.from(NOTHING)).run(changes); // It points outside of itself.
  }
}

class Renewal {
  readonly #little: boolean;
  readonly #parts: Buffer[];
  #length: number;

  constructor(private readonly bytes: Buffer) {
    this.#little = bytes.toString('latin1', 0, 2) === 'II';
    this.#parts = [bytes, Buffer.alloc(bytes.length % 2)];
    this.#length = bytes.length + (bytes.length % 2);
  }

  run({ software, width, height, thumbnail }: ExifChanges): Buffer {
    const kept = this.#entries(this.#long(4)).filter((entry) => ![ORIENTATION, SOFTWARE].includes(this.#tag(entry)));
    const exif = kept.find((entry) => this.#tag(entry) === EXIF_DIRECTORY);
    if (exif) this.#resize(this.#value(exif), width, height);
    const text = this.#append(Buffer.from(`${software}\0`.padEnd(5, '\0'), 'latin1'));
    const own = [this.#entry(ORIENTATION, SHORT, 1, 1), this.#entry(SOFTWARE, ASCII, Math.max(5, software.length + 1), text)];
    const next = thumbnail ? this.#thumbnail(thumbnail) : 0;
    this.#write(this.bytes, 4, this.#directory([...kept, ...own], next));
    return Buffer.concat([MARK, ...this.#parts]);
  }

  #thumbnail(jpeg: Buffer): number {
    const at = this.#append(jpeg);
    const dense = Buffer.alloc(8);
    this.#write(dense, 0, DOTS_AN_INCH);
    this.#write(dense, 4, 1);
    const density = this.#append(dense);
    return this.#directory([
      this.#entry(COMPRESSION, SHORT, 1, JPEG), this.#entry(THUMBNAIL_AT, LONG, 1, at), this.#entry(THUMBNAIL_LENGTH, LONG, 1, jpeg.length),
      ...RESOLUTION.map((tag) => this.#entry(tag, RATIONAL, 1, density)), this.#entry(RESOLUTION_UNIT, SHORT, 1, INCH),
    ], 0);
  }

  /** The entries of a directory as they are. */
  #entries(at: number): Buffer[] {
    const count = this.#short(at);
    return Array.from({ length: count }, (_, index) => {
      const start = at + 2 + index * ENTRY;
      if (start + ENTRY > this.bytes.length) throw new RangeError('The directory is cut short.');
      return Buffer.from(this.bytes.subarray(start, start + ENTRY));
    });
  }

  /** The sizes that the directory names, where it does. */
  #resize(directory: number, width: number, height: number): void {
    for (const [index, entry] of this.#entries(directory).entries()) {
      const tag = this.#tag(entry);
      if (tag !== PIXEL_X && tag !== PIXEL_Y) continue;
      this.#entry(tag, LONG, 1, tag === PIXEL_X ? width : height).copy(this.bytes, directory + 2 + index * ENTRY);
    }
  }

  /** A directory at the end. @returns where it is */
  #directory(entries: readonly Buffer[], next: number): number {
    const ordered = [...entries].sort((a, b) => this.#tag(a) - this.#tag(b));
    const [count, end] = [Buffer.alloc(2), Buffer.alloc(4)];
    if (this.#little) count.writeUInt16LE(ordered.length);
    else count.writeUInt16BE(ordered.length);
    this.#write(end, 0, next);
    return this.#append(Buffer.concat([count, ...ordered, end]));
  }

  #append(part: Buffer): number {
    const at = this.#length;
    const padded = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
    this.#parts.push(padded);
    this.#length += padded.length;
    return at;
  }

  /** A value that fits into the entry, or where it lies. */
  #entry(tag: number, type: number, count: number, value: number): Buffer {
    const entry = Buffer.alloc(ENTRY);
    const short = (number: number, at: number): unknown => (this.#little ? entry.writeUInt16LE(number, at) : entry.writeUInt16BE(number, at));
    short(tag, 0);
    short(type, 2);
    this.#write(entry, 4, count);
    if (type === SHORT) short(value, 8);
    else this.#write(entry, 8, value);
    return entry;
  }

  #tag(entry: Buffer): number {
    return this.#little ? entry.readUInt16LE(0) : entry.readUInt16BE(0);
  }

  #value(entry: Buffer): number {
    return this.#little ? entry.readUInt32LE(8) : entry.readUInt32BE(8);
  }

  #short(at: number): number {
    return this.#little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  #long(at: number): number {
    return this.#little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  #write(to: Buffer, at: number, value: number): void {
    if (this.#little) to.writeUInt32LE(value, at);
    else to.writeUInt32BE(value, at);
  }
}
