// The luma samples that the statistics look at.

import { black, span } from './settings';

/**
 * Leaves every 2^`halvings`-th code of a row of `codes` codes at the row's start, less black and clamped to 0..span.
 * In place: a byte is written only after those from its position on were read. The row's memory must be a multiple
 * of 32 bytes.
 */
export function compactSamples(row: usize, codes: i32, halvings: i32): void {
  let count = <usize>codes;
  for (let i = 0; i < halvings; i++) {
    for (let from: usize = 0, to = row; from < count; from += 32, to += 16) {
      const a = v128.load(row + from);
      const b = v128.load(row + from + 16);
      v128.store(to, i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
    }
    count = (count + 1) >> 1;
  }
  const low = i8x16.splat(<i8>black);
  const high = i8x16.splat(<i8>span);
  for (let x: usize = 0; x < count; x += 16) {
    v128.store(row + x, i8x16.min_u(i8x16.sub_sat_u(v128.load(row + x), low), high));
  }
}
