// From logits to weights, and the weighted sum of codes: fused = Yr' + w1 (Y1 - Yr') + w2 (Y2 - Yr') + ..., where Yr' is the
// reference after its tone curve. The reference's weight, the rest to one, is never needed; and where exposures agree, the
// sum is exact whatever the weights.

import { differencesOf, logitsOf, tones, weightsOf } from './column';
import { times } from './fixed';
import { LOGIT_BITS } from './logits';
import { exposures, lumaStride } from './settings';
import { TONE_BITS } from './tone';

/** 2^(64 - 127), the power of the logit 0: exponents of float32 count from -127, logits here from -64. */
const UNIT: f32 = 1.0842021724855044e-19;

/** One, as a weight: the largest of 16 bits. */
const ONE: f32 = 32767;

/** Grey, and half a code, which makes of a shift a rounding. */
const GREY_AND_HALF: i32 = (128 << TONE_BITS) + (1 << (TONE_BITS - 1));

/** A vector constant costs three instructions where it is used, in memory one. */
const constants = memory.data<f32>([UNIT, UNIT, UNIT, UNIT, ONE, ONE, ONE, ONE], 16);

/** Fuses a column's luma, of which `out` is the first row, and leaves the weights. */
export function fuseColumn(out: usize, rows: i32): void {
  // The number of exposures is a constant in each of the four, so that all of a row stays in registers.
  if (exposures == 3) fuse(out, rows, 3);
  else if (exposures == 2) fuse(out, rows, 2);
  else if (exposures == 4) fuse(out, rows, 4);
  else fuse(out, rows, 5);
}

// @ts-ignore: decorator
@inline
function fuse(out: usize, rows: i32, k: i32): void {
  for (let i: usize = 0, end = <usize>rows << 4; i < end; i += 16, out += lumaStride) {
    const low1 = powers(logitsOf(1) + i);
    const high1 = powers(logitsOf(1) + i + 8);
    const low2 = k > 2 ? powers(logitsOf(2) + i) : low1;
    const high2 = k > 2 ? powers(logitsOf(2) + i + 8) : high1;
    const low3 = k > 3 ? powers(logitsOf(3) + i) : low1;
    const high3 = k > 3 ? powers(logitsOf(3) + i + 8) : high1;
    const low4 = k > 4 ? powers(logitsOf(4) + i) : low1;
    const high4 = k > 4 ? powers(logitsOf(4) + i + 8) : high1;
    const unit = v128.load(constants);
    let sumLow = f32x4.add(unit, low1);
    let sumHigh = f32x4.add(unit, high1);
    if (k > 2) {
      sumLow = f32x4.add(sumLow, low2);
      sumHigh = f32x4.add(sumHigh, high2);
    }
    if (k > 3) {
      sumLow = f32x4.add(sumLow, low3);
      sumHigh = f32x4.add(sumHigh, high3);
    }
    if (k > 4) {
      sumLow = f32x4.add(sumLow, low4);
      sumHigh = f32x4.add(sumHigh, high4);
    }
    const scaleLow = f32x4.div(v128.load(constants, 16), sumLow);
    const scaleHigh = f32x4.div(v128.load(constants, 16), sumHigh);
    const toned = v128.load(tones + i);
    let fused = i16x8.add(toned, weighted(1, i, low1, high1, scaleLow, scaleHigh));
    if (k > 2) fused = i16x8.add(fused, weighted(2, i, low2, high2, scaleLow, scaleHigh));
    if (k > 3) fused = i16x8.add(fused, weighted(3, i, low3, high3, scaleLow, scaleHigh));
    if (k > 4) fused = i16x8.add(fused, weighted(4, i, low4, high4, scaleLow, scaleHigh));
    const codes = i16x8.shr_u(i16x8.add(fused, i16x8.splat(<i16>GREY_AND_HALF)), TONE_BITS);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(codes, codes), 0);
  }
}

/**
 * 2^logit of four pixels, by straight lines between whole logits: the bits of a logit in fixed point, moved to where a
 * float32 has its exponent.
 */
// @ts-ignore: decorator
@inline
function powers(logits: usize): v128 {
  return i32x4.shl(v128.load16x4_u(logits), 23 - LOGIT_BITS);
}

/** Makes and leaves one exposure's weights in a row, and weighs its difference from the reference with them. */
// @ts-ignore: decorator
@inline
function weighted(exposure: i32, row: usize, low: v128, high: v128, scaleLow: v128, scaleHigh: v128): v128 {
  const weights = i16x8.narrow_i32x4_s(
    i32x4.relaxed_trunc_f32x4_s(f32x4.mul(low, scaleLow)), i32x4.relaxed_trunc_f32x4_s(f32x4.mul(high, scaleHigh)),
  );
  v128.store(weightsOf(exposure) + row, weights);
  return times(v128.load(differencesOf(exposure) + row), weights);
}
