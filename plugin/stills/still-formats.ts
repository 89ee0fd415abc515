/** What is written, by the extension of its name. */
import path from 'node:path';
import type { Sharp } from 'sharp';

export interface StillFormat {
  readonly name: string;
  /** Whether it takes 16 bits a sample. */
  readonly deep: boolean;
  /** Pixels of a side. */
  readonly longest: number;
  encode(image: Sharp, pixels: Encoded): Sharp;
}

/** What is encoded. */
export interface Encoded {
  /** Whether it has 16 bits a sample. */
  readonly deep: boolean;
  readonly bytes: number;
}

/** Bytes of pixels from which on a TIFF needs addresses of 64 bits, whether it is compressed or not. */
const BIG_TIFF = 2 ** 31;

/**
 * libjpeg ends at 65,500 a side. Quality 95: below that, blocks show in smooth skies. 4:4:4: fine red text stays red. Huffman tables of its own
 * would make a picture 4 % smaller in four times the time, and cannot be joined (jpeg-bands.ts).
 */
const JPEG: StillFormat = {
  name: 'JPEG', deep: false, longest: 65_500, encode: (image) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false }),
};
const PNG: StillFormat = { name: 'PNG', deep: true, longest: 2 ** 31 - 1, encode: (image) => image.png() };
const TIFF: StillFormat = {
  name: 'TIFF',
  deep: true,
  longest: 2 ** 31 - 1,
  encode: (image, { bytes }) => image.tiff({ compression: 'deflate', predictor: 'horizontal', bigtiff: bytes > BIG_TIFF }),
};
/** Lossy WebP halves the colour resolution; its own way of that keeps edges best. */
const WEBP: StillFormat = { name: 'WebP', deep: false, longest: 16_383, encode: (image) => image.webp({ quality: 95, smartSubsample: true }) };
/**
 * Of 0 to 9; sharp's own is 4. In processor time of a photograph of 720x480 in 10 bits 4:4:4: 4 takes 2.6 s for 43.7 dB and 36 kB, 3 takes 0.5 s for 43.5 dB and
 * 37 kB, 2 takes 0.35 s for 43.2 dB and 38 kB.
 */
const AVIF_EFFORT = 3;

/** 80 of AVIF is about as near to the picture as JPEG's 95; what more bits show, smooth skies, asks for more. */
const avif = (bitdepth: AvifBits): StillFormat => ({
  name: 'AVIF',
  deep: true,
  longest: 16_384,
  encode: (image, { deep }) => image.avif({ chromaSubsampling: '4:4:4', effort: AVIF_EFFORT, ...(deep ? { quality: 90, bitdepth } : { quality: 80 }) }),
});

/** Bits of an AVIF that has more than 8: 10, which all browsers show; 12 is for few programs. */
export type AvifBits = 10 | 12;
const AVIF = avif(10);

const FORMATS: Readonly<Record<string, StillFormat>> = {
  '.jpg': JPEG, '.jpeg': JPEG, '.png': PNG, '.tif': TIFF, '.tiff': TIFF, '.webp': WEBP, '.avif': AVIF,
};

export const STILL_EXTENSIONS: readonly string[] = Object.keys(FORMATS);

/** By its name; undefined for another. */
export function stillFormat(file: string, bits: AvifBits = 10): StillFormat | undefined {
  const found = FORMATS[path.extname(file).toLowerCase()];
  return found === AVIF ? avif(bits) : found;
}
