/** Hot pixels of a picture in a file: filled band by band, as hot-pixels.ts fills them. */
import type { PackedKernels, Pixels } from '../../ipl/kernels';
import { fillHotPixels } from '../hot-pixels';
import { writeRows, type PixelFile } from './pixel-file';

/** Rows at the upper and lower border that are left out, and rows around a dot that are looked at: three, and of the next what lies beside a border. */
const [BORDER, AROUND] = [2, 4];

/** Rows of a band: a multiple of those that the kernels look at together, so that one dot's filling is seen by the next as ever. */
const BAND = 128;

export function fillHotPixelsIn(file: PixelFile, darker: PixelFile, kernels: PackedKernels): number {
  const { width, height } = file;
  let dots = 0;
  for (let from = BORDER; from < height - BORDER; from += BAND) {
    const to = Math.min(from + BAND, height - BORDER);
    const [first, end] = [Math.max(0, from - AROUND), Math.min(height, to + AROUND)];
    const pixels = file.rows(first, end);
    const own = { eight: upperHalves(pixels), deep: pixels instanceof Uint16Array ? pixels : undefined };
    const found = fillHotPixels(own, upperHalves(darker.rows(first, end)), width, end - first, kernels, [from - first, to - first]);
    if (found > 0) writeRows(file.place, first, pixels);
    dots += found;
  }
  return dots;
}

/** Of 8 bits the picture itself. */
export function upperHalves(pixels: Pixels): Uint8Array {
  if (pixels instanceof Uint8Array) return pixels;
  const out = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 1) out[at] = pixels[at] >> 8;
  return out;
}
