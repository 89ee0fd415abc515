/** Photographs as a camera's bracketing writes them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const EXPOSURES = [['1/100', 1], ['1/400', 0.25], ['1/25', 4]] as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Three photographs for each of `count` brackets: IMG_0001.jpg ... */
export async function makeBrackets(folder: string, count: number, { width, height }: Size): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < 3 * count; number += 1) {
    const [time, gain] = EXPOSURES[number % 3];
    const seed = 0.1 * Math.floor(number / 3);
    const pixels = new Uint8Array(3 * width * height);
    for (let index = 0; index < pixels.length; index += 1) {
      const ramp = 2 ** ((5 * (Math.floor(index / 3) % width)) / width + seed);
      pixels[index] = Math.min(255, 255 * (gain * 0.02 * ramp) ** (1 / 2.2) + ((index * 7919) % 23));
    }
    const second = 20 * Math.floor(number / 3) + (number % 3);
    const two = (value: number): string => String(value).padStart(2, '0');
    const taken = `2026:11:29 ${two(10 + Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .withExif({ IFD0: { Model: 'Camera' }, IFD2: { ExposureTime: time, FNumber: '8/1', DateTimeOriginal: taken } })
      .jpeg({ quality: 95 }).toFile(path.join(folder, `IMG_${String(number + 1).padStart(4, '0')}.jpg`));
  }
}
