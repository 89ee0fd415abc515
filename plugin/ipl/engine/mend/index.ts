/**
 * Takes out of an exposure what stands in it alone before ground that the reference lost.
 *
 * Where the reference is clipped it says nothing of motion, and a block of statistics cannot tell ground that only a darker exposure
 * shows from somebody who stood before it then: who was dark left a trace paler than the ground, who was dim one that is darker (20 to 45
 * codes in drawn scenes). A veto of his weight does not help: who is dark had none, and the network's guess of the block's tone was what was wrong, as the block's
 * statistics were of somebody who is not there. So a darker exposure is mended before anything else looks at it:
 *
 * 1. The level at which the reference clips, on the exposure's own scale, is a relation of the whole picture (clip-level.ts).
 * 2. What lies clearly below it where the reference is white, and is wide, is not the ground: a narrow rim is a reference that is
 *    blurred or dazzled (node-mask.ts). Who stands there stands before more than what is lost, too: what the exposure shows where the reference
 *    shows this or that brightness is a relation of the whole picture as well (expected.ts), and what lies clearly below that and hangs on him, or is wide
 *    itself, is of him. So his arm is found at another window, and all of him before steps that the reference has nearly lost.
 * 3. In his place comes the exposure's own ground around it where the reference is white, and what is expected where it is nearly so (ground.ts, patch.ts). Where there
 *    is no ground near, all stays as it is; where the reference becomes light by and by it is put there by and by, and around him it fades over two nodes (shares.ts).
 *
 * The same, turned round, is done to a brighter exposure before ground that is black in the reference: it takes out who is lighter there than black can be on
 * its own scale (up to 13 codes of trace in drawn scenes, now none). Who is darker than that ground is not told from it and stays (a black figure: up to 22 codes).
 *
 * Of 8 bits, and of 10, which are looked at in 8; what is found in 8 bits of photographs of 16 is mended in all 16 (`mendWith`). What is merged into HDR is not mended.
 *
 * Network, blend and GPU graphs see the mended exposures and know nothing of it. It looks at eight by eight pixels of a block, which the statistics bring along,
 * and at others only where there is something to mend; rows of blocks where there was are measured again. Nothing is kept from picture to picture: the whole picture is at hand here, whatever its slices.
 */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import { moveWhole } from '../../kernels';
import { findPatches, type Exposures } from './find-patches';
import { applyPatch, type Rows } from './patch';
import type { Patch } from './slopes';

export { findPatches, type Exposures } from './find-patches';
export { findPatchesInNodes, nodesIn, touchesRows, type Nodes } from './node-pictures';
export { blockRowsOf } from './patch';
export type { Patch } from './slopes';

/** Mends the exposures, in place: what is mended of those that are read elsewhere is moved first. */
export function mend(exposures: Exposures, block: number): (Patch | undefined)[] {
  const patches = findPatches(exposures, block);
  for (const [exposure, shift] of (exposures.shifts ?? []).entries()) {
    const payload = exposures.payloads[exposure];
    if (shift && payload && patches[exposure]) moveWhole(payload, exposures.layout, shift);
  }
  mendWith(patches, exposures.payloads, exposures.layout, exposures.reference);
  return patches;
}

/** The same with what was found in planes of these exposures before, of 8 bits or 16. @param only these rows, whole rows of chroma */
export function mendWith(patches: readonly (Patch | undefined)[], payloads: readonly Uint8Array[], layout: PlaneLayout, reference: number, only?: Rows): void {
  const own = payloads[reference];
  for (const [exposure, patch] of patches.entries()) {
    const payload = payloads[exposure];
    if (patch && payload && own) applyPatch(patch, payload, own, layout, only);
  }
}
