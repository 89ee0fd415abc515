/** The levels at which the reference becomes white and black, on another exposure's own scale. */

/** Luma of the reference, from light to dark: the lightest that enough of the picture has tells the most. */
const BINS = [[0.96, 0.985], [0.93, 0.96], [0.88, 0.93], [0.8, 0.88], [0.7, 0.8], [0.6, 0.7], [0.5, 0.6], [0.4, 0.5], [0.3, 0.4]] as const;

/** The same from dark to light, for where it is black. */
const DARK_BINS = [[0.04, 0.06], [0.06, 0.09], [0.09, 0.13], [0.13, 0.2], [0.2, 0.3]] as const;

/** Nodes of a bin that are enough. */
const ENOUGH = 64;

/** Quartiles of a bin are at most so far apart, against its median: else exposures are not of one curve, or much has moved. */
const APART = 0.35;

/** Of the ratio: what is below is not a camera's noise around the ground. */
const KEPT = 0.96;

/** Luma below the level that is clearly something else. */
export const CLEARLY = 0.03;

const STEPS = 256;

/** Filled anew for each exposure: to take new memory for it costs half as much as to count. */
const pairs = new Uint32Array(2 ** 16);

/**
 * How many nodes have which code in the reference (times 256) and which in an exposure that covers them: all else that is asked of the whole picture is asked of this.
 * @returns holds until the next call
 */
export function pairsOf(codes: Uint8Array, shown: Uint8Array, covered: Uint8Array | undefined): Uint32Array {
  pairs.fill(0);
  // Four nodes at once take a third of the time; which of them is first does not matter.
  const [own, other] = covered ? [NONE, NONE] : [wordsOf(codes), wordsOf(shown)];
  const words = Math.min(own.length, other.length);
  for (let at = 0; at < words; at += 1) {
    const [a, b] = [own[at] ?? 0, other[at] ?? 0];
    addOne(((a & 0xff) << 8) | (b & 0xff));
    addOne((a & 0xff00) | ((b >> 8) & 0xff));
    addOne(((a >> 8) & 0xff00) | ((b >> 16) & 0xff));
    addOne(((a >>> 16) & 0xff00) | (b >>> 24));
  }
  for (let node = 4 * words; node < codes.length; node += 1) {
    if (covered && covered[node] === 0) continue;
    addOne(((codes[node] ?? 0) << 8) | (shown[node] ?? 0));
  }
  return pairs;
}

function addOne(at: number): void {
  pairs[at] = (pairs[at] ?? 0) + 1;
}

/** Which codes there are. */
export function codesIn(codes: Uint8Array): Uint8Array {
  const seen = new Uint8Array(256);
  const words = wordsOf(codes);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? 0;
    seen[word & 0xff] = 1;
    seen[(word >> 8) & 0xff] = 1;
    seen[(word >> 16) & 0xff] = 1;
    seen[word >>> 24] = 1;
  }
  for (let node = 4 * words.length; node < codes.length; node += 1) seen[codes[node] ?? 0] = 1;
  return seen;
}

const NONE = new Int32Array();

/** Nodes as words of four, but for the last; none where they do not lie so. */
const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Int32Array => (byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, length >> 2) : NONE);

/**
 * The exposure's luma over the reference's, median of the lightest that the reference still shows. A camera's curve bends towards white, so the
 * ratio grows from there on, and this is a bound from below: on nine real brackets less than a tenth of what the exposure shows at white is under it, people who moved included.
 * @returns a code, or undefined where nothing tells it
 */
export function clipLevel(pairs: Uint32Array, black: number, span: number): number | undefined {
  const ratio = ratioIn(BINS, pairs, black, span, false);
  return ratio === undefined ? undefined : black + KEPT * ratio * span;
}

/**
 * The same for a brighter exposure where the reference is black, from the darkest that it still shows: a bound from above.
 * @param lost luma of the reference up to which it is black
 */
export function blackLevel(pairs: Uint32Array, black: number, span: number, lost: number): number | undefined {
  const ratio = ratioIn(DARK_BINS, pairs, black, span, true);
  return ratio === undefined || ratio === 0 ? undefined : black + (lost * span) / (KEPT * ratio);
}

/** The median of the first bin that tells it: of the exposure's luma over the reference's, or of the inverse, up to 1. Bins behind it are not looked at. */
function ratioIn(bins: readonly (readonly [number, number])[], pairs: Uint32Array, black: number, span: number, inverse: boolean): number | undefined {
  const counts = new Uint32Array(STEPS);
  for (const [from, to] of bins) {
    counts.fill(0);
    for (let code = 0; code < 256; code += 1) {
      if (code - black >= from * span && code - black < to * span) addRatios(counts, pairs, code, black, inverse);
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total < ENOUGH) continue;
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(counts, share * total)) as [number, number, number];
    if (high - low <= APART * middle) return middle;
  }
  return undefined;
}

/** How often an exposure shows which share of a code of the reference. */
function addRatios(counts: Uint32Array, pairs: Uint32Array, code: number, black: number, inverse: boolean): void {
  for (let shown = 0; shown < 256; shown += 1) {
    const count = pairs[(code << 8) | shown] ?? 0;
    if (count === 0) continue;
    const at = Math.min(STEPS - 1, Math.max(0, Math.floor((inverse ? (code - black) / Math.max(0, shown - black) : (shown - black) / (code - black)) * STEPS)));
    counts[at] = (counts[at] ?? 0) + count;
  }
}

function quantile(counts: Uint32Array, wanted: number): number {
  let sum = 0;
  for (let step = 0; step < counts.length; step += 1) {
    sum += counts[step] ?? 0;
    if (sum >= wanted) return (step + 0.5) / STEPS;
  }
  return 1;
}
