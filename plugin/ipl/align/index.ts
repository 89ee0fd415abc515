/**
 * Finds how exposures of one scene must be moved to lie on the reference.
 *
 * - Input: luma planes of one size, a reference among them. Output: for each a homography from the reference's pixels to its own, or
 *   nothing, with the reason. The reference, and what lines up already, have none.
 * - Exposures look alike once local brightness and contrast are taken out; what is clipped or black is left out. A search on a small
 *   picture finds shifts of up to 5 % of the longer side and turns of up to 3 degrees; tiles of ever finer pictures, up to 1024 pixels, make it exact.
 * - As much of a homography as the evidence carries: each level starts with what coarser ones believe, which begins as a shift.
 * - Never worse: tiles must agree more lined up than as they are. Thin evidence leaves exposures as they are: `Reason`.
 * - Things that move, and parallax of a smaller part, are left out as tiles that go their own way.
 * - Deterministic. Knows no frames and no threads. Two exposures of 4K take 0.7 s of processor time (bench/README.md), so it is no work for the main thread.
 */
import { findMotion, type Motion } from './find-motion';
import type { LumaPlane } from './luma-pyramid';
import { prepare } from './prepare';

export type { Homography } from './homography';
export type { LumaPlane } from './luma-pyramid';
export type { Motion, Reason } from './find-motion';

/** @returns in the order of the planes; the reference's own has no map */
export function findMotions(planes: readonly LumaPlane[], reference: number): Motion[] {
  const chosen = planes[reference];
  if (!chosen) throw new RangeError(`There is no exposure ${reference}.`);
  const fixed = prepare(chosen);
  return planes.map((plane, index) => {
    if (index === reference) return { map: undefined, reason: 'lines up', deviation: 0, agreement: { tiles: 0, asIs: 1, linedUp: 1, certainty: 0 } };
    if (plane.width !== chosen.width || plane.height !== chosen.height) throw new RangeError('Exposures of one scene have one size.');
    return findMotion(fixed, prepare(plane));
  });
}
