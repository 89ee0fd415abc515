/** Finds what stands in one exposure alone before ground that the reference lost (index.ts). */
import type { ColourRange } from '../../../core/frames/video-caps';
import { depthOf, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover, Shift } from '../../kernels';
import { RANGES } from '../../kernels/rule.generated';
import { blackLevel, CLEARLY, clipLevel, codesIn, pairsOf } from './clip-level';
import { expectedOf } from './expected';
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
  /** Luma of the nodes of each, where it is known (FusionKernels.statistics): the first look at pixels that no cache has takes most of the time. */
  readonly nodes?: readonly Uint8Array[] | undefined;
}

/** Luma of the reference from which on it is white: what is left of its range is a camera's rounding and a codec's. */
const WHITE = 0.9825;

/** From here on it is nearly white: colours fade, and what goes on there is known by its luma. */
const NEARLY = 0.75;

/** From here on what is not expected belongs to who stands before the white beside it, as a body does whose arm is before a window. */
const SHOWN = 0.3;

/** A step from less than this to what is filled is an edge of the scene. */
const LIGHT = 0.65;

/** The same at the other end: from less than this to black. */
const DARK = 0.2;

/** Of what an exposure is expected to show where the reference is nearly white: below it clearly shows something else. */
const SURE = 0.6;

/** In so much of luma what is filled begins, and passes over from what is expected to the ground: a code of the reference is many of the exposure's there. */
const FADING = 0.06;
const TURNING = 0.025;

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
  const codes = exposures.nodes?.[reference] ?? grid.codesOf(own);
  const seen = codesIn(codes);
  const [white, black] = ENDS[range].map((end) => (isSome(seen, end) ? end : undefined));
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

const ENDS = { full: endsOf('full'), limited: endsOf('limited') };

function findPatch({ payloads, layout, range, covers, shifts, nodes: known }: Exposures, exposure: number, grid: NodeGrid, own: Uint8Array, end: End): Patch | undefined {
  const payload = payloads[exposure];
  if (!payload) return undefined;
  const { lost, isDark } = end;
  const [black, span] = RANGES[range];
  const shift = shifts?.[exposure];
  const exposed = known?.[exposure] ?? grid.codesOf(payload, shift);
  const covered = grid.coveredBy(covers?.[exposure]);
  const pairs = pairsOf(own, exposed, covered);
  const bounds = boundsOf(pairs, end, span);
  if (!bounds) return undefined;
  const { ground, clear } = bounds;
  // From here on, codes are turned round at the dark end: what is lost is light, and what is not the ground is darker than it.
  const turned = (code: number): number => (isDark ? 255 - code : code);
  const nodes = { codes: isDark ? turnedRound(own) : own, shown: isDark ? turnedRound(exposed) : exposed, covered };
  const levels = { white: turned(lost), clear: turned(clear), light: turned(black + (isDark ? DARK : LIGHT) * span), span };
  // Before what is black nothing more is expected: noise has the most of it.
  const expected = isDark ? new Float32Array(256) : expectedOf(pairs, Math.ceil(black + SHOWN * span), lost);
  const fill = fillOf(expected, end.whiteness, black + NEARLY * span, span);
  const filled = isDark ? fill.filled.slice().reverse() : fill.filled;
  const taken = takenIn(grid, nodes, levels, expected, filled);
  if (!taken) return undefined;
  const isGround = (node: number): boolean => (nodes.codes[node] ?? 0) >= levels.white && (nodes.shown[node] ?? 0) >= turned(ground) && covered?.[node] !== 0;
  const around = groundAround(payload, layout, grid, exposed, taken, isGround, shift);
  const wider = taken.grown();
  const widest = wider.grown();
  return { ...fill, shares: sharesOf([taken, wider, widest], grid, around, nodes.codes, levels.light, filled), box: widest.box(), grid, ground: around };
}

/** Codes of an exposure: of the ground at least (or at most), and of what clearly is none; undefined where no node shows the latter, or too many do. */
function boundsOf(pairs: Uint32Array, { lost, isDark, levelOf }: End, span: number): { readonly ground: number; readonly clear: number } | undefined {
  const ground = levelOf(pairs);
  if (ground === undefined) return undefined;
  const clear = ground + (isDark ? CLEARLY : -CLEARLY) * span;
  const found = isDark ? count(pairs, 0, lost, clear, 255) : count(pairs, lost, 255, 0, clear);
  const all = isDark ? count(pairs, 0, lost, 0, 255) : count(pairs, lost, 255, 0, 255);
  return found === 0 || found > MOST * all ? undefined : { ground, clear };
}

/** What all nodes show, dark ends turned round. */
interface Nodes {
  /** In the reference. */
  readonly codes: Uint8Array;
  /** In the exposure. */
  readonly shown: Uint8Array;
  readonly covered: Uint8Array | undefined;
}

/** Codes: from which on the reference is lost, below which the exposure clearly shows no ground there, and from which on the reference is light. */
interface Levels {
  readonly white: number;
  readonly clear: number;
  readonly light: number;
  readonly span: number;
}

/**
 * Who stands there: what is wide before lost ground or, to be surer, wider before all that the reference shows. With what hangs on it; of that, what can be filled, and one node
 * around it.
 */
function takenIn(grid: NodeGrid, { codes, shown, covered }: Nodes, { white, clear, span }: Levels, expected: Float32Array, filled: Float32Array): NodeMask | undefined {
  const below = (limitOf: (code: number) => number): NodeMask => belowIn(grid, codes, limitOf, shown, covered);
  const inLost = below((code) => (code >= white ? clear : 0));
  const all = below((code) => (code >= white ? clear : SURE * (expected[code] ?? 0) - CLEARLY * span));
  const [wide, wider] = [inLost.holding(1), all.holding(2)];
  const seeds = wide && wider ? wide.with(wider) : (wide ?? wider);
  return seeds?.andWhatHangsOnThem(all).inside(below((code) => ((filled[code] ?? 0) > 0 ? 256 : 0)))?.grown();
}

/** What is filled by code of the reference: white by the ground, what is nearly white by what is expected there, and between them by less and less of it. */
function fillOf(expected: Float32Array, whiteness: Float32Array, nearly: number, span: number): Pick<Patch, 'filled' | 'lost' | 'expected'> {
  const isExpected = (code: number): boolean => code > nearly && (expected[code] ?? 0) > 0;
  const white = whiteness.lastIndexOf(0) + 1;
  return {
    filled: whiteness.map((share, code) => (isExpected(code) ? Math.min(1, (code - nearly) / (FADING * span)) : share)),
    lost: whiteness.map((_, code) => (isExpected(code) ? Math.min(1, Math.max(0, 1 - (white - code) / (TURNING * span))) : 1)),
    expected,
  };
}

function turnedRound(codes: Uint8Array): Uint8Array {
  const out = new Uint8Array(codes.length);
  for (let at = 0; at < codes.length; at += 1) out[at] = 255 - (codes[at] ?? 0);
  return out;
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

/** Nodes at which an exposure, where it covers them, is below what goes with the reference's code. */
function belowIn({ columns, rows }: NodeGrid, codes: Uint8Array, limitOf: (code: number) => number, shown: Uint8Array, covered: Uint8Array | undefined): NodeMask {
  const limits = Float32Array.from({ length: 256 }, (_, code) => limitOf(code));
  const below = new NodeMask(columns, rows);
  for (let node = 0; node < codes.length; node += 1) {
    if ((shown[node] ?? 0) < (limits[codes[node] ?? 0] ?? 0) && covered?.[node] !== 0) below.add(node % columns, Math.floor(node / columns));
  }
  return below;
}
