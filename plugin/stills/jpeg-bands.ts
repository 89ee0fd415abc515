/**
 * A JPEG that is encoded on all cores: bands of rows become files of their own, whose scans are joined to one with a restart marker between
 * them (ITU-T T.81, B.2.1 and B.2.4.4), as cameras write them, too. The tables are the standard's, the same in all.
 */
import { availableParallelism } from 'node:os';
import { inTurns } from './in-turns';

const [SOF0, DRI, SOS, RST0] = [0xc0, 0xdd, 0xda, 0xd0];

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

export async function encodeInBands({ width, height, encode }: RowsToEncode): Promise<Buffer> {
  const across = Math.ceil(width / UNIT);
  const down = Math.max(1, Math.min(Math.floor(LONGEST_INTERVAL / across), Math.round(BAND / width / UNIT)));
  const rows = down * UNIT;
  const starts = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows);
  const [first, ...others] = await inTurns(starts, availableParallelism(), (from) => encode(from, Math.min(height, from + rows)));
  if (!first || others.length === 0) return first ?? Buffer.alloc(0);
  const { head, tables, scan } = take(first);
  const size = placeOf(head, SOF0);
  head.writeUInt16BE(height, size + 5);
  const interval = Buffer.from([0xff, DRI, 0, 4, 0, 0]);
  interval.writeUInt16BE(down * across, 4);
  const parts = others.flatMap((band, index) => {
    const own = take(band);
    if (!own.tables.equals(tables)) throw new TypeError('The bands of a JPEG differ in their tables.');
    return [Buffer.from([0xff, RST0 + (index % 8)]), own.scan];
  });
  const start = placeOf(head, SOS);
  return Buffer.concat([head.subarray(0, start), interval, head.subarray(start), scan, ...parts, first.subarray(-2)]);
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
