/**
 * Distinguishes a scene cut from ordinary motion: the mean luma of the reference's blocks changes all over the picture at once.
 */
import { CUT } from '../kernels/rule.generated';
import type { Scene } from './scene';

/** @param means mean luma of every block of the reference, 0 to 1 */
export function isCut(scene: Scene, means: Float32Array): boolean {
  if (!scene.hasMeans) return false;
  let change = 0;
  for (let index = 0; index < means.length; index += 1) {
    change += Math.abs((means[index] ?? 0) - (scene.means[index] ?? 0));
  }
  return change / means.length > CUT;
}
