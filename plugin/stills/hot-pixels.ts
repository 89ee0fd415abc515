/**
 * Hot pixels: where a sensor's cell leaks, a long exposure has a dot that was never there. It is as large as a camera's demosaicing
 * makes of one cell, 3x3 pixels at most, in one colour or in all, and darker exposures do not show it, which a lamp or a star would be in.
 */

import type { PackedKernels, Pixels } from '../ipl/kernels';
import type { StillPixels } from './read-bracket';

/** Codes by which a dot stands out from the ring of pixels around it: above noise, and what it takes to be seen. */
const STANDS_OUT = 32;

/**
 * What of the darker exposure's own contrast around the place is added to that: a stop makes differences 1.4 times as large in codes, and
 * what glints there may well be the dot, a few pixels off where the two were not taken from quite the same place.
 */
const CONTRASTS = 2;

/** Of how far the dot stands out: what of its neighbours does as much belongs to it. */
const BELONGS = 1 / 8;

/** The 16 pixels two away: [right, down]. */
const RING: readonly (readonly [number, number])[] = [-2, -1, 0, 1, 2].flatMap((x) => [-2, -1, 0, 1, 2].map((y) => [x, y] as const))
  .filter(([x, y]) => Math.max(Math.abs(x), Math.abs(y)) === 2);
const NEAR = square(1);
const WIDE = square(3);

function square(reach: number): (readonly [number, number])[] {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  return steps.flatMap((x) => steps.map((y) => [x, y] as const));
}

/**
 * Fills them from around, in place.
 * @param pixels of a picture
 * @param darker the same of a darker exposure; taken as it lies, so it is for brackets from a tripod, as long exposures are
 * @param only these rows, where the pixels are a part of a picture
 * @returns how many dots there were, in all colours
 */
export function fillHotPixels({ eight: pixels, deep }: StillPixels, darker: Uint8Array, width: number, height: number, kernels: PackedKernels, only?: readonly [number, number]): number {
  const offsets = (places: typeof RING): number[] => places.map(([x, y]) => 3 * (x + y * width));
  const [ring, near, wide] = [offsets(RING), offsets(NEAR), offsets(WIDE)];
  let dots = 0;
  for (const at of kernels.dots(pixels, width, height, STANDS_OUT, only)) {
    if (!stands(pixels, at, ring, near) || !isAlien(pixels, darker, at, ring, wide)) continue;
    fill(pixels, at, ring, near);
    if (deep) fill(deep, at, ring, near);
    dots += 1;
  }
  return dots;
}

/** It is the greatest of its neighbours, and far above all around them. */
function stands(pixels: Uint8Array, at: number, ring: readonly number[], near: readonly number[]): boolean {
  const code = pixels[at];
  for (const offset of ring) if (code - STANDS_OUT <= pixels[at + offset]) return false;
  for (const offset of near) if (code < pixels[at + offset]) return false;
  return true;
}

/** The darker exposure shows nothing there that it could be. */
function isAlien(pixels: Uint8Array, darker: Uint8Array, at: number, ring: readonly number[], wide: readonly number[]): boolean {
  const greatest = (codes: Uint8Array, offsets: readonly number[]): number => offsets.reduce((most, offset) => Math.max(most, codes[at + offset] ?? 0), 0);
  const contrast = greatest(darker, wide) - median(darker, at, wide);
  return pixels[at] - greatest(pixels, ring) > STANDS_OUT + CONTRASTS * contrast;
}

function fill(pixels: Pixels, at: number, ring: readonly number[], near: readonly number[]): void {
  const around = median(pixels, at, ring);
  const least = around + BELONGS * (pixels[at] - around);
  for (const offset of near) if (pixels[at + offset] > least) pixels[at + offset] = around;
}

function median(pixels: Pixels, at: number, ring: readonly number[]): number {
  const codes = ring.map((offset) => pixels[at + offset] ?? 0).sort((a, b) => a - b);
  return codes[codes.length >> 1] ?? 0;
}
