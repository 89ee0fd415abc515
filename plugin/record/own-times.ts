/**
 * Makes a file tell its own times. GStreamer 1.22 writes fragments whose times begin at zero in every file, but says in the
 * header that a file is as long as the recording until its end (3, 6, 9 s for files of 3 s), or nothing where it was cut
 * short, and in the index at the end (`mfra`) where in the recording its key frames are. Some readers believe the
 * fragments, some the header, and those that seek the index. All three are made to say the same here. Nothing moves: numbers are
 * written over numbers, so that a kill at any moment leaves a file that plays.
 */
import type { FileHandle } from 'node:fs/promises';
import { find, HEADER_BYTES, isLong, readTime, writeTime } from './boxes';
import { fragmentTimes, type FragmentTimes } from './fragment-times';

export interface TopBox {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

/** @param boxes those of the file, all of them whole */
export async function writeOwnTimes(file: FileHandle, boxes: readonly TopBox[]): Promise<void> {
  const header = boxes.find(({ name }) => name === 'moov');
  if (!header) return;
  const moov = await bodyOf(file, header);
  const trex = find(moov, 'mvex/trex');
  const usual = trex ? trex.readUInt32BE(12) : 0;
  const fragments = new Map<number, FragmentTimes>();
  for (const box of boxes) {
    const times = box.name === 'moof' ? fragmentTimes(await bodyOf(file, box), usual) : undefined;
    if (times) fragments.set(box.at, times);
  }
  if (!writeLength(moov, [...fragments.values()])) return;
  await write(file, header, moov);
  const index = boxes.find(({ name }) => name === 'mfra');
  if (!index) return;
  const mfra = await bodyOf(file, index);
  const table = find(mfra, 'tfra');
  if (table) writeIndex(table, fragments);
  await write(file, index, mfra);
}

/** @returns false where it is no header of a recording */
function writeLength(moov: Buffer, fragments: readonly FragmentTimes[]): boolean {
  const [first, last] = [fragments[0], fragments.at(-1)];
  const [movie, track, media] = [find(moov, 'mvhd'), find(moov, 'trak/tkhd'), find(moov, 'trak/mdia/mdhd')];
  if (!first || !last || !movie || !track || !media) return false;
  // Version and flags, and the times at which it was made and changed, stand in front.
  const scaleAt = (body: Buffer): number => (isLong(body) ? 20 : 12);
  const ticks = last.end - first.begin;
  const length = Math.round((ticks * movie.readUInt32BE(scaleAt(movie))) / media.readUInt32BE(scaleAt(media)));
  writeTime(movie, scaleAt(movie) + 4, length);
  writeTime(track, scaleAt(track) + 8, length); // Its number, and four bytes for nothing.
  writeTime(media, scaleAt(media) + 4, ticks);
  const fragmented = find(moov, 'mvex/mehd');
  if (fragmented) writeTime(fragmented, 4, length);
  return true;
}

/** An entry names a key frame: its time, where its `moof` begins, and which `traf`, `trun` and picture there it is (8.8.10). */
function writeIndex(tfra: Buffer, fragments: ReadonlyMap<number, FragmentTimes>): void {
  const lengths = tfra.readUInt32BE(8);
  const [traf, trun, sample] = [4, 2, 0].map((shift) => ((lengths >> shift) & 3) + 1) as [number, number, number];
  const wide = isLong(tfra) ? 8 : 4;
  let at = 16;
  for (let count = tfra.readUInt32BE(12); count > 0; count -= 1) {
    const times = fragments.get(readTime(tfra, at + wide));
    const picture = tfra.readUIntBE(at + 2 * wide + traf + trun, sample);
    const shown = times?.shown[picture - 1];
    if (shown !== undefined) writeTime(tfra, at, shown);
    at += 2 * wide + traf + trun + sample;
  }
}

async function bodyOf(file: FileHandle, { at, length }: TopBox): Promise<Buffer> {
  const body = Buffer.alloc(length - HEADER_BYTES);
  await file.read(body, 0, body.length, at + HEADER_BYTES);
  return body;
}

async function write(file: FileHandle, { at }: TopBox, body: Buffer): Promise<void> {
  await file.write(body, 0, body.length, at + HEADER_BYTES);
}
