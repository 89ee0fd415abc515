/** Writes a fused picture, with what was said of its reference: whole, or not at all (core/files/output-file.ts). */
import { open, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { GstIplError, messageOf } from '../core/errors';
import { OutputFile } from '../core/files/output-file';
import { renewExif } from './exif-block';
import { isFile, rowsOf, type FusedPicture, type Picture } from './fused-picture';
import { encodeInBands, jpegParts, type RowsToEncode } from './jpeg-bands';
import { jpegWithNotes, LARGEST_SEGMENT, withNotes, type Notes } from './jpeg-notes';
import { removePixelFiles } from './large/pixel-files';
import type { StillFormat } from './still-formats';
import type { Still } from './still-file';
import { addExifToTiff } from './tiff-notes';
import { renewXmp } from './xmp';

export type { Picture } from './fused-picture';

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
    throw explained(error, location, file?.temporary ?? location);
  } finally {
    if (file) unfinished.delete(file);
  }
}

function explained(error: unknown, location: string, target: string): GstIplError {
  const why = messageOf(error).trim().replaceAll(target, location).replaceAll(/\s*\n\s*/g, '; ').replace(/\.$/, '');
  const full = /ENOSPC|EDQUOT|No space left|quota exceeded/i.test(why);
  return new GstIplError('pipeline-failed', full ? `There is no room for "${location}": its disk is full.` : `"${location}" could not be written: ${why}.`, {
    hint: full ? 'Free some room, or write to a disk that has it. What was there before is as it was.' : undefined, cause: error,
  });
}

const unfinished = new Set<OutputFile>();

/** For a process that ends now. */
export function removeUnfinished(): void {
  for (const file of unfinished) file.remove();
  removePixelFiles();
}

/** A JPEG gets the notes' bytes as they are. To others libvips writes what it knows of them, from a small JPEG that has them. */
async function encode(target: string, format: StillFormat, picture: Picture, origin: Origin): Promise<void> {
  if (format.name === 'JPEG') return writeJpeg(target, format, picture, origin);
  const { width, height } = picture;
  const deep = isFile(picture) ? picture.sample === 2 : picture.pixels instanceof Uint16Array;
  if (isFile(picture)) picture.seal();
  else await picture.ready?.(0, height);
  const notes = await notesOf(picture, origin);
  const carrier = sharp(await jpegWithNotes(notes), { limitInputPixels: false }).keepMetadata().resize(width, height, { fit: 'fill', kernel: 'nearest' });
  if (deep) carrier.pipelineColourspace('rgb16').toColourspace('rgb16');
  carrier.composite([{ ...inputOf(picture), blend: 'source' }]).removeAlpha();
  await format.encode(carrier, { deep, bytes: 3 * width * height * (deep ? 2 : 1) }).toFile(target);
  if (format.name === 'TIFF') addExifToTiff(target, notes.exif);
}

/** Notes come first in a JPEG, and their thumbnail is of the whole: bands of a picture that is in memory wait for it there, those of a larger one are encoded after it. */
async function writeJpeg(target: string, format: StillFormat, picture: Picture, origin: Origin): Promise<void> {
  if (!isFile(picture)) {
    const [jpeg, about] = await Promise.all([pictureJpeg(format, picture), notesOf(picture, origin)]);
    return writeFile(target, withNotes(jpeg, about));
  }
  picture.seal();
  const about = await notesOf(picture, origin);
  const out = await open(target, 'w');
  try {
    let notes: Notes | undefined = about;
    for await (const part of jpegParts(bandsOf(format, picture))) {
      await out.writeFile(notes ? withNotes(part, notes) : part);
      notes = undefined;
    }
  } finally {
    await out.close();
  }
}

/** Without notes. */
export function pictureJpeg(format: StillFormat, picture: FusedPicture): Promise<Buffer> {
  return encodeInBands(bandsOf(format, picture));
}

function bandsOf(format: StillFormat, picture: Picture): RowsToEncode {
  const { width, height } = picture;
  return {
    width,
    height,
    encode: async (from, to) => {
      const rows = await rowsOf(picture, from, to);
      const image = sharp(rows, { raw: { width, height: to - from, channels: 3 }, limitInputPixels: false });
      return format.encode(image, { deep: rows instanceof Uint16Array, bytes: rows.byteLength }).toBuffer();
    },
  };
}

/** The whole picture, as sharp takes it. It takes arrays of any depth; its types of composites leave them out (sharp 0.35). */
function inputOf(picture: Picture) {
  if (isFile(picture)) return { input: picture.path, limitInputPixels: false as const, sequentialRead: true };
  return { input: picture.pixels as Buffer, raw: { width: picture.width, height: picture.height, channels: 3 as const }, limitInputPixels: false as const };
}

/** CIPA DC-008 has thumbnails of this size. */
const THUMBNAIL = { width: 160, height: 120 };

export async function notesOf(picture: Picture, { reference, profile, software }: Origin): Promise<Notes> {
  if (!isFile(picture)) await picture.ready?.(0, picture.height);
  const { input, ...options } = inputOf(picture);
  const thumbnail = await sharp(input, options).resize({ ...THUMBNAIL, fit: 'inside' }).toColourspace('srgb').jpeg({ quality: 80 }).toBuffer();
  const { width, height } = picture;
  const changes = { software, width, height, thumbnail };
  const whole = renewExif(reference.exif, changes);
  const exif = whole.length <= LARGEST_SEGMENT ? whole : renewExif(reference.exif, { ...changes, thumbnail: undefined });
  return { exif, xmp: renewXmp(reference.xmp), profile, iptc: reference.iptc };
}
