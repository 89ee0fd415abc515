/**
 * Tells a scene cut from ordinary motion: the mean luma of the reference's blocks changes all over the picture at once.
 */
import type { Scene } from './scene';

/**
 * Mean absolute change of block means, in luma from 0 to 1, from one frame to the next. Pans and passing objects stay
 * under 0.05; cuts between unlike scenes lie above 0.15. A missed cut costs a few frames of settling, a false one a
 * second pass over a tiny map.
 */
export const CUT = 0.12;

/** @param means mean luma of every block of the reference, 0 to 1 */
export function isCut(scene: Scene, means: Float32Array): boolean {
  if (!scene.hasMeans) return false;
  let change = 0;
  for (let index = 0; index < means.length; index += 1) {
    change += Math.abs((means[index] ?? 0) - (scene.means[index] ?? 0));
  }
  return change / means.length > CUT;
}
