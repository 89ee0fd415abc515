/** What a playlist calls the codecs of a fragmented MP4 (RFC 6381; ISO/IEC 14496-15, annex E), from the file's own description of them. */
import { boxesIn, find, type Box } from '../core/files/mp4-boxes';

/** Bytes of a sample entry before the boxes in it. */
const VISUAL_FIELDS = 78;

/** @param moov its body. @returns of each track */
export function codecNames(moov: Buffer): string[] {
  return [...boxesIn(moov)].flatMap(({ name, body }) => {
    const entries = name === 'trak' ? find(body, 'mdia/minf/stbl/stsd') : undefined;
    // A version, flags, and how many there are.
    const [entry] = entries ? boxesIn(entries.subarray(8)) : [];
    return entry ? nameOf(entry) : [];
  });
}

function nameOf({ name, body }: Box): string | [] {
  const configuration = (of: string): Buffer | undefined => find(body.subarray(VISUAL_FIELDS), of);
  if (name === 'mp4a') return 'mp4a.40.2';
  if (name === 'Opus') return 'opus';
  if (name === 'hvc1' || name === 'hev1') return h265(name, configuration('hvcC'));
  if (name === 'av01') return av1(configuration('av1C'));
  if (name === 'avc1' || name === 'avc3') return h264(name, configuration('avcC'));
  return [];
}

const h264 = (name: string, avcC: Buffer | undefined): string => (avcC ? `${name}.${avcC.toString('hex', 1, 4)}` : name);

/** AV1-ISOBMFF, 5: profile, level and tier, bits. */
function av1(av1C: Buffer | undefined): string {
  if (!av1C) return 'av01';
  const [sequence, flags] = [av1C.readUInt8(1), av1C.readUInt8(2)];
  const bits = (flags & 0x40) === 0 ? '08' : (flags & 0x20) === 0 ? '10' : '12';
  return `av01.${sequence >> 5}.${String(sequence & 0x1f).padStart(2, '0')}${(flags & 0x80) === 0 ? 'M' : 'H'}.${bits}`;
}

/** Profile, which profiles it is compatible with (in the other order of bits), tier and level, and constraints up to the last that is not 0. */
function h265(name: string, hvcC: Buffer | undefined): string {
  if (!hvcC) return name;
  const first = hvcC.readUInt8(1);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  let compatible = 0;
  for (let bit = 0; bit < 32; bit += 1) compatible += ((hvcC.readUInt32BE(2) >>> bit) & 1) * 2 ** (31 - bit);
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const parts = [name, `${space}${first & 0x1f}`, compatible.toString(16).toUpperCase(), `${tier}${hvcC.readUInt8(12)}`];
  return [...parts, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
}
