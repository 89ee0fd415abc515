/**
 * A JPEG that is encoded on all cores: bands of rows become files of their own, whose scans are joined to one with a restart marker between
 * them (ITU-T T.81, B.2.1 and B.2.4.4), as cameras write them, too. The tables are the standard's, the same in all.
 */
import { cores } from '../core/cores';
import { inOrder } from './in-turns';

const [SOF0, DRI, SOS, RST0, EOI] = [0xc0, 0xdd, 0xda, 0xd0, 0xd9];

/** Pixels of a block's side, which is a unit where colours have full resolution. */
const UNIT = 8;

/** Units between two restarts: 16 bits. */
const LONGEST_INTERVAL = 65_535;

/** Pixels of a band about: a hundredth of a second's work. */
const BAND = 2e6;

export interface RowsToEncode {
  readonly width: number;
  readonly height: number;
  /** A whole JPEG of 4:4:4, baseline, by the standard's Huffman tables. */
  readonly encode: (from: number, to: number) => Promise<Buffer>;
}

export async function encodeInBands(rows: RowsToEncode): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of jpegParts(rows)) parts.push(part);
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** The same in pieces, in their order: the first has all that is before the scan. */
export async function* jpegParts({ width, height, encode }: RowsToEncode): AsyncGenerator<Buffer> {
  const across = Math.ceil(width / UNIT);
  const down = Math.max(1, Math.min(Math.floor(LONGEST_INTERVAL / across), Math.round(BAND / width / UNIT)));
  const rows = down * UNIT;
  const starts = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows);
  let tables: Buffer | undefined;
  let count = 0;
  for await (const band of inOrder(starts, cores(), (from) => encode(from, Math.min(height, from + rows)))) {
    if (starts.length === 1) {
      yield band;
      return;
    }
    const own = take(band);
    if (tables && !own.tables.equals(tables)) throw new TypeError('The bands of a JPEG differ in their tables.');
    yield tables ? Buffer.concat([Buffer.from([0xff, RST0 + ((count - 1) % 8)]), own.scan]) : Buffer.concat([wholeHead(own.head, height, down * across), own.scan]);
    tables ??= own.tables;
    count += 1;
  }
  yield Buffer.from([0xff, EOI]);
}

/** Of a band's, that of the picture. */
function wholeHead(head: Buffer, height: number, interval: number): Buffer {
  head.writeUInt16BE(height, placeOf(head, SOF0) + 5);
  const restart = Buffer.from([0xff, DRI, 0, 4, 0, 0]);
  restart.writeUInt16BE(interval, 4);
  const start = placeOf(head, SOS);
  return Buffer.concat([head.subarray(0, start), restart, head.subarray(start)]);
}

interface Parts {
  /** Up to the end of the scan's header. */
  readonly head: Buffer;
  /** The same without the height. */
  readonly tables: Buffer;
  /** Up to the end of the picture. */
  readonly scan: Buffer;
}

function take(jpeg: Buffer): Parts {
  const at = placeOf(jpeg, SOS);
  const end = at + 2 + jpeg.readUInt16BE(at + 2);
  const head = Buffer.from(jpeg.subarray(0, end));
  const tables = Buffer.from(head);
  tables.writeUInt16BE(0, placeOf(head, SOF0) + 5);
  return { head, tables, scan: jpeg.subarray(end, -2) };
}

/** Where a segment begins. */
function placeOf(jpeg: Buffer, marker: number): number {
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg.readUInt16BE(at + 2)) if (jpeg[at + 1] === marker) return at;
  throw new TypeError(`A JPEG has no segment ${marker.toString(16)}.`);
}
