/**
 * Photographs that are not read, told from their first bytes, with the command that makes of them what is. libvips would take the
 * small picture that a raw file begins with, which is a TIFF to it, for the photograph; and the HEVC of HEIC has patents that the
 * library's builds do without.
 */
import { openSync, readSync, closeSync } from 'node:fs';

export interface Refused {
  /** The end of a sentence that begins with the file. */
  readonly is: string;
  /** `FILE` stands for the file. */
  readonly command: string;
}

/** Without `-W`, each exposure would be made as bright as the others; `-w`: the camera's white balance, one for all. */
const RAW: Refused = {
  is: 'is a raw photograph, which is not developed here',
  command: 'dcraw_emu -w -W -6 -T -g 2.4 12.92 FILE (Debian: apt-get install libraw-bin), which writes FILE.tiff',
};
const HEIC: Refused = {
  is: 'is a HEIC photograph, whose HEVC is not decoded here',
  command: 'heif-convert -q 95 FILE FILE.jpg (Debian: apt-get install libheif-examples)',
};

/** Enough for the first directory of cameras' raw files, which follows their header. */
const HEAD_BYTES = 64 * 1024;

/** Brands of ISO base media files (ISO/IEC 23008-12, B.4): those that say that pictures are in HEVC. */
const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];

/** How raw files begin that are no TIFF, or hardly: Fujifilm, Olympus, Panasonic, Sigma, Canon (CRW), Minolta. */
const RAW_STARTS = ['FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', 'FOVb', 'II\x1a\0\0\0HEAPCCDR', '\0MRM'];

const SUBFILE_TYPE = 0x00fe;
const PHOTOMETRIC = 0x0106;
const DNG_VERSION = 0xc612;
/** Photometric interpretation: a colour filter array, and its linear form (DNG 1.6). */
const MOSAICS = [32803, 34892];

export function refusedKind(file: string): Refused | undefined {
  const head = headOf(file);
  const text = head.toString('latin1', 0, 32);
  if (RAW_STARTS.some((start) => text.startsWith(start))) return RAW;
  if (text.slice(4, 8) === 'ftyp') return isoKind(head);
  return /^(II\*\0|MM\0\*)/.test(text) && isRawTiff(head, text) ? RAW : undefined;
}

function headOf(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

function isoKind(head: Buffer): Refused | undefined {
  const brands = head.toString('latin1', 8, Math.min(head.length, head.readUInt32BE(0)));
  if (brands.startsWith('crx ')) return RAW;
  // AVIF may be named beside the general brands, HEVC never beside it.
  return !brands.includes('avif') && HEVC_BRANDS.some((brand) => brands.includes(brand)) ? HEIC : undefined;
}

/** Canon's mark; or a first directory that says so, or that has a reduced picture, as no TIFF of one photograph has. */
function isRawTiff(head: Buffer, text: string): boolean {
  if (text.slice(8, 10) === 'CR') return true;
  const little = text.startsWith('II');
  const short = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const long = (at: number): number => (little ? head.readUInt32LE(at) : head.readUInt32BE(at));
  try {
    const directory = long(4);
    for (let entry = 0; entry < short(directory); entry += 1) {
      const at = directory + 2 + 12 * entry;
      const tag = short(at);
      if (tag === DNG_VERSION) return true;
      if (tag === SUBFILE_TYPE && (long(at + 8) & 1) === 1) return true;
      if (tag === PHOTOMETRIC && MOSAICS.includes(short(at + 8))) return true;
    }
  } catch {
    // The directory lies elsewhere: whoever reads the picture will say what is wrong.
  }
  return false;
}
