// From powers to weights, and the weighted sum of codes.
//
// Weights are 16-bit integers in units of 2^-14, side by side for exposures 1 and 2, 3 and 4 (0 where there is none), so
// that one dot product weighs two exposures: fused = Yr' + w1 (Y1 - Yr') + w2 (Y2 - Yr') + ..., where Yr' is the reference
// after its tone curve. The reference's weight, the rest to one, is never needed; and where exposures agree, the sum is
// exact whatever the weights.

import { interleaveHigh, interleaveLow, ROUND, UNIT } from './powers';
import { exposures } from './settings';
import { TONE_BITS } from './tone';

/** One, as a weight. */
const ONE: f32 = 16384;
export const WEIGHT_BITS: i32 = 14;

/** The number of exposures is a constant in each of the four, so that the compiler unrolls them. */
export function blendRun(
  codesA: usize, codesB: usize, exposureStride: usize, outA: usize, outB: usize, pixels: i32,
  tonesA: usize, tonesB: usize, powersA: usize, powersB: usize, powerStride: usize, weights: usize, weightStride: usize,
): void {
  if (exposures == 3) {
    blendEights(
      codesA, codesB, exposureStride, outA, outB, pixels, tonesA, tonesB, powersA, powersB, powerStride, weights, weightStride, 3,
    );
  } else if (exposures == 2) {
    blendEights(
      codesA, codesB, exposureStride, outA, outB, pixels, tonesA, tonesB, powersA, powersB, powerStride, weights, weightStride, 2,
    );
  } else if (exposures == 4) {
    blendEights(
      codesA, codesB, exposureStride, outA, outB, pixels, tonesA, tonesB, powersA, powersB, powerStride, weights, weightStride, 4,
    );
  } else {
    blendEights(
      codesA, codesB, exposureStride, outA, outB, pixels, tonesA, tonesB, powersA, powersB, powerStride, weights, weightStride, 5,
    );
  }
}

// @ts-ignore: decorator
@inline
function blendEights(
  codesA: usize, codesB: usize, exposureStride: usize, outA: usize, outB: usize, pixels: i32,
  tonesA: usize, tonesB: usize, powersA: usize, powersB: usize, powerStride: usize, weights: usize, weightStride: usize, k: i32,
): void {
  for (const end = codesA + <usize>pixels; codesA < end;) {
    const scaleA0 = scaleOf(powersA, powerStride, k);
    const scaleA1 = scaleOf(powersA + 16, powerStride, k);
    const scaleB0 = scaleOf(powersB, powerStride, k);
    const scaleB1 = scaleOf(powersB + 16, powerStride, k);
    const weightsA0 = pairOf(powersA, powerStride, scaleA0, k > 2);
    const weightsA1 = pairOf(powersA + 16, powerStride, scaleA1, k > 2);
    const weightsB0 = pairOf(powersB, powerStride, scaleB0, k > 2);
    const weightsB1 = pairOf(powersB + 16, powerStride, scaleB1, k > 2);
    v128.store(weights, meanOfFours(i16x8.avgr_u(weightsA0, weightsB0), i16x8.avgr_u(weightsA1, weightsB1)));
    const refA = v128.load(tonesA);
    const refB = v128.load(tonesB);
    const ownA1 = differences(codesA + exposureStride, refA);
    const ownB1 = differences(codesB + exposureStride, refB);
    const ownA2 = k > 2 ? differences(codesA + 2 * exposureStride, refA) : i16x8.splat(0);
    const ownB2 = k > 2 ? differences(codesB + 2 * exposureStride, refB) : i16x8.splat(0);
    let sumA0 = i32x4.dot_i16x8_s(interleaveLow(ownA1, ownA2), weightsA0);
    let sumA1 = i32x4.dot_i16x8_s(interleaveHigh(ownA1, ownA2), weightsA1);
    let sumB0 = i32x4.dot_i16x8_s(interleaveLow(ownB1, ownB2), weightsB0);
    let sumB1 = i32x4.dot_i16x8_s(interleaveHigh(ownB1, ownB2), weightsB1);
    if (k > 3) {
      const nextA = powersA + 2 * powerStride;
      const nextB = powersB + 2 * powerStride;
      const moreA0 = pairOf(nextA, powerStride, scaleA0, k > 4);
      const moreA1 = pairOf(nextA + 16, powerStride, scaleA1, k > 4);
      const moreB0 = pairOf(nextB, powerStride, scaleB0, k > 4);
      const moreB1 = pairOf(nextB + 16, powerStride, scaleB1, k > 4);
      v128.store(weights + weightStride, meanOfFours(i16x8.avgr_u(moreA0, moreB0), i16x8.avgr_u(moreA1, moreB1)));
      const ownA3 = differences(codesA + 3 * exposureStride, refA);
      const ownB3 = differences(codesB + 3 * exposureStride, refB);
      const ownA4 = k > 4 ? differences(codesA + 4 * exposureStride, refA) : i16x8.splat(0);
      const ownB4 = k > 4 ? differences(codesB + 4 * exposureStride, refB) : i16x8.splat(0);
      sumA0 = i32x4.add(sumA0, i32x4.dot_i16x8_s(interleaveLow(ownA3, ownA4), moreA0));
      sumA1 = i32x4.add(sumA1, i32x4.dot_i16x8_s(interleaveHigh(ownA3, ownA4), moreA1));
      sumB0 = i32x4.add(sumB0, i32x4.dot_i16x8_s(interleaveLow(ownB3, ownB4), moreB0));
      sumB1 = i32x4.add(sumB1, i32x4.dot_i16x8_s(interleaveHigh(ownB3, ownB4), moreB1));
    }
    storeCodes(outA, refA, sumA0, sumA1);
    storeCodes(outB, refB, sumB0, sumB1);
    codesA += 8;
    codesB += 8;
    outA += 8;
    outB += 8;
    tonesA += 16;
    tonesB += 16;
    powersA += 32;
    powersB += 32;
    weights += 16;
  }
}

