/** What a JPEG or PNG says of itself, around its pixels. What a file is called says nothing. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

export interface StillHeader {
  readonly format: 'JPEG' | 'PNG';
  /** As in Exif: 1 is upright, 2 to 8 are turned or mirrored. */
  readonly orientation: number;
  /** Of the picture as it is stored; 0 where it is not known. */
  readonly width: number;
  readonly height: number;
  /** Why it cannot be read rightly, as the end of a sentence that begins with the file. */
  readonly problem?: string | undefined;
}

const CUT_SHORT = 'was cut short';

/** A graph is looked at several times before it runs. */
let known: { readonly key: string; readonly header: StillHeader | undefined } | undefined;

/** @returns undefined for what is neither, or cannot be read */
export function readStillHeader(file: string): StillHeader | undefined {
  try {
    const found = statSync(file);
    if (!found.isFile()) return undefined; // A pipe can be read once.
    const key = [found.dev, found.ino, found.size, found.mtimeMs].join();
    if (known?.key !== key) known = { key, header: readHeader(file) };
    return known.header;
  } catch {
    return undefined; // Whoever reads the picture will say what is wrong.
  }
}

function readHeader(file: string): StillHeader | undefined {
  const magic = firstBytes(file, 8).toString('latin1');
  if (magic.startsWith('\xff\xd8\xff')) return readJpeg(readFileSync(file));
  return magic === '\x89PNG\r\n\x1a\n' ? readPng(readFileSync(file)) : undefined;
}

function firstBytes(file: string, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** Segments up to the end of the first picture (ITU-T T.81, B.1.1): what follows it are other pictures. */
function readJpeg(bytes: Buffer): StillHeader {
  let orientation = 1;
  let [width, height] = [0, 0];
  let problem: string | undefined;
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at);
    const marker = bytes[at + 1];
    if (at < 0 || marker === undefined) return { format: 'JPEG', orientation, width, height, problem: problem ?? CUT_SHORT };
    if (marker === 0xd9) return { format: 'JPEG', orientation, width, height, problem };
    if (marker === 0xff) {
      at += 1; // Fill bytes.
      continue;
    }
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 2;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (startsFrame(marker)) {
      problem = problemOfJpeg(marker, segment);
      if (segment.length >= 5) [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
    }
    if (marker === 0xe1 && segment.toString('latin1', 0, 6) === 'Exif\0\0') orientation = orientationOf(segment.subarray(6));
    at += 2 + length;
  }
}

/** A byte 255 of the picture's data, or a mark in it. */
function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Among these are tables, too (DHT, DAC), and one that is reserved. */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function problemOfJpeg(marker: number, frame: Buffer): string | undefined {
  const [bits, , , , , components] = frame;
  if (components === 4) return 'is a CMYK JPEG, whose colours depend on how it is to be printed';
  if (marker > 0xc2) return 'is a JPEG of a rare kind (lossless, hierarchical or arithmetic)';
  return bits === 8 ? undefined : `is a JPEG of ${bits} bits`;
}

/** Chunks to the end: the Exif part may stand behind the picture. */
function readPng(bytes: Buffer): StillHeader {
  let orientation = 1;
  let [width, height] = [0, 0];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IHDR' && length >= 8) [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
    if (name === 'IEND') return { format: 'PNG', orientation, width, height };
    if (name === 'eXIf') orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return { format: 'PNG', orientation, width, height, problem: CUT_SHORT };
}

const ORIENTATION_TAG = 0x0112;

/** The tag in the first directory of an Exif part, which is a small TIFF file (CIPA DC-008, 4.6). */
function orientationOf(tiff: Buffer): number {
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = long(4);
    for (let entry = 0; entry < short(directory); entry += 1) {
      const at = directory + 2 + entry * 12;
      if (short(at) !== ORIENTATION_TAG) continue;
      const value = short(at + 8);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // It points outside of itself; such a part says nothing.
  }
  return 1;
}
