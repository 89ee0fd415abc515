/**
 * How far noise reduction reaches: which neighbours a pixel is averaged with (kernels/assembly/smooth.ts), for the noise that
 * was found (noise-level.ts).
 */
import type { FusionTask } from './fusion-task';
import type { Reach } from '../kernels';
import { noiseIn } from './noise-level';

/**
 * Of luma three deviations: of 260 rendered brackets that is where PSNR and SSIM against the truth are best
 * (models/train/study/denoise.py). Of chroma half, as each of its samples is the mean of four pixels.
 */
const LUMA_DEVIATIONS = 3;
const CHROMA_DEVIATIONS = 1.5;

/** Codes. What differs by more is an edge even in the noisiest picture. */
const LARGEST = 32;

/** Codes. A shorter reach changes pixels by half a code at most, which nobody sees and a pass over all of them costs. */
const LEAST = 1.5;

/**
 * Deviations, in codes: up to the first it may be a sensor's noise, from the second on it is a pattern that somebody wants to
 * see, or has to remove: a test picture, a halftone, a sensor's mosaic. Between, less and less is reduced, so that a stream
 * does not flicker.
 */
const NOISE = 16;
const PATTERN = 24;

/** Of the reach: a second pass takes off what the first leaves of strong noise. */
const SECOND = 1 / 3;

/** Codes: below, a second pass gives too little for its time. */
const LEAST_SECOND = 3;

/**
 * @param noise deviation in codes
 * @param share of the natural reach
 * @returns one for each pass over the pixels; none where it is not worth one
 */
export function reachesOf(noise: number, share: number): Reach[] {
  const trust = Math.min(1, Math.max(0, (PATTERN - noise) / (PATTERN - NOISE)));
  const reach = (deviations: number): number => trust * Math.min(LARGEST, deviations * noise * share);
  const first = { luma: reach(LUMA_DEVIATIONS), chroma: reach(CHROMA_DEVIATIONS) };
  const second = { luma: SECOND * first.luma, chroma: SECOND * first.chroma };
  if (first.luma < LEAST) return [];
  return second.luma < LEAST_SECOND ? [first] : [first, second];
}

/** The noise of the reference, in codes; 0 where it does not matter. To be found before the fusion overwrites the reference. */
export function noiseOf(task: FusionTask): number {
  if (task.measured) return task.measured.noise;
  if (task.look?.denoise === 0) return 0;
  return noiseIn(task.payloads, task.reference, task.layout, task.range, task.shifts);
}