/** The weights of 2x2 pixels at the right edge of which only the left two exist. */
export function edgeWeights(
  powersA: usize, powersB: usize, powerStride: usize, weights: usize, weightStride: usize,
): void {
  const k = exposures;
  const scaleA = scaleOf(powersA, powerStride, k);
  const scaleB = scaleOf(powersB, powerStride, k);
  for (let i = 1; i < k; i += 2) {
    const both = i + 1 < k;
    const mean = i16x8.avgr_u(pairOf(powersA, powerStride, scaleA, both), pairOf(powersB, powerStride, scaleB, both));
    v128.store32_lane(weights, mean, 0);
    powersA += 2 * powerStride;
    powersB += 2 * powerStride;
    weights += weightStride;
  }
}

/** The mean weights of four times two neighbours. */
// @ts-ignore: decorator
@inline
function meanOfFours(a: v128, b: v128): v128 {
  return i16x8.avgr_u(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

/** What makes weights of the powers of four pixels. */
// @ts-ignore: decorator
@inline
function scaleOf(powers: usize, stride: usize, k: i32): v128 {
  let sum = f32x4.add(f32x4.splat(UNIT), v128.load(powers));
  if (k > 2) sum = f32x4.add(sum, v128.load(powers + stride));
  if (k > 3) sum = f32x4.add(sum, v128.load(powers + 2 * stride));
  if (k > 4) sum = f32x4.add(sum, v128.load(powers + 3 * stride));
  return f32x4.div(f32x4.splat(ONE), sum);
}

/** The weights of two exposures at four pixels, side by side; 0 for the second where there is none. */
// @ts-ignore: decorator
@inline
function pairOf(powers: usize, stride: usize, scale: v128, both: bool): v128 {
  const magic = f32x4.splat(ROUND);
  const first = f32x4.add(f32x4.mul(v128.load(powers), scale), magic);
  if (!both) return v128.and(first, i32x4.splat(0xffff));
  const second = f32x4.add(f32x4.mul(v128.load(powers + stride), scale), magic);
  return i16x8.shuffle(first, i32x4.shl(second, 16), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Eight codes less the reference's toned ones, in the units of these. */
// @ts-ignore: decorator
@inline
function differences(codes: usize, ref: v128): v128 {
  return i16x8.sub(i16x8.shl(v128.load8x8_u(codes), TONE_BITS), ref);
}

/** The sum of weighted differences, in the units of the differences. */
// @ts-ignore: decorator
@inline
export function weighted(sum0: v128, sum1: v128): v128 {
  const half = i32x4.splat(1 << (WEIGHT_BITS - 1));
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(sum0, half), WEIGHT_BITS), i32x4.shr_s(i32x4.add(sum1, half), WEIGHT_BITS),
  );
}

/** Eight codes: the reference's toned ones and the weighted differences, rounded. */
// @ts-ignore: decorator
@inline
function storeCodes(out: usize, ref: v128, sum0: v128, sum1: v128): void {
  const fused = i16x8.add(i16x8.add(ref, weighted(sum0, sum1)), i16x8.splat(<i16>64));
  const codes = i16x8.shr_s(fused, TONE_BITS);
  v128.store64_lane(out, i8x16.narrow_i16x8_u(codes, codes), 0);
}
