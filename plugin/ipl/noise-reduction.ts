/**
 * How far noise reduction reaches: which neighbours a pixel is averaged with (kernels/assembly/smooth.ts), for the noise that
 * was found (noise-level.ts).
 */

/**
 * Of luma three deviations: of 170 rendered brackets that is where PSNR and SSIM against the truth are best
 * (models/README.md). Of chroma half, as each of its samples is the mean of four pixels.
 */
const LUMA_DEVIATIONS = 3;
const CHROMA_DEVIATIONS = 1.5;

/** Codes. What differs by more is an edge even in the noisiest picture. */
const LARGEST = 32;

/** Codes. With less a pixel changes by half a code at most, which rounding undoes as often as not. */
const LEAST = 1;

/**
 * Deviations, in codes: up to the first it may be a sensor's noise, from the second on it is a pattern that somebody wants to
 * see, or has to remove: a test picture, a halftone, a sensor's mosaic. Between, less and less is reduced, so that a stream
 * does not flicker.
 */
const NOISE = 16;
const PATTERN = 24;

/**
 * @param noise deviation in codes
 * @param share of the natural reach
 * @returns codes, or nothing where it is not worth a pass over the pixels
 */
export function reachOf(noise: number, share: number): { readonly luma: number; readonly chroma: number } | undefined {
  const trust = Math.min(1, Math.max(0, (PATTERN - noise) / (PATTERN - NOISE)));
  const reach = (deviations: number): number => trust * Math.min(LARGEST, deviations * noise * share);
  const [luma, chroma] = [reach(LUMA_DEVIATIONS), reach(CHROMA_DEVIATIONS)];
  return luma >= LEAST ? { luma, chroma } : undefined;
}
