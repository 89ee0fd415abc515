/** Finds what stands in a darker exposure alone before ground that the reference lost (index.ts). */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover, Shift } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { CLEARLY, clipLevel, pairsOf } from './clip-level';
import { groundAround } from './ground';
import { NodeGrid } from './node-grid';
import { NodeMask } from './node-mask';
import { sharesOf } from './shares';
import type { Patch } from './slopes';

export interface Exposures {
  /** Dark to bright, of 8 bits or 10: they are looked at in 8. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  readonly reference: number;
  /** What each exposure covers; all where there is none. */
  readonly covers?: readonly (Cover | undefined)[] | undefined;
  /** From where each is read. */
  readonly shifts?: readonly (Shift | undefined)[] | undefined;
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
export function findPatches({ payloads, layout, range, reference, covers, shifts }: Exposures, block: number): (Patch | undefined)[] {
  if (depthOf(layout.format) === 16 || reference === 0) return [];
  const [black, span] = RANGES[range];
  const own = payloads[reference];
  if (!own) return [];
  const grid = new NodeGrid(layout, block);
  const codes = grid.codesOf(own);
  const white = Math.ceil(black + WHITE * span);
  if (!isSome(codes, white)) return [];
  const whiteness = Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, 0.5 + ((code - black) / span - WHITE) / SOFT)));
  return payloads.slice(0, reference).map((payload, exposure) => {
    const shift = shifts?.[exposure];
    const shown = grid.codesOf(payload, shift);
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
    const ground = groundAround(payload, layout, grid, shown, taken, isGround, shift);
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
