import sharp from 'sharp';

/** A small JPEG of a picture, for a page: `pixels` at most in each direction. */
export function thumbnailOf(file: string, pixels: number): Promise<Buffer> {
  return sharp(file, { limitInputPixels: false, autoOrient: true }).resize({ width: pixels, height: pixels, fit: 'inside' }).toColourspace('srgb').jpeg({ quality: 80 }).toBuffer();
}
