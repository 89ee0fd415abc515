/** How light a picture is, from some of its pixels. */
import type { Shot } from './bracket';

/** Samples in each direction: enough for a mean, and to see a thousandth of the picture. */
const SAMPLES = 256;

/** Codes of luma that count as black and white: noise and what a camera's curve does near its ends. */
const BLACK = 4;
const WHITE = 250;

export function lightOf(pixels: Uint8Array, width: number, height: number): Omit<Shot, 'exposure'> {
  return lightOfRows((y) => pixels.subarray(3 * y * width, 3 * (y + 1) * width), width, height);
}

/** @param rowOf red, green and blue of a row */
export function lightOfRows(rowOf: (y: number) => Uint8Array, width: number, height: number): Omit<Shot, 'exposure'> {
  const [across, down] = [Math.max(1, Math.floor(width / SAMPLES)), Math.max(1, Math.floor(height / SAMPLES))];
  let [sum, count, black, white] = [0, 0, 0, 0];
  for (let y = 0; y < height; y += down) {
    const pixels = rowOf(y);
    for (let x = 0; x < width; x += across) {
      const at = 3 * x;
      const luma = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      sum += luma;
      count += 1;
      if (luma < BLACK) black += 1;
      // What one colour has lost is lost.
      if (Math.max(pixels[at], pixels[at + 1], pixels[at + 2]) > WHITE) white += 1;
    }
  }
  return { luma: sum / count, black: black / count, white: white / count };
}
