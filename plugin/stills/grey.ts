import type { Pixels } from '../ipl/kernels';

/** No colour is no code of it: those of the reference's own rounding are taken off, too. Luma is JPEG's. */
export function makeGrey(pixels: Pixels): void {
  for (let at = 0; at < pixels.length; at += 3) pixels.fill(Math.round(0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]), at, at + 3);
}
