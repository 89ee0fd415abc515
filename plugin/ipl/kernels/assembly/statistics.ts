// Luma statistics of one row of map blocks. All sums are integer sums of codes, so they are exact; what floating-point
// rounding remains comes from the last few operations, in float64.

import { meanLaplacian } from './contrast';
import { bytesBetween, distance, leastByte, total, totalOfWords } from './reduce';
import { STATISTICS } from './rule.generated';
import { exposures, mapWidth, span } from './settings';

/**
 * Writes channels 0..10 of float32 [K][15][mapWidth]: mean, standard deviation, least and greatest of Yk, mean and
 * deviation of Yr, mean |Yk - Yr|, ten times the covariance of Yk and Yr, (k - r) / 4, K / 5, mean |Laplacian| of Yk.
 *
 * - `reference`: index of the reference exposure.
 * - `samples`: the rows of exposure 0 (samples.ts), `rowStride` bytes apart, `exposureStride` bytes on those of the
 *   next exposure. Readable from 1 byte before the first to 16 bytes past the last sample.
 * - `rows`: sampled rows inside the picture, at most 16. `columns`: sampled columns of the picture.
 * - `side`: samples of a block in each direction, 8 or 16.
 * - `innerRows`, `innerColumns`: sampled rows of the block and columns of the picture before the picture's last pixel.
 */
export function lumaStatistics(
  reference: i32,
  samples: usize,
  rowStride: usize,
  exposureStride: usize,
  rows: i32,
  columns: i32,
  side: i32,
  innerRows: i32,
  innerColumns: i32,
  out: usize,
): void {
  const channel = (<usize>mapWidth) << 2;
  for (let k = 0; k < exposures; k++) {
    for (let column = 0; column < mapWidth; column++) {
      const x = column * side;
      const own = samples + <usize>k * exposureStride + x;
      const columnsInside = min(side, columns - x);
      const inner = min(side - 1, innerColumns - x);
      oneBlock(
        own, samples + <usize>reference * exposureStride + x,
        rowStride, rows, columnsInside, out, channel,
      );
      store<f32>(out + 8 * channel, <f32>(k - reference) * 0.25);
      store<f32>(out + 9 * channel, <f32>exposures * 0.2);
      store<f32>(out + 10 * channel, <f32>(meanLaplacian(own, rowStride, min(side - 1, innerRows), inner) / <f64>span));
      out += 4;
    }
    out += (STATISTICS - 1) * channel;
  }
}

/** Channels 0..7 of the block whose samples start at `own` and `ref` and are `columns` (up to 16) by `rows`. */
// @ts-ignore: decorator
@inline
function oneBlock(own: usize, ref: usize, rowStride: usize, rows: i32, columns: i32, out: usize, channel: usize): void {
  const inside = bytesBetween(0, columns);
  let sum = i16x8.splat(0);
  let sumRef = i16x8.splat(0);
  let sumDifference = i16x8.splat(0);
  let squares = i32x4.splat(0);
  let squaresRef = i32x4.splat(0);
  let products = i32x4.splat(0);
  let least = i8x16.splat(-1);
  let greatest = i8x16.splat(0);
  for (let i = 0; i < rows; i++) {
    const a = v128.and(v128.load(own), inside);
    const b = v128.and(v128.load(ref), inside);
    const a0 = i16x8.extend_low_i8x16_u(a);
    const a1 = i16x8.extend_high_i8x16_u(a);
    const b0 = i16x8.extend_low_i8x16_u(b);
    const b1 = i16x8.extend_high_i8x16_u(b);
    sum = i16x8.add(sum, i16x8.add(a0, a1));
    sumRef = i16x8.add(sumRef, i16x8.add(b0, b1));
    sumDifference = i16x8.add(sumDifference, i16x8.extadd_pairwise_i8x16_u(distance(a, b)));
    squares = i32x4.add(squares, i32x4.add(i32x4.dot_i16x8_s(a0, a0), i32x4.dot_i16x8_s(a1, a1)));
    squaresRef = i32x4.add(squaresRef, i32x4.add(i32x4.dot_i16x8_s(b0, b0), i32x4.dot_i16x8_s(b1, b1)));
    products = i32x4.add(products, i32x4.add(i32x4.dot_i16x8_s(a0, b0), i32x4.dot_i16x8_s(a1, b1)));
    // Lanes outside are 255 for the least and 0 for the greatest.
    least = i8x16.min_u(least, v128.or(a, v128.not(inside)));
    greatest = i8x16.max_u(greatest, a);
    own += rowStride;
    ref += rowStride;
  }
  const each: f64 = 1.0 / <f64>(rows * columns);
  const unit: f64 = 1.0 / <f64>span;
  const mean = totalOfWords(sum) * each;
  const meanRef = totalOfWords(sumRef) * each;
  const variance = max(total(squares) * each - mean * mean, 0);
  const varianceRef = max(total(squaresRef) * each - meanRef * meanRef, 0);
  const covariance = total(products) * each - mean * meanRef;
  store<f32>(out, <f32>(mean * unit));
  store<f32>(out + channel, <f32>(sqrt(variance) * unit));
  store<f32>(out + 2 * channel, <f32>(<f64>leastByte(least) * unit));
  store<f32>(out + 3 * channel, <f32>(<f64>(255 - leastByte(v128.not(greatest))) * unit));
  store<f32>(out + 4 * channel, <f32>(meanRef * unit));
  store<f32>(out + 5 * channel, <f32>(sqrt(varianceRef) * unit));
  store<f32>(out + 6 * channel, <f32>(totalOfWords(sumDifference) * each * unit));
  store<f32>(out + 7 * channel, <f32>(covariance * unit * unit * 10.0));
}
