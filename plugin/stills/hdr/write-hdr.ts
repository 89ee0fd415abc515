/** Writes a merged picture as its name says: as codes of a screen (AVIF), as light (OpenEXR, Radiance), or as a gain map beside a fused one (JPEG). */
import { readFile, writeFile } from 'node:fs/promises';
import readExif from 'exif-reader';
import sharp from 'sharp';
import { curveOf, type CurveName } from '../../ipl/hdr/curves';
import type { HdrOutput } from '../../ipl/hdr/display';
import { renewExif } from '../exif-block';
import type { FusedPicture } from '../fused-picture';
import { jpegWithNotes, withNotes } from '../jpeg-notes';
import type { StillFormat } from '../still-formats';
import { notesOf, pictureJpeg, writeWhole, type Origin } from '../write-still';
import { renewXmp } from '../xmp';
import { BT2100, withColour } from './avif-colour';
import { codesOf } from './bt2100-codes';
import { exrFile, type ExrNotes } from './exr-file';
import { gainMapOf } from './gain-map';
import type { HdrFormat } from './hdr-formats';
import type { LightPicture } from './light-picture';
import { radianceFile } from './radiance-file';
import { ultraHdr } from './ultra-hdr';

export interface HdrWriting {
  readonly curve: CurveName | 'estimate';
  /** Of AVIF. */
  readonly transfer: HdrOutput;
}

/** @param fused the ordinary picture, and how it is encoded: for Ultra HDR */
export async function writeHdr(location: string, format: HdrFormat, picture: LightPicture, origin: Origin, transfer: HdrOutput, fused?: { readonly picture: FusedPicture; readonly format: StillFormat }): Promise<void> {
  await writeWhole(location, async (target) => {
    if (format === 'AVIF') return writeAvif(target, picture, origin, transfer);
    if (format === 'OpenEXR') return writeFile(target, exrFile(picture, exrNotes(origin)));
    if (format === 'Radiance') return writeFile(target, radianceFile(picture, origin.software));
    if (!fused) throw new TypeError('Ultra HDR has an ordinary picture.');
    await writeFile(target, await ultraHdrOf(picture, fused.picture, fused.format, origin));
  });
}

async function ultraHdrOf({ light, width, height, curve }: LightPicture, base: FusedPicture, format: StillFormat, origin: Origin): Promise<Buffer> {
  const [jpeg, { xmp, ...notes }] = await Promise.all([pictureJpeg(format, base), notesOf(base, origin)]);
  if (base.pixels instanceof Uint16Array) throw new TypeError('A JPEG has 8 bits.');
  // Gains are of what a reader will decode, not of what was encoded.
  const decoded = await sharp(jpeg, { limitInputPixels: false }).raw().toBuffer();
  // Whose curve was measured, that camera meant its codes for screens, as all do that write photographs.
  const gains = gainMapOf(light, decoded, curveOf(typeof curve === 'string' ? curve : 'srgb').toLight);
  const map = await pictureJpeg(format, { pixels: gains.pixels, width, height });
  return ultraHdr(withNotes(jpeg, { ...notes, xmp: undefined }), xmp, map, gains);
}

/** 4:4:4, and near to lossless: what is smooth in 10 bits must not band. With less effort single pixels of PQ were 15 % of light off (test/stills/hdr.test.ts). */
const AVIF = { quality: 85, bitdepth: 10, chromaSubsampling: '4:4:4', effort: 4 } as const;

/** As other files: libvips writes notes from a small JPEG that has them; without a profile, as CICP says what codes are. */
async function writeAvif(target: string, picture: LightPicture, { reference, software }: Origin, transfer: HdrOutput): Promise<void> {
  const { width, height } = picture;
  // A thumbnail of PQ codes would be grey.
  const notes = { exif: renewExif(reference.exif, { software, width, height, thumbnail: undefined }), xmp: renewXmp(reference.xmp), profile: undefined, iptc: undefined };
  const small = await jpegWithNotes(notes);
  const carrier = sharp(small, { limitInputPixels: false }).keepExif().keepXmp().resize(width, height, { fit: 'fill', kernel: 'nearest' });
  carrier.pipelineColourspace('rgb16').toColourspace('rgb16');
  const pixels = codesOf(picture, transfer);
  carrier.composite([{ input: pixels as unknown as Buffer, raw: { width, height, channels: 3 }, limitInputPixels: false, blend: 'source' }]).removeAlpha();
  await carrier.avif(AVIF).toFile(target);
  await writeFile(target, withColour(await readFile(target), BT2100[transfer]));
}

/** What OpenEXR has attributes for. */
function exrNotes({ reference: { exif }, software }: Origin): ExrNotes {
  const { Image = {}, Photo = {} } = readNotes(exif);
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : Array.isArray(value) ? number(value[0]) : undefined);
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const taken = Photo.DateTimeOriginal;
  return {
    expTime: number(Photo.ExposureTime), aperture: number(Photo.FNumber), isoSpeed: number(Photo.ISOSpeedRatings), owner: text(Image.Copyright),
    cameraMake: text(Image.Make), cameraModel: text(Image.Model), software,
    capDate: taken instanceof Date && !Number.isNaN(taken.getTime()) ? taken.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':') : undefined,
  };
}

function readNotes(exif: Buffer | undefined): { readonly Image?: Readonly<Record<string, unknown>>; readonly Photo?: Readonly<Record<string, unknown>> } {
  try {
    return exif ? readExif(exif) : {};
  } catch {
    return {}; // A damaged part says nothing.
  }
}
