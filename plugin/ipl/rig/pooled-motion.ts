/**
 * Where a camera that stands firmly lies, of what was found in many pictures: the median of each corner says which pictures agree, and
 * their mean is taken. What a crowd, a shadow or noise made of a few pictures has no say.
 */
import { mapOf, farthest, meanOf, nearOf, type Places } from '../align/places';
import type { Homography } from '../kernels/homography';
import { percentile } from './percentile';

export interface PooledMotion {
  readonly homography: Homography;
  /** Pictures that agree. */
  readonly agreeing: number;
  /** Pixels by which the corners were elsewhere, in 95 % of the pictures in which something was found. */
  readonly spread: number;
}

/** What has moved meanwhile stands in no rig. */
export type Unfirm = { readonly moved: number };

/** Distances from the median, in typical ones, within which pictures agree. */
const AGREE = 4;
/** Share of the pictures that have to. */
const MOST_OF_THEM = 0.75;
/** Pixels of 1920 that single pictures are off at most where a camera stands: noise and parallax of things that pass. */
const FIRM = 1;

/** @param found at least one */
export function pooledMotion(found: readonly Places[], width: number, height: number): PooledMotion | Unfirm {
  const middle = Float64Array.from({ length: 8 }, (_, at) => percentile(found.map((places) => places[at] ?? 0), 0.5));
  const apart = found.map((places) => farthest(places, middle));
  const spread = percentile(apart, 0.95);
  const firm = FIRM * Math.max(1, Math.max(width, height) / 1920);
  const typical = percentile(apart, 0.5);
  const agreeing = found.filter((_, at) => (apart[at] ?? 0) <= Math.max(AGREE * typical, nearOf(width, height)));
  if (typical > firm || (agreeing.length < MOST_OF_THEM * found.length && spread > firm)) return { moved: Math.max(...apart) };
  return { homography: mapOf(meanOf(agreeing), width, height), agreeing: agreeing.length, spread };
}
