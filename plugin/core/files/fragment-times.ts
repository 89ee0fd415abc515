/** When the pictures of a fragment (`moof`) are shown, in the ticks of the track. */
import { boxesIn, find, readTime } from './mp4-boxes';

/** Bits of `trun`: which of its fields are there (8.8.8). */
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 };
/** Bits of `tfhd` (8.8.7): the fields in front of the duration, and that. */
const TFHD = { dataOffset: 0x1, description: 0x2, duration: 0x8 };

export interface FragmentTimes {
  readonly begin: number;
  readonly end: number;
  /** Of each picture. */
  readonly shown: readonly number[];
}

/**
 * @param moof its body
 * @param usual the duration of pictures that have none of their own (`trex`)
 */
export function fragmentTimes(moof: Buffer, usual: number): FragmentTimes | undefined {
  const traf = find(moof, 'traf');
  const base = traf && find(traf, 'tfdt');
  const head = traf && find(traf, 'tfhd');
  if (!traf || !base || !head) return undefined;
  const begin = readTime(base, 4);
  const duration = usualDuration(head) ?? usual;
  const shown: number[] = [];
  let end = begin;
  for (const { name, body } of boxesIn(traf)) {
    if (name !== 'trun') continue;
    for (const sample of samplesOf(body)) {
      shown.push(end + sample.composition);
      end += sample.duration ?? duration;
    }
  }
  return { begin, end, shown };
}

/** The number of the track that a fragment is of. @param moof its body; the muxer writes one track in each */
export function trackOf(moof: Buffer): number | undefined {
  return find(moof, 'traf/tfhd')?.readUInt32BE(4);
}

/** The durations of samples that have none of their own (`trex`), by the number of their track. */
export function usualDurations(moov: Buffer): Map<number, number> {
  const defaults = [...boxesIn(find(moov, 'mvex') ?? Buffer.alloc(0))].filter(({ name }) => name === 'trex');
  return new Map(defaults.map(({ body }) => [body.readUInt32BE(4), body.readUInt32BE(12)]));
}

function usualDuration(tfhd: Buffer): number | undefined {
  const flags = tfhd.readUInt32BE(0);
  if (!(flags & TFHD.duration)) return undefined;
  return tfhd.readUInt32BE(8 + (flags & TFHD.dataOffset ? 8 : 0) + (flags & TFHD.description ? 4 : 0));
}

function* samplesOf(trun: Buffer): Generator<{ duration: number | undefined; composition: number }> {
  const flags = trun.readUInt32BE(0);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  let at = 8 + (has(TRUN.dataOffset) ? 4 : 0) + (has(TRUN.firstFlags) ? 4 : 0);
  for (let count = trun.readUInt32BE(4); count > 0; count -= 1) {
    const duration = has(TRUN.duration) ? trun.readUInt32BE(at) : undefined;
    at += [TRUN.duration, TRUN.size, TRUN.flags].filter(has).length * 4;
    const composition = has(TRUN.composition) ? trun.readInt32BE(at) : 0;
    at += has(TRUN.composition) ? 4 : 0;
    yield { duration, composition };
  }
}
