/** Finds what stands in a darker exposure alone before ground that the reference lost (index.ts). */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { CLEARLY, clipLevel } from './clip-level';
import { groundAround, knownAt } from './ground';
import { NodeGrid } from './node-grid';
import { wideParts } from './node-mask';
import type { Patch } from './patch';

export interface Exposures {
  /** Dark to bright, of 8 bits or 10: they are looked at in 8. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  readonly reference: number;
  /** What each exposure covers; all where there is none. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
}

/** Luma of the reference from which on it is white: what is left of its range is a camera's rounding and a codec's. */
const WHITE = 0.9825;

/** In so much of luma it becomes white, so that no edge is drawn where a light fades. */
const SOFT = 0.015;

/** Of the reference's white, more than this cannot be somebody: then exposures do not tell of one another. */
const MOST = 0.5;

/** By exposure, what is to be mended of it, if anything. @param block pixels of the network's blocks */
export function findPatches({ payloads, layout, range, reference, covers }: Exposures, block: number): (Patch | undefined)[] {
  if (depthOf(layout.format) === 16 || reference === 0) return [];
  const [black, span] = RANGES[range];
  const own = payloads[reference];
  if (!own) return [];
  const grid = new NodeGrid(layout, block);
  const codes = grid.codesOf(own);
  const white = Math.ceil(black + WHITE * span);
  if (!codes.some((code) => code >= white)) return [];
  const whiteness = Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, 0.5 + ((code - black) / span - WHITE) / SOFT)));
  return payloads.slice(0, reference).map((payload, exposure) => {
    const shown = grid.codesOf(payload);
    const covered = grid.coveredBy(covers?.[exposure]);
    const level = clipLevel(codes, shown, covered, black, span);
    if (level === undefined) return undefined;
    const below = whatIsBelow(codes, white, shown, level - CLEARLY * span, covered);
    const mask = below && wideParts(below, grid.columns, grid.rows);
    if (!mask) return undefined;
    const ground = groundAround(payload, layout, grid, groundNodes(codes, white, shown, level, mask, covered));
    const shares = new Float32Array(mask.length);
    for (let node = 0; node < mask.length; node += 1) if (mask[node]) shares[node] = knownAt(ground, node % grid.columns, Math.floor(node / grid.columns));
    return { shares, grid, ground, whiteness };
  });
}

/** 1 at the nodes where the reference is white and the exposure below a level; undefined where there is none, or where that is too much to be somebody. */
function whatIsBelow(codes: Uint8Array, white: number, shown: Uint8Array, level: number, covered: Uint8Array | undefined): Uint8Array | undefined {
  const below = new Uint8Array(codes.length);
  let [all, found] = [0, 0];
  for (let node = 0; node < codes.length; node += 1) {
    if ((codes[node] ?? 0) < white) continue;
    all += 1;
    if ((shown[node] ?? 0) >= level || covered?.[node] === 0) continue;
    found += 1;
    below[node] = 1;
  }
  return found > 0 && found <= MOST * all ? below : undefined;
}

/** 1 at the nodes where an exposure shows what the reference lost. */
function groundNodes(codes: Uint8Array, white: number, shown: Uint8Array, level: number, mask: Uint8Array, covered: Uint8Array | undefined): Uint8Array {
  const ground = new Uint8Array(codes.length);
  for (let node = 0; node < codes.length; node += 1) {
    if ((codes[node] ?? 0) >= white && !mask[node] && (shown[node] ?? 0) >= level && covered?.[node] !== 0) ground[node] = 1;
  }
  return ground;
}
