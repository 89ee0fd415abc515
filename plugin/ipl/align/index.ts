/**
 * Finds how exposures of one scene must be moved to lie on the reference.
 *
 * - Input: luma planes of one size, made small (kernels/reduced-luma.ts), a reference among them. Output: for each a homography from the reference's pixels to its own, or
 *   nothing, with the reason. The reference, and what lines up already, have none.
 * - Exposures look alike once local brightness and contrast are taken out; what is clipped or black is left out. A search on a small
 *   picture finds shifts of up to 5 % of the longer side and turns of up to 3 degrees; tiles of ever finer pictures, up to 1024 pixels, make it exact.
 * - As much of a homography as the evidence carries: each level starts with what coarser ones believe, which begins as a shift.
 * - Never worse: tiles must agree more lined up than as they are, and most of them must agree at all. Thin evidence leaves exposures as they are: `Reason`.
 * - Things that move, and parallax of a smaller part, are left out as tiles that go their own way.
 * - What is about known is followed (followMotions) from there, in fewer and smaller pictures, at a small part of the cost. Whether it
 *   is kept, and when it is replaced, branch-track.ts decides.
 * - Deterministic. Knows no frames and no threads. Two exposures of 4K take 0.7 s of processor time (bench/README.md), so it is no work for the main thread.
 */
import { findField, type Field } from './find-field';
import { findMotion, type Motion } from './find-motion';
import { followMotion, type Sight } from './follow-motion';
import { prepare } from './prepare';
import { IDENTITY, type Homography } from '../kernels/homography';
import type { ReducedLuma } from '../kernels/reduced-luma';
import type { TextureKernels } from '../kernels/texture-kernels';

export { BranchTrack } from './branch-track';
export type { Reason } from './evidence';
export { atBlocks, type Field } from './find-field';
export type { Homography } from '../kernels/homography';
export type { Motion } from './find-motion';
export type { Sight } from './follow-motion';

/** Pixels of the longer side that pictures are reduced to at most where motions are searched: steps there are a fraction of a pixel of an UHD picture. */
export const SEARCHED = 1024;
/** And of the coarsest level, which is searched exhaustively. */
const COARSEST = 128;

/**
 * @param kernels what compares them
 * @param planes reduced to SEARCHED
 * @param options.fields whether parallax is looked for, too (find-field.ts)
 * @returns in the order of the planes; the reference's own has no map
 */
export function findMotions(kernels: TextureKernels, planes: readonly ReducedLuma[], reference: number, { fields = false } = {}): (Motion & { readonly field?: Field | undefined })[] {
  const chosen = planes[reference];
  if (!chosen) throw new RangeError(`There is no exposure ${reference}.`);
  const fixed = prepare(kernels, chosen, COARSEST);
  return planes.map((plane, index) => {
    if (index === reference) return { map: undefined, reason: 'lines up', deviation: 0, agreement: { tiles: 0, asIs: 1, linedUp: 1, middle: 1, certainty: 0 } };
    checkSize(plane, chosen);
    const own = prepare(kernels, plane, COARSEST);
    const motion = findMotion(kernels, fixed, own);
    if (!fields || (motion.map === undefined && motion.reason !== 'lines up')) return motion;
    return { ...motion, field: findField(kernels, fixed, own, motion.map ?? IDENTITY) };
  });
}

/**
 * @param kernels what compares them
 * @param planes reduced to what is worth it; what is missing is not looked at
 * @param expected where each was a moment ago
 * @param coarsest pixels of the longer side: a step of three there is still found
 */
export function followMotions(
  kernels: TextureKernels, planes: readonly (ReducedLuma | undefined)[], reference: number, expected: readonly (Homography | undefined)[], coarsest: number,
): (Sight | undefined)[] {
  const chosen = planes[reference];
  if (!chosen) throw new RangeError(`There is no exposure ${reference}.`);
  const fixed = prepare(kernels, chosen, coarsest);
  return planes.map((plane, index) => {
    const start = expected[index];
    if (index === reference || !plane || !start) return undefined;
    checkSize(plane, chosen);
    return followMotion(kernels, fixed, prepare(kernels, plane, coarsest), start);
  });
}

function checkSize({ plane: a }: ReducedLuma, { plane: b }: ReducedLuma): void {
  if (a.width !== b.width || a.height !== b.height) throw new RangeError('Exposures of one scene have one size.');
}
