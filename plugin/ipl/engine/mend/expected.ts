/** What an exposure shows where the reference shows a code, from what both show in the whole picture. */

/** Codes on either side that are looked at with each. */
const BESIDE = 3;

/** Pairs that are enough. */
const ENOUGH = 64;

/** Quartiles are at most so far apart, against the median: else exposures are not of one curve there, or much has moved. */
const APART = 0.35;

/**
 * @param pairs from pairsOf
 * @returns by code of the reference, the exposure's: medians that never fall, on straight lines where nothing tells one; on from the last of [from, to); 0 below the first
 */
export function expectedOf(pairs: Uint32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(256);
  let [last, most] = [-1, 0];
  for (let code = from; code < to; code += 1) {
    const middle = middleOf(pairs, Math.max(from, code - BESIDE), Math.min(to - 1, code + BESIDE));
    if (middle === undefined) continue;
    const before = most;
    most = Math.max(most, middle);
    out[code] = most;
    for (let between = last + 1; last >= 0 && between < code; between += 1) out[between] = before + ((most - before) * (between - last)) / (code - last);
    last = code;
  }
  if (last >= 0) out.fill(most, last);
  return out;
}

function middleOf(pairs: Uint32Array, first: number, last: number): number | undefined {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let code = first; code <= last; code += 1) {
    for (let shown = 0; shown < 256; shown += 1) {
      const count = pairs[(code << 8) | shown] ?? 0;
      counts[shown] = (counts[shown] ?? 0) + count;
      total += count;
    }
  }
  if (total < ENOUGH) return undefined;
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(counts, share * total)) as [number, number, number];
  return high - low <= APART * middle ? middle : undefined;
}

function quantile(counts: Uint32Array, wanted: number): number {
  let sum = 0;
  for (const [code, count] of counts.entries()) {
    sum += count;
    if (sum >= wanted) return code;
  }
  return 255;
}
