/** Where an exposure lies at all: every turn and shift in reach, on the coarsest level. */
import { turnAndShift, type Homography } from '../kernels/homography';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Texture } from './normalise';

export interface Candidate {
  readonly map: Homography;
  /** Correlation, 0..1: of two whole pictures, so that a small overlap, which may agree by chance, scores low. */
  readonly score: number;
}

/** A hand: of the longer side, and to each side in degrees, and a step that leaves a pixel at the corners. */
const REACH = 0.055;
const TURN = 3;
const TURN_STEP = 0.75;
/** Candidates nearer than this (pixels) are one. */
const APART = 2;

/** @returns the best ones, best first, and none where there is no texture */
export function coarseSearch(kernels: TextureKernels, reference: Texture, exposure: Texture, most: number): Candidate[] {
  const { width, height } = reference;
  const reach = Math.ceil(Math.max(width, height) * REACH);
  const whole = Math.sqrt(energy(reference) * energy(exposure));
  if (whole === 0) return [];
  const found: Candidate[] = [];
  for (let degrees = -TURN; degrees <= TURN; degrees += TURN_STEP) {
    const radians = (degrees * Math.PI) / 180;
    const turned = kernels.warp(exposure, turnAndShift(radians, 0, 0, width, height));
    // What is not known is 0 in both, and adds nothing.
    const products = kernels.shifts(reference, turned, reach);
    for (const { dx, dy, score: product } of peaks(products, reach)) {
      const score = product / whole;
      // The exposure, turned, is looked at dx, dy away: shift first, then turn.
      const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
      found.push({ map: turnAndShift(radians, cos * dx - sin * dy, sin * dx + cos * dy, width, height), score });
    }
  }
  found.sort((a, b) => b.score - a.score);
  const kept: Candidate[] = [];
  for (const candidate of found) {
    if (kept.length === most) break;
    if (kept.every(({ map }) => Math.hypot((map[2]) - (candidate.map[2]), (map[5]) - (candidate.map[5])) > APART)) kept.push(candidate);
  }
  return kept;
}

const energy = ({ value }: Texture): number => value.reduce((sum, one) => sum + one * one, 0);

/** Shifts that agree more than those beside them. */
function peaks(scores: Float64Array, reach: number): { dx: number; dy: number; score: number }[] {
  const side = 2 * reach + 1;
  const found = [];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const score = scores[y * side + x];
      let highest = score > 0;
      for (let v = Math.max(0, y - 1); highest && v <= Math.min(side - 1, y + 1); v += 1) {
        for (let u = Math.max(0, x - 1); u <= Math.min(side - 1, x + 1); u += 1) if ((scores[v * side + u]) > score) highest = false;
      }
      if (highest) found.push({ dx: x - reach, dy: y - reach, score });
    }
  }
  return found;
}
