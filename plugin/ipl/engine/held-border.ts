/**
 * What is taken of exposures beyond what they cover (kernels/warp/cover.ts). Hands that shake, or a rig, leave strips along the picture's edge that one
 * exposure or another does not show. Left to the reference they would be bands of its brightness, with a line beside them: lights white there again, shadows black.
 * Lining up repeats an exposure's border there, and what is repeated is taken as any other exposure is: where it differs from what
 * the reference shows it has no weight, and it has the reference's lights and shadows filled with what is next to them. Where a strip is so wide that this would show, exposures
 * have faded out before their border (cover-fade.ts).
 */
import type { Cover } from '../kernels';
import type { FusionTask } from './fusion-task';

/** Blocks. In strips of so many cover-fade.ts begins: what is not faded is covered, so that no line is left at any width. */
export const HELD = 3 / 2;

/** @param block pixels of the network's blocks @returns by exposure, what the blend takes of it; undefined: all */
export function heldCovers({ covers = [], layout: { width } }: Pick<FusionTask, 'covers' | 'layout'>, block: number): readonly (Cover | undefined)[] {
  return covers.map((cover) => cover && grown(cover, width, HELD * block));
}

/** By so many pixels to all sides; undefined where that is all. */
function grown(cover: Cover, width: number, by: number): Cover | undefined {
  const height = cover.length / 2;
  const out = new Int32Array(cover.length);
  let whole = true;
  for (let y = 0; y < height; y += 1) {
    const [left, right] = widest(cover, Math.max(0, y - by), Math.min(height - 1, y + by), width);
    if (left < right) [out[2 * y], out[2 * y + 1]] = [Math.max(0, left - by), Math.min(width, right + by)];
    whole &&= out[2 * y] === 0 && out[2 * y + 1] === width;
  }
  return whole ? undefined : out;
}

/** From the leftmost to the rightmost pixel of some rows that is covered. */
function widest(cover: Cover, first: number, last: number, width: number): [number, number] {
  let [left, right] = [width, 0];
  for (let y = first; y <= last; y += 1) {
    if (cover[2 * y] >= cover[2 * y + 1]) continue;
    if (cover[2 * y] < left) left = cover[2 * y];
    if (cover[2 * y + 1] > right) right = cover[2 * y + 1];
  }
  return [left, right];
}
