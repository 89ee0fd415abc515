/**
 * Reads photographs, whatever they are called: JPEG (progressive, CMYK, the primary picture of MPF and Ultra HDR), PNG, TIFF, WebP
 * and AVIF of 8 and 16 bits.
 */
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { statsOf } from '../core/files/file-identity';
import { checkInput } from '../core/files/paths';
import { GstIplError, messageOf } from '../core/errors';
import { checkPixels } from '../core/frames/pixel-limit';
import type { Size } from './crop';
import { noted, type Noted } from './noted';
import { refusedKind } from './refused-kinds';
import { exifOfTiff } from './tiff-notes';

const FORMATS: Readonly<Record<string, string>> = { jpeg: 'JPEG', png: 'PNG', tiff: 'TIFF', webp: 'WebP', heif: 'AVIF' };

// No other parser of libvips is let near a file: it reads drawings, animations and documents, too, and of a JPEG with a gain map another
// picture than the one that everybody shows.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['Jpeg', 'Png', 'Tiff', 'Webp', 'Heif'].map((name) => `VipsForeignLoad${name}`) });

// libvips keeps what it has opened, by name: nothing is opened twice to be read from memory, and a name may be another file's by then.
sharp.cache(false);

/** How large a picture may be is ours to say (core/frames/pixel-limit.ts). A picture that was cut short is none. */
const OPTIONS: SharpOptions = { limitInputPixels: false, failOn: 'truncated', sequentialRead: true };

/** What a photograph says of itself. */
export interface Still extends Noted {
  readonly file: string;
  readonly format: string;
  /** Upright. */
  readonly width: number;
  readonly height: number;
  /** As in Exif; 1 is upright. */
  readonly orientation: number;
  /** It has more than 8 bits a sample. */
  readonly deep: boolean;
  readonly hasAlpha: boolean;
  /** `cmyk`, `b-w`, `srgb`, `rgb16` ... */
  readonly space: string;
  readonly profile: Buffer | undefined;
  readonly exif: Buffer | undefined;
  readonly xmp: Buffer | undefined;
  readonly iptc: Buffer | undefined;
}

/** @throws GstIplError `missing-file` for what cannot be opened; `bad-caps` for what is not read, or too large */
export async function openStill(file: string): Promise<Still> {
  const finding = checkInput(file, 'file');
  if (finding) throw new GstIplError('missing-file', finding.message, { hint: finding.hint });
  // To open a pipe is to wait for who writes into it.
  if (!statsOf(file)?.isFile()) throw unread(file, 'is a pipe or a device', 'Copy the picture to a file, and name that.');
  const refused = refusedKind(file);
  if (refused) throw unread(file, refused.is, `Convert it: ${refused.command.replaceAll('FILE', file)}.`);
  const found = await sharp(file, OPTIONS).metadata().catch((error: unknown) => {
    if (!messageOf(error).includes('unsupported image format')) throw damaged(file, error);
    throw unread(file, `is no photograph that is read (${Object.values(FORMATS).join(', ')}), whatever its name says`, undefined, error);
  });
  const format = FORMATS[found.format];
  if (format === undefined || ((found.pages ?? 1) > 1 && format === 'WebP')) throw unread(file, `is no photograph (${found.format}, ${found.pages ?? 1} pictures)`);
  const { width, height } = found.autoOrient;
  checkPixels(`"${file}"`, width, height);
  return { file, format, width, height, ...factsOf(format === 'TIFF' ? { ...found, exif: exifOfTiff(file) } : found) };
}

function factsOf(found: Metadata): Omit<Still, 'file' | 'format' | 'width' | 'height'> {
  const { orientation = 1, depth, hasAlpha, space, icc: profile, exif, xmp, iptc } = found;
  return { orientation, deep: depth !== 'uchar', hasAlpha, space, profile, exif, xmp, iptc, ...noted(exif) };
}

export interface ReadSettings {
  /** Which way it is turned, as in Exif: 1, 3, 6 or 8, or its own. */
  readonly orientation: number;
  /** Codes as they are; or converted by the picture's own profile. */
  readonly convert: boolean;
}

const ANGLES: Readonly<Record<number, number>> = { 1: 0, 3: 180, 6: 90, 8: 270 };

/** Red, green, blue of all pixels, upright, in 8 bits. @throws GstIplError `bad-caps` where it is damaged */
export async function readPixels(still: Still, settings: ReadSettings): Promise<Uint8Array> {
  const bytes = await rawOf(still, upright(still, settings).raw());
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The same in 16 bits, of which those of `readPixels` are the upper half. */
export async function readDeepPixels(still: Still, settings: ReadSettings): Promise<Uint16Array> {
  const bytes = await rawOf(still, upright(still, settings).toColourspace('rgb16').raw({ depth: 'ushort' }));
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/**
 * Writes what `readPixels`, or `readDeepPixels`, gives into a file of libvips' own format (`.v`): a head of 64 bytes, and the pixels. What can be decoded
 * row by row takes no memory that grows with the picture. One that is turned is decoded into a file first, by libvips, where it has temporary ones.
 */
export async function writePixels(still: Still, settings: ReadSettings, deep: boolean, file: string): Promise<Size & { readonly sample: 1 | 2 }> {
  const turned = settings.orientation !== 1;
  const image = upright(still, settings, turned ? { sequentialRead: false } : {});
  if (deep) image.toColourspace('rgb16');
  try {
    const { width, height, channels } = await image.toFile(file);
    if (channels !== 3) throw new TypeError(`it has ${channels} channels`);
    return { width, height, sample: deep ? 2 : 1 };
  } catch (error) {
    throw damaged(still.file, error);
  }
}

/** The profile of what was converted. */
export async function srgbProfile(): Promise<Buffer | undefined> {
  const one = sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } }).withIccProfile('srgb');
  return (await sharp(await one.png().toBuffer()).metadata()).icc;
}

/** Whether nothing shines through. A whole pass over the picture: for those that have alpha at all. */
export async function isOpaque({ file }: Still): Promise<boolean> {
  return (await sharp(file, OPTIONS).stats()).isOpaque;
}

function upright({ file, orientation, hasAlpha }: Still, settings: ReadSettings, more: SharpOptions = {}): Sharp {
  const image = sharp(file, { ...OPTIONS, ...more, autoOrient: settings.orientation === orientation });
  if (settings.orientation !== orientation) image.rotate(ANGLES[settings.orientation] ?? 0);
  // To keep a profile is, in sharp, to leave the codes as they are.
  if (settings.convert) image.withIccProfile('srgb');
  else image.keepIccProfile();
  return hasAlpha ? image.flatten({ background: 'black' }) : image;
}

async function rawOf({ file }: Still, image: Sharp): Promise<Buffer> {
  try {
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new TypeError(`it has ${info.channels} channels`);
    return data;
  } catch (error) {
    throw damaged(file, error);
  }
}

function damaged(file: string, error: unknown): GstIplError {
  return unread(file, `cannot be read: ${messageOf(error).trim().replaceAll(/\s*\n\s*/g, '; ')}`, undefined, error);
}

function unread(file: string, is: string, hint = 'Save it again as a TIFF, a PNG or an ordinary JPEG.', cause?: unknown): GstIplError {
  return new GstIplError('bad-caps', `"${file}" ${is}.`, { hint, cause });
}
