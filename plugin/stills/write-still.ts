/** Writes a fused picture, with what was said of its reference: whole, or not at all (core/files/output-file.ts). */
import { writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { GstIplError, messageOf } from '../core/errors';
import { OutputFile } from '../core/files/output-file';
import { renewExif } from './exif-block';
import { encodeInBands } from './jpeg-bands';
import { jpegWithNotes, LARGEST_SEGMENT, withNotes, type Notes } from './jpeg-notes';
import type { StillFormat } from './still-formats';
import type { Still } from './still-file';
import { addExifToTiff } from './tiff-notes';
import { renewXmp } from './xmp';

export interface Picture {
  /** Red, green, blue; 16 bits a sample for a format that takes them. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** Resolves when these rows of the pixels are what they are to be; undefined: they are. */
  readonly ready?: ((from: number, to: number) => Promise<void>) | undefined;
}

export interface Origin {
  /** Whose notes are carried over. */
  readonly reference: Still;
  /** What codes mean: an ICC profile; undefined for sRGB that nobody said. */
  readonly profile: Buffer | undefined;
  readonly software: string;
}

/** @throws GstIplError `pipeline-failed` */
export function writeStill(location: string, format: StillFormat, picture: Picture, origin: Origin): Promise<void> {
  return writeWhole(location, (target) => encode(target, format, picture, origin));
}

/** @param write into a file that has the output's name when it is whole @throws GstIplError `pipeline-failed` */
export async function writeWhole(location: string, write: (target: string) => Promise<void>): Promise<void> {
  const file = OutputFile.at(location);
  for (const leftover of file?.leftovers() ?? []) leftover.remove();
  if (file) unfinished.add(file);
  try {
    await write(file?.temporary ?? location);
    await file?.finish();
  } catch (error) {
    file?.remove();
    if (error instanceof GstIplError) throw error;
    throw new GstIplError('pipeline-failed', `"${location}" could not be written: ${messageOf(error).trim()}.`, { cause: error });
  } finally {
    if (file) unfinished.delete(file);
  }
}

const unfinished = new Set<OutputFile>();

/** For a process that ends now. */
export function removeUnfinished(): void {
  for (const file of unfinished) file.remove();
}

/** A JPEG gets the notes' bytes as they are. To others libvips writes what it knows of them, from a small JPEG that has them. */
async function encode(target: string, format: StillFormat, picture: Picture, origin: Origin): Promise<void> {
  const { width, height, pixels, ready } = picture;
  if (format.name === 'JPEG') {
    const [jpeg, about] = await Promise.all([pictureJpeg(format, picture), notesOf(picture, origin)]);
    return writeFile(target, withNotes(jpeg, about));
  }
  await ready?.(0, height);
  const notes = await notesOf(picture, origin);
  const carrier = sharp(await jpegWithNotes(notes), { limitInputPixels: false }).keepMetadata().resize(width, height, { fit: 'fill', kernel: 'nearest' });
  if (pixels instanceof Uint16Array) carrier.pipelineColourspace('rgb16').toColourspace('rgb16');
  // It takes arrays of any depth here as elsewhere; its types leave them out (sharp 0.35).
  carrier.composite([{ input: pixels as Buffer, raw: { width, height, channels: 3 }, limitInputPixels: false, blend: 'source' }]).removeAlpha();
  await format.encode(carrier, pixels).toFile(target);
  if (format.name === 'TIFF') addExifToTiff(target, notes.exif);
}

/** Without notes. */
export function pictureJpeg(format: StillFormat, { pixels, width, height, ready }: Picture): Promise<Buffer> {
  return encodeInBands({
    width,
    height,
    encode: async (from, to) => {
      await ready?.(from, to);
      const rows = pixels.subarray(3 * width * from, 3 * width * to);
      return format.encode(rawImage({ pixels: rows, width, height: to - from }), rows).toBuffer();
    },
  });
}

function rawImage({ pixels, width, height }: Picture): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

/** CIPA DC-008 has thumbnails of this size. */
const THUMBNAIL = { width: 160, height: 120 };

export async function notesOf(picture: Picture, { reference, profile, software }: Origin): Promise<Notes> {
  await picture.ready?.(0, picture.height);
  const thumbnail = await rawImage(picture).resize({ ...THUMBNAIL, fit: 'inside' }).toColourspace('srgb').jpeg({ quality: 80 }).toBuffer();
  const { width, height } = picture;
  const changes = { software, width, height, thumbnail };
  const whole = renewExif(reference.exif, changes);
  const exif = whole.length <= LARGEST_SEGMENT ? whole : renewExif(reference.exif, { ...changes, thumbnail: undefined });
  return { exif, xmp: renewXmp(reference.xmp), profile, iptc: reference.iptc };
}
