/** What is compared of a picture: its textures, fine to coarse. */
import { lumaPyramid, type LumaPlane } from './luma-pyramid';
import { normalise, type Texture } from './normalise';

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

export function prepare(plane: LumaPlane): Prepared {
  const { factor, levels } = lumaPyramid(plane);
  const [finest] = levels;
  const share = finest ? finest.valid.reduce((sum, one) => sum + one, 0) / Math.max(1, finest.valid.length) : 0;
  const textures = levels.map((level, index) => normalise(level, Math.max(LEAST_NOISE, NOISE / 2 ** index)));
  return { width: plane.width, height: plane.height, factor, textures, share };
}
