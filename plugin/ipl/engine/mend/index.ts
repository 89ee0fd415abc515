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
 *    blurred or dazzled (node-mask.ts).
 * 3. In its place comes the exposure's own ground around it (ground.ts, patch.ts). Where there is none near, all stays as it is, and where
 *    the reference becomes white by and by it is put there by and by (shares.ts).
 *
 * Statistics, network, blend and GPU graphs see the mended exposures and know nothing of it. It looks at eight by eight pixels of a block,
 * and at others only where there is something to mend. Nothing is kept from picture to picture: the whole picture is at hand here, whatever its slices.
 */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { CLEARLY, clipLevel, pairsOf } from './clip-level';
import { groundAround } from './ground';
import { NodeGrid } from './node-grid';
import { NodeMask } from './node-mask';
import { applyPatch } from './patch';
import { sharesOf } from './shares';
import type { Patch } from './slopes';

export type { Patch } from './slopes';

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

/** From here on it is nearly white: a step from less to white is an edge of the scene. */
const NEARLY = 0.8;

/** In so much of luma it becomes white, so that no edge is drawn where a light fades. */
const SOFT = 0.015;

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
  const white = Math.ceil(black + WHITE * span);
  if (!isSome(codes, white)) return [];
  const whiteness = Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, 0.5 + ((code - black) / span - WHITE) / SOFT)));
  return payloads.slice(0, reference).map((payload, exposure) => {
    const shown = grid.codesOf(payload);
    const covered = grid.coveredBy(covers?.[exposure]);
    const pairs = pairsOf(codes, shown, covered);
    const level = clipLevel(pairs, black, span);
    if (level === undefined) return undefined;
    const clearly = level - CLEARLY * span;
    const found = countBelow(pairs, white, clearly);
    if (found === 0 || found > MOST * countBelow(pairs, white, 256)) return undefined;
    const parts = belowIn(grid, codes, white, shown, clearly, covered).wideParts();
    if (!parts) return undefined;
    const taken = parts.grown();
    const isGround = (node: number): boolean => (codes[node] ?? 0) >= white && (shown[node] ?? 0) >= level && covered?.[node] !== 0;
    const ground = groundAround(payload, layout, grid, shown, taken, isGround);
    return { shares: sharesOf(taken, grid, ground, codes, black + NEARLY * span, white), box: taken.box(), grid, ground, whiteness };
  });
}

function isSome(codes: Uint8Array, white: number): boolean {
  for (let node = 0; node < codes.length; node += 1) if ((codes[node] ?? 0) >= white) return true;
  return false;
}

/** Nodes where the reference is white and an exposure below a code, of those that it covers. */
function countBelow(pairs: Uint32Array, white: number, clearly: number): number {
  let count = 0;
  for (let code = white; code < 256; code += 1) {
    for (let shown = 0; shown < clearly; shown += 1) count += pairs[(code << 8) | shown] ?? 0;
  }
  return count;
}

/** Which these are. */
function belowIn({ columns, rows }: NodeGrid, codes: Uint8Array, white: number, shown: Uint8Array, clearly: number, covered: Uint8Array | undefined): NodeMask {
  const below = new NodeMask(columns, rows);
  for (let node = 0; node < codes.length; node += 1) {
    if ((codes[node] ?? 0) >= white && (shown[node] ?? 0) < clearly && covered?.[node] !== 0) below.add(node % columns, Math.floor(node / columns));
  }
  return below;
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
