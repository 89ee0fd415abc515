/**
 * Takes out of an exposure what stands in it alone before ground that the reference lost.
 *
 * Where the reference is clipped it says nothing of motion, and a block of statistics cannot tell ground that only a darker exposure
 * shows from somebody who stood before it then: who was dark left a trace paler than the ground, who was dim one that is darker (20 to 45
 * codes in drawn scenes). It takes no weight to veto: the network gave such pixels none, and its guess of the block's tone was what was wrong, as the block's
 * statistics were of somebody who is not there. So a darker exposure is mended before anything else looks at it:
 *
 * 1. The level at which the reference clips, on the exposure's own scale, is a relation of the whole picture (clip-level.ts).
 * 2. What lies clearly below it where the reference is white, and is wide, is not the ground: a narrow rim is a reference that is
 *    blurred or dazzled (node-mask.ts).
 * 3. In its place comes the exposure's own ground around it (ground.ts, patch.ts). Where there is none near, all stays as it is.
 *
 * Statistics, network, blend and GPU graphs see the mended exposures and know nothing of it. It looks at eight by eight pixels of a block,
 * and at others only where there is something to mend. Nothing is kept from picture to picture: the whole picture is at hand here, whatever its slices.
 */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { CLEARLY, clipLevel } from './clip-level';
import { groundAround } from './ground';
import { NodeGrid } from './node-grid';
import { wideParts } from './node-mask';
import { applyPatch, type Patch } from './patch';

export { applyPatch, type Patch } from './patch';

export interface Exposures {
  /** Dark to bright, of 8 bits. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  readonly reference: number;
  /** What each exposure covers; all where there is none. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
}

/** Luma of the reference from which on it is white: what is left of its range is a camera's rounding and a codec's. */
const WHITE = 0.9825;

/** Of the reference's white, more than this cannot be somebody: then exposures do not tell of one another. */
const MOST = 0.5;

/** By exposure, what is to be mended of it, if anything. @param block pixels of the network's blocks */
export function findPatches({ payloads, layout, range, reference, covers }: Exposures, block: number): (Patch | undefined)[] {
  if (depthOf(layout.format) !== 8 || reference === 0) return [];
  const [black, span] = RANGES[range];
  const own = payloads[reference];
  if (!own) return [];
  const grid = new NodeGrid(layout, block);
  const codes = grid.codesOf(own);
  const white = codes.map((code) => (code >= black + WHITE * span ? 1 : 0));
  if (!white.includes(1)) return [];
  return payloads.slice(0, reference).map((payload, exposure) => {
    const shown = grid.codesOf(payload);
    const covered = grid.coveredBy(covers?.[exposure]);
    const level = clipLevel(codes, shown, covered, black, span);
    if (level === undefined) return undefined;
    const below = white.map((isWhite, node) => (isWhite && covered(node) && (shown[node] ?? 0) < level - CLEARLY * span ? 1 : 0));
    if (sum(below) > MOST * sum(white)) return undefined;
    const mask = wideParts(below, grid.columns, grid.rows);
    if (!mask) return undefined;
    const isGround = (node: number): boolean => white[node] === 1 && below[node] === 0 && mask[node] === 0 && covered(node) && (shown[node] ?? 0) >= level;
    return { mask, grid, ground: groundAround(payload, layout, grid, isGround), white: [black + (WHITE - 0.0075) * span, black + (WHITE + 0.0075) * span] };
  });
}

/** Mends the exposures, in place. */
export function mend(exposures: Exposures, block: number): (Patch | undefined)[] {
  const patches = findPatches(exposures, block);
  mendWith(patches, exposures.payloads, exposures.layout, exposures.reference);
  return patches;
}

/** The same with what was found in planes of these exposures before, of 8 bits or 16. */
export function mendWith(patches: readonly (Patch | undefined)[], payloads: readonly Uint8Array[], layout: PlaneLayout, reference: number): void {
  const own = payloads[reference];
  for (const [exposure, patch] of patches.entries()) {
    const payload = payloads[exposure];
    if (patch && payload && own) applyPatch(patch, payload, own, layout);
  }
}

const sum = (mask: Uint8Array): number => mask.reduce((total, value) => total + value, 0);
