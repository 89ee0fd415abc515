// Contrast as in Mertens' exposure fusion: the mean magnitude of the Laplacian, of pixels at the inner samples of a block.
// Every third row is enough, and its neighbours are two more rows of the picture to read.

import { bytesBetween, totalOfWords } from './reduce';
import { CONTRAST_STEP } from './rule.generated';

/** The samples' neighbours in the picture: bytes from a sample to where its neighbour is kept. */
let left: isize = 0;
let right: isize = 0;
let upper: isize = 0;
let lower: isize = 0;

export function setNeighbours(left_: isize, right_: isize, upper_: isize, lower_: isize): void {
  left = left_;
  right = right_;
  upper = upper_;
  lower = lower_;
}

/**
 * Mean |4 c - left - right - upper - lower|, in codes, over the samples 1..`columns` - 1 of the rows 1, 1 + CONTRAST_STEP, ...
 * before `rows` of the block at `block`; 0 where there are none. At most 15 of each.
 */
export function meanLaplacian(block: usize, rowStride: usize, rows: i32, columns: i32): f64 {
  if (rows < 2 || columns < 2) return 0;
  // A lane adds one column: at most 15 rows of 4 x 255.
  let sum0 = i16x8.splat(0);
  let sum1 = i16x8.splat(0);
  block += rowStride;
  let count = 0;
  for (let i = 1; i < rows; i += CONTRAST_STEP, block += CONTRAST_STEP * rowStride, count++) {
    const codes = v128.load(block);
    const l = v128.load(block + left);
    const r = v128.load(block + right);
    const u = v128.load(block + upper);
    const d = v128.load(block + lower);
    const around0 = i16x8.add(
      i16x8.add(i16x8.extend_low_i8x16_u(l), i16x8.extend_low_i8x16_u(r)),
      i16x8.add(i16x8.extend_low_i8x16_u(u), i16x8.extend_low_i8x16_u(d)),
    );
    const around1 = i16x8.add(
      i16x8.add(i16x8.extend_high_i8x16_u(l), i16x8.extend_high_i8x16_u(r)),
      i16x8.add(i16x8.extend_high_i8x16_u(u), i16x8.extend_high_i8x16_u(d)),
    );
    sum0 = i16x8.add(sum0, i16x8.abs(i16x8.sub(i16x8.shl(i16x8.extend_low_i8x16_u(codes), 2), around0)));
    sum1 = i16x8.add(sum1, i16x8.abs(i16x8.sub(i16x8.shl(i16x8.extend_high_i8x16_u(codes), 2), around1)));
  }
  const inner = bytesBetween(1, columns);
  const sum = totalOfWords(v128.and(sum0, i16x8.extend_low_i8x16_s(inner)))
    + totalOfWords(v128.and(sum1, i16x8.extend_high_i8x16_s(inner)));
  return sum / <f64>(count * (columns - 1));
}
