/**
 * Segments of fragmented MP4 (RFC 8216, 3.3): one header for all of them, and in each segment fragments whose times go on from those of the
 * one before. splitmuxsink writes each as a file of its own, with a header, and times from zero.
 */
import { boxesIn, find, readTime, writeTime, HEADER_BYTES } from '../core/files/mp4-boxes';
import { codecNames } from './codec-name';

export interface Segment {
  /** `ftyp` and `moov`. */
  readonly header: Buffer;
  /** Pairs of `moof` and `mdat`. */
  readonly media: Buffer;
  readonly codecs: readonly string[];
}

/** When a segment begins, in nanoseconds of running time: its pictures, and its sound. */
export interface SegmentTimes {
  readonly pictures: number;
  readonly sound?: number | undefined;
}

/** @returns undefined where not one fragment is whole */
export function segmentOf(file: Buffer, times: SegmentTimes): Segment | undefined {
  const moov = find(file, 'moov');
  if (!moov) return undefined;
  const header: Buffer[] = [];
  const media: Buffer[] = [];
  let fragment: Buffer | undefined;
  let at = 0;
  for (const { name, body } of boxesIn(file)) {
    const box = file.subarray(at, at + HEADER_BYTES + body.length);
    at += box.length;
    if (name === 'ftyp' || name === 'moov') header.push(box);
    if (name === 'moof') fragment = box;
    if (name !== 'mdat' || !fragment) continue;
    moveTo(fragment.subarray(HEADER_BYTES), moov, times);
    media.push(fragment, box);
    fragment = undefined;
  }
  if (media.length === 0) return undefined;
  return { header: withoutLength(Buffer.concat(header)), media: Buffer.concat(media), codecs: codecNames(moov) };
}

/** A stream has no length: each file's header says another one. */
function withoutLength(header: Buffer): Buffer {
  const zero = (body: Buffer | undefined, short: number, long: number): void => {
    if (body) writeTime(body, body[0] === 1 ? long : short, 0);
  };
  const moov = find(header, 'moov');
  if (!moov) return header;
  zero(find(moov, 'mvhd'), 16, 24);
  zero(find(moov, 'mvex/mehd'), 4, 4);
  for (const { name, body } of boxesIn(moov)) {
    if (name !== 'trak') continue;
    zero(find(body, 'tkhd'), 20, 28);
    zero(find(body, 'mdia/mdhd'), 16, 24);
  }
  return header;
}

/** @param moof and @param moov their bodies */
function moveTo(moof: Buffer, moov: Buffer, { pictures, sound = pictures }: SegmentTimes): void {
  for (const { name, body } of boxesIn(moof)) {
    const time = name === 'traf' ? find(body, 'tfdt') : undefined;
    const track = time && trackOf(moov, find(body, 'tfhd')?.readUInt32BE(4));
    if (!time || !track) continue;
    const begin = Math.round(((track.isSound ? sound : pictures) / 1e9) * track.scale);
    writeTime(time, 4, readTime(time, 4) + begin);
  }
}

function trackOf(moov: Buffer, number: number | undefined): { isSound: boolean; scale: number } | undefined {
  for (const { name, body } of boxesIn(moov)) {
    const head = name === 'trak' ? find(body, 'tkhd') : undefined;
    const media = find(body, 'mdia/mdhd');
    if (!head || !media || head.readUInt32BE(head[0] === 1 ? 20 : 12) !== number) continue;
    const scale = media.readUInt32BE(media[0] === 1 ? 20 : 12);
    return { isSound: find(body, 'mdia/hdlr')?.toString('latin1', 8, 12) === 'soun', scale };
  }
  return undefined;
}
