/** Finds what stands in one exposure alone before ground that the reference lost (index.ts). */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover, Shift } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { blackLevel, CLEARLY, clipLevel, pairsOf } from './clip-level';
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

/** Luma of the reference up to which it is black: what noise leaves of the darkest. */
const BLACK = 0.04;

/** One of the two ends of the reference's range, where it has lost what is there: white before darker exposures, black before brighter ones. */
interface End {
  /** By code of the reference. */
  readonly whiteness: Float32Array;
  /** The code of the reference from which on it is lost: up to 255, or down to 0. */
  readonly lost: number;
  readonly isDark: boolean;
  /** What an exposure's ground is at least, or at most. */
  readonly levelOf: (pairs: Uint32Array) => number | undefined;
}

/** By exposure, what is to be mended of it, if anything. @param block pixels of the network's blocks */
export function findPatches(exposures: Exposures, block: number): (Patch | undefined)[] {
  const { payloads, layout, reference, range } = exposures;
  const own = payloads[reference];
  if (depthOf(layout.format) === 16 || !own || payloads.length < 2) return [];
  const grid = new NodeGrid(layout, block);
  const codes = grid.codesOf(own);
  const seen = codesIn(codes);
  const [white, black] = endsOf(range).map((end) => (isSome(seen, end) ? end : undefined));
  return payloads.map((_, exposure) => {
    const end = exposure < reference ? white : exposure > reference ? black : undefined;
    return end && findPatch(exposures, exposure, grid, codes, end);
  });
}

function endsOf(range: ColourRange): [End, End] {
  const [black, span] = RANGES[range];
  const fading = (edge: number, sign: number): Float32Array =>
    Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, 0.5 + (sign * ((code - black) / span - edge)) / SOFT)));
  return [
    { lost: Math.ceil(black + WHITE * span), isDark: false, whiteness: fading(WHITE, 1), levelOf: (pairs) => clipLevel(pairs, black, span) },
    { lost: Math.floor(black + BLACK * span), isDark: true, whiteness: fading(BLACK, -1), levelOf: (pairs) => blackLevel(pairs, black, span, BLACK) },
  ];
}

function findPatch({ payloads, layout, range, covers, shifts }: Exposures, exposure: number, grid: NodeGrid, own: Uint8Array, { lost, isDark, levelOf, whiteness }: End): Patch | undefined {
  const payload = payloads[exposure];
  if (!payload) return undefined;
  const [black, span] = RANGES[range];
  const shift = shifts?.[exposure];
  const exposed = grid.codesOf(payload, shift);
  const covered = grid.coveredBy(covers?.[exposure]);
  const pairs = pairsOf(own, exposed, covered);
  const ground = levelOf(pairs);
  if (ground === undefined) return undefined;
  const clear = ground + (isDark ? CLEARLY : -CLEARLY) * span;
  const found = isDark ? count(pairs, 0, lost, clear, 255) : count(pairs, lost, 255, 0, clear);
  if (found === 0 || found > MOST * (isDark ? count(pairs, 0, lost, 0, 255) : count(pairs, lost, 255, 0, 255))) return undefined;
  // From here on, codes are turned round at the dark end: what is lost is light, and what is not the ground is darker than it.
  const turned = (code: number): number => (isDark ? 255 - code : code);
  const [codes, shown] = isDark ? [turnedRound(own), turnedRound(exposed)] : [own, exposed];
  const [white, level, nearly] = [turned(lost), turned(ground), turned(black + (isDark ? 1 - NEARLY : NEARLY) * span)];
  const parts = belowIn(grid, codes, white, shown, turned(clear), covered).wideParts();
  if (!parts) return undefined;
  const taken = parts.grown();
  const isGround = (node: number): boolean => (codes[node] ?? 0) >= white && (shown[node] ?? 0) >= level && covered?.[node] !== 0;
  const around = groundAround(payload, layout, grid, exposed, taken, isGround, shift);
  return { shares: sharesOf(taken, grid, around, codes, nearly, white), box: taken.box(), grid, ground: around, whiteness };
}

function turnedRound(codes: Uint8Array): Uint8Array {
  const out = new Uint8Array(codes.length);
  for (let at = 0; at < codes.length; at += 1) out[at] = 255 - (codes[at] ?? 0);
  return out;
}

/** Which codes there are. */
function codesIn(codes: Uint8Array): Uint8Array {
  const seen = new Uint8Array(256);
  for (let node = 0; node < codes.length; node += 1) seen[codes[node] ?? 0] = 1;
  return seen;
}

const isSome = (seen: Uint8Array, { lost, isDark }: End): boolean => (isDark ? seen.subarray(0, lost + 1) : seen.subarray(lost)).includes(1);

/** Nodes whose code in the reference, and in an exposure that covers them, is from the one to the other; without the ends of the latter that are no whole codes. */
function count(pairs: Uint32Array, first: number, last: number, from: number, to: number): number {
  let sum = 0;
  for (let code = first; code <= last; code += 1) {
    for (let shown = Math.ceil(from); shown <= to; shown += 1) sum += pairs[(code << 8) | shown] ?? 0;
  }
  return sum;
}

/** Nodes where the reference is lost and an exposure below a code, of those that it covers. */
function belowIn({ columns, rows }: NodeGrid, codes: Uint8Array, white: number, shown: Uint8Array, clearly: number, covered: Uint8Array | undefined): NodeMask {
  const below = new NodeMask(columns, rows);
  for (let node = 0; node < codes.length; node += 1) {
    if ((codes[node] ?? 0) >= white && (shown[node] ?? 0) < clearly && covered?.[node] !== 0) below.add(node % columns, Math.floor(node / columns));
  }
  return below;
}
