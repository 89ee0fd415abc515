// The luma of two pixel rows. A row is cut where map columns have their centres: from one centre to the next, the
// coefficients are linear in x. What passes from one step to the next within such a segment stays in the first-level
// cache.

import { evaluateLogits, widenLuma } from './logits';
import { block, channelStride, exposures, mapWidth, width } from './settings';
import { blendFour } from './softmax';

/**
 * Blends two luma rows and leaves the sum of their weights for the chroma.
 *
 * - `codesA`, `codesB`: the rows in the reference; the other exposures' follow, `exposureStride` bytes apart. At an odd
 *   picture's last row both are the same row.
 * - `outA`, `outB`: where the fused rows go; up to 3 bytes past the width are written.
 * - `tableA`, `tableB`: the rows' coefficients (coefficients.ts).
 * - `scratch`: float32 [2][K][block + 16].
 * - `weights`: float32 [K][weightStride], the sum of the two rows' weights at each x, in 0..2.
 */
export function blendLumaRows(
  codesA: usize,
  codesB: usize,
  exposureStride: usize,
  outA: usize,
  outB: usize,
  tableA: usize,
  tableB: usize,
  scratch: usize,
  weights: usize,
  weightStride: usize,
): void {
  const stride = (<usize>block + 16) << 2;
  const logitsA = scratch;
  const logitsB = scratch + <usize>exposures * stride;
  const rowEnd = (width + 3) & ~3;
  for (let column = 0, x = 0; column <= mapWidth && x < rowEnd; column++) {
    // Half a block lies left of the first map column's centre.
    const first = column == 0 ? block >> 1 : 0;
    const pixels = min(block - first, rowEnd - x);
    const at = (<usize>column) << 2;
    segmentLogits(tableA + at, codesA + x, exposureStride, logitsA, stride, first, pixels);
    segmentLogits(tableB + at, codesB + x, exposureStride, logitsB, stride, first, pixels);
    for (let i = 0; i < pixels; i += 4, x += 4) {
      const four = (<usize>i) << 2;
      blendFour(
        codesA + x, codesB + x, exposureStride, outA + x, outB + x,
        logitsA + four, logitsB + four, stride, weights + ((<usize>x) << 2), weightStride << 2,
      );
    }
  }
  // The 2x2 block at an odd right edge has one column: repeating it makes the chroma's average the same as elsewhere.
  if (width & 1) {
    for (let k = 0, at = weights + ((<usize>width) << 2); k < exposures; k++, at += weightStride << 2) {
      store<f32>(at, load<f32>(at - 4));
    }
  }
}

/** Logits of one row's segment, float32 [K] rows of `stride` bytes; the reference's row holds its luma instead. */
// @ts-ignore: decorator
@inline
function segmentLogits(
  table: usize, codes: usize, exposureStride: usize, out: usize, stride: usize, first: i32, pixels: i32,
): void {
  widenLuma(codes, out, pixels);
  for (let k = 1, to = out + stride; k < exposures; k++, to += stride) {
    codes += exposureStride;
    table += 6 * ((<usize>channelStride) << 2);
    widenLuma(codes, to, pixels);
    evaluateLogits(table, out, to, first, pixels);
  }
}
