/** What is compared of a picture: its textures, fine to coarse. */
import type { ReducedLuma } from '../kernels/reduced-luma';
import { lumaPyramid } from './luma-pyramid';
import type { TextureKernels } from '../kernels/texture-kernels';
import type { Texture } from './normalise';

export interface Prepared {
  /** Pixels of the plane. */
  readonly width: number;
  readonly height: number;
  /** Pixels in each direction that make one of textures[0]. */
  readonly factor: number;
  readonly textures: readonly Texture[];
  /** Share of the plane that is neither clipped nor black. */
  readonly share: number;
}

/** Codes of noise and quantisation at the finest level, and at the coarser ones, where means have taken most of it away. */
const NOISE = 1;
const LEAST_NOISE = 0.4;

/** A window of the texture's: a picture that is narrower, made small, has nothing that could be found again. */
const LEAST_SIDE = 9;

/** @param coarsest pixels of the longer side of the last texture at most */
export function prepare(kernels: TextureKernels, luma: ReducedLuma, coarsest: number): Prepared {
  const { valid, factor, plane } = luma;
  if (Math.min(luma.width, luma.height) < LEAST_SIDE) return { width: plane.width, height: plane.height, factor, textures: [], share: 0 };
  const levels = lumaPyramid(luma, coarsest);
  const share = countOf(valid) / Math.max(1, valid.length);
  const textures = levels.map((level, index) => kernels.normalise(level, Math.max(LEAST_NOISE, NOISE / 2 ** index)));
  return { width: plane.width, height: plane.height, factor, textures, share };
}

/** `reduce` would call a function for each. */
function countOf(valid: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < valid.length; at += 1) count += valid[at];
  return count;
}
