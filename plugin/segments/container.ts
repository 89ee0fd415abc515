/** Which containers can be gone about in exactly: those with an index of their pictures. By content. */
import { closeSync, openSync, readSync } from 'node:fs';
import { GstIplError } from '../core/errors';
import { statsOf } from '../core/files/file-identity';
import { checkInput } from '../core/files/paths';

/** ISO/IEC 14496-12 (a box's length, then its kind), and EBML (RFC 8794). MPEG-TS and AVI have no times that hold after a jump. */
const KINDS: readonly [demuxer: string, begins: (file: Buffer) => boolean][] = [
  ['qtdemux', (file) => /^(ftyp|moov|mdat|wide|free|skip)$/.test(file.toString('latin1', 4))],
  ['matroskademux', (file) => file.readUInt32BE(0) === 0x1a45dfa3],
];

/** @returns GStreamer's demuxer @throws GstIplError `missing-file` */
export function demuxerOf(file: string): string | undefined {
  const finding = checkInput(file, 'file');
  if (finding) throw new GstIplError('missing-file', finding.message, { hint: finding.hint });
  // To open a pipe is to wait for who writes into it.
  if (!statsOf(file)?.isFile()) return undefined;
  const begin = Buffer.alloc(8);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, begin, 0, begin.length, 0);
  } finally {
    closeSync(handle);
  }
  return KINDS.find(([, begins]) => begins(begin))?.[0];
}
