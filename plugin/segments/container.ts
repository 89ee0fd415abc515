/** Which containers can be gone about in exactly: those with an index of their pictures. By content. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { GstIplError } from '../core/errors';

/** ISO/IEC 14496-12 (a box's length, then its kind), and EBML (RFC 8794). MPEG-TS and AVI have no times that hold after a jump. */
const KINDS: readonly [demuxer: string, begin: RegExp][] = [
  ['qtdemux', /^.{4}(ftyp|moov|mdat|wide|free|skip)/s],
  ['matroskademux', /^\x1a\x45\xdf\xa3/],
];

/** @returns GStreamer's demuxer @throws GstIplError `missing-file` */
export function demuxerOf(file: string): string | undefined {
  if (!existsSync(file)) throw new GstIplError('missing-file', `"${file}" is not there.`);
  const begin = Buffer.alloc(8);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, begin, 0, begin.length, 0);
  } finally {
    closeSync(handle);
  }
  return KINDS.find(([, pattern]) => pattern.test(begin.toString('latin1')))?.[0];
}
