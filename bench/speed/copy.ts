/** The floor: a plain copy of the bytes that a fusion must move. */
import { leastBytes, makeRow, median, type Row } from './rows';

/** What of the bytes is copied at a time: so much that no cache helps. */
const PIECE = 1 << 24;

export function measureCopy(width: number, height: number, exposures: number, rounds: number): Row {
  const bytes = leastBytes({ width, height, exposures });
  const [from, to] = [new Uint8Array(PIECE).fill(1), new Uint8Array(PIECE).fill(2)];
  const times = Array.from({ length: rounds + 1 }, () => {
    const start = performance.now();
    for (let left = bytes; left > 0; left -= PIECE) to.set(left >= PIECE ? from : from.subarray(0, left));
    return performance.now() - start;
  }).slice(1);
  return makeRow({ case: 'copy of the same bytes (the floor)', width, height, exposures, threads: 1, provider: 'memcpy', ms: median(times) });
}
