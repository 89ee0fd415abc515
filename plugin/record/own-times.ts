/**
 * Gives a file its own times. GStreamer 1.22 writes fragments whose times begin at zero in every file, but says in the
 * header that a file is as long as the recording until its end (3, 6, 9 s for files of 3 s), or nothing where it was cut
 * short, and in the index at the end (`mfra`) where in the recording its key frames are. Some readers believe the
 * fragments, some the header, and those that seek the index. All three are made to say the same here. The times of sound begin at
 * zero, too, though its first packet begins up to a packet later than the first picture: they are moved by that. Nothing else moves:
 * numbers are written over numbers, so that a kill at any moment leaves a file that plays.
 */
import type { FileHandle } from 'node:fs/promises';
import { SECOND, type Nanoseconds } from '../core/time';
import { boxesIn, find, HEADER_BYTES, isLong, readTime, writeTime } from '../core/files/mp4-boxes';
import { fragmentTimes, trackOf, usualDurations, type FragmentTimes } from '../core/files/fragment-times';

export interface TopBox {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

/** A track of the file, and the times of its fragments. */
interface Track {
  readonly trak: Buffer;
  readonly isSound: boolean;
  /** Ticks a second. */
  readonly scale: number;
  readonly fragments: FragmentTimes[];
  /** By how many ticks it is moved. */
  move?: number;
}

/**
 * @param boxes those of the file, all of them whole
 * @param soundLate how much later than its pictures its sound begins, where that is known
 */
export async function writeOwnTimes(file: FileHandle, boxes: readonly TopBox[], soundLate?: Nanoseconds): Promise<void> {
  const header = boxes.find(({ name }) => name === 'moov');
  if (!header) return;
  const moov = await bodyOf(file, header);
  const tracks = tracksOf(moov);
  const usual = usualDurations(moov);
  const byPlace = new Map<number, FragmentTimes>();
  for (const box of boxes.filter(({ name }) => name === 'moof')) {
    const moof = await bodyOf(file, box);
    const id = trackOf(moof);
    const track = tracks.get(id ?? NO_TRACK);
    if (!track) continue;
    if (soundLate !== undefined && moveTo(moof, track, soundLate)) await write(file, box, moof);
    const times = fragmentTimes(moof, usual.get(id ?? NO_TRACK) ?? 0);
    if (!times) continue;
    track.fragments.push(times);
    byPlace.set(box.at, times);
  }
  if (!writeLengths(moov, [...tracks.values()])) return;
  await write(file, header, moov);
  const index = boxes.find(({ name }) => name === 'mfra');
  if (!index) return;
  const mfra = await bodyOf(file, index);
  for (const { name, body } of boxesIn(mfra)) if (name === 'tfra') writeIndex(body, byPlace);
  await write(file, index, mfra);
}

function tracksOf(moov: Buffer): Map<number, Track> {
  const tracks = new Map<number, Track>();
  for (const { name, body: trak } of boxesIn(moov)) {
    const [header, media] = name === 'trak' ? [find(trak, 'tkhd'), find(trak, 'mdia/mdhd')] : [];
    if (!header || !media) continue;
    const isSound = find(trak, 'mdia/hdlr')?.toString('latin1', 8, 12) === 'soun';
    tracks.set(header.readUInt32BE(scaleAt(header)), { trak, isSound, scale: media.readUInt32BE(scaleAt(media)), fragments: [] });
  }
  return tracks;
}

/** Tracks count from 1. */
const NO_TRACK = 0;

/** Version and flags, and the times at which it was made and changed, stand in front of the scale, or of a track's number. */
const scaleAt = (body: Buffer): number => (isLong(body) ? 20 : 12);

/** Moves sound. @returns whether the fragment has other times now */
function moveTo(moof: Buffer, track: Track, late: Nanoseconds): boolean {
  const base = find(moof, 'traf/tfdt');
  if (!base || !track.isSound) return false;
  // The first begins at zero, or at a rounding error; those behind it are moved by as much.
  track.move ??= Number((late * BigInt(track.scale) + SECOND / 2n) / SECOND) - readTime(base, 4);
  writeTime(base, 4, readTime(base, 4) + track.move);
  return track.move !== 0;
}

/** @returns false where it is no header of a recording */
function writeLengths(moov: Buffer, tracks: readonly Track[]): boolean {
  const movie = find(moov, 'mvhd');
  if (!movie) return false;
  const scale = movie.readUInt32BE(scaleAt(movie));
  const lengths = tracks.flatMap((track) => writeLength(track, scale) ?? []);
  if (lengths.length === 0) return false;
  const longest = Math.max(...lengths);
  writeTime(movie, scaleAt(movie) + 4, longest);
  const fragmented = find(moov, 'mvex/mehd');
  if (fragmented) writeTime(fragmented, 4, longest);
  return true;
}

/** @returns how long it is, in ticks of the movie */
function writeLength({ trak, scale, fragments }: Track, movieScale: number): number | undefined {
  const [first, last] = [fragments[0], fragments.at(-1)];
  const [header, media] = [find(trak, 'tkhd'), find(trak, 'mdia/mdhd')];
  if (!first || !last || !header || !media) return undefined;
  const ticks = last.end - first.begin;
  const length = Math.round((ticks * movieScale) / scale);
  writeTime(header, scaleAt(header) + 8, length); // Its number, and four bytes for nothing.
  writeTime(media, scaleAt(media) + 4, ticks);
  return length;
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
