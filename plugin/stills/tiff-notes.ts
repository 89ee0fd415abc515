/** Exif of TIFF files: it is not a part of them there, but their own first directory. libvips neither reads nor writes it. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { readTiff, writeDirectory, type Read, type TiffEntry } from './tiff-directory';

/** What Exif has in its first directory of the photograph itself (CIPA DC-008, table 4, and Windows' XP tags): the rest says how pixels are stored. */
const OF_THE_PHOTOGRAPH: ReadonlySet<number> = new Set([
  0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x013c, 0x8298, 0x8769, 0x8825, 0x4746, 0x4749, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f,
]);

const isNote = ({ tag }: TiffEntry): boolean => OF_THE_PHOTOGRAPH.has(tag);

/** The Exif part that a TIFF would have, were it a JPEG; undefined where nothing is noted, or it is no TIFF. */
export function exifOfTiff(file: string): Buffer | undefined {
  const handle = openSync(file, 'r');
  try {
    const notes = readTiff(readerOf(handle))?.entries.filter(isNote) ?? [];
    return notes.length === 0 ? undefined : Buffer.concat([Buffer.from('49492a0008000000', 'hex'), writeDirectory(notes, 8)]);
  } finally {
    closeSync(handle);
  }
}

/** Adds an Exif part's notes to a TIFF of a little-endian machine. One of more than 4 GB, whose addresses have 64 bits, stays as it is. */
export function addExifToTiff(file: string, exif: Buffer): void {
  const bytes = exif.subarray(exif.toString('latin1', 0, 4) === 'Exif' ? 6 : 0);
  const notes = readTiff((at, length) => bytes.subarray(at, at + length))?.entries.filter(isNote) ?? [];
  const handle = openSync(file, 'r+');
  try {
    const { size } = fstatSync(handle);
    const found = readTiff(readerOf(handle));
    if (!found || size > 2 ** 32 - 2 ** 24 || notes.length === 0) return;
    const kept = found.entries.filter(({ tag }) => !notes.some((note) => note.tag === tag));
    const base = size + (size % 2);
    const directory = writeDirectory([...kept, ...notes], base, found.next);
    writeSync(handle, directory, 0, directory.length, base);
    const start = Buffer.alloc(4);
    start.writeUInt32LE(base);
    writeSync(handle, start, 0, 4, 4);
  } finally {
    closeSync(handle);
  }
}

const readerOf = (handle: number): Read => (at, length) => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, at));
};
