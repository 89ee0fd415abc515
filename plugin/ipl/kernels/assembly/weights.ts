// From logits to weights, and the weighted sum of codes: fused = Yr' + w1 (Y1 - Yr') + w2 (Y2 - Yr') + ..., where Yr' is the
// reference after its tone curve. Weights have their shares (shares.ts) taken of them. The reference's weight, the rest to one, is never needed; and where exposures agree, the
// sum is exact whatever the weights.

import { column, DIFFERENCES, FEATURES, LOGITS, ROWS, TONES, WEIGHTS } from './column';
import { times, toSamples } from './fixed';
import { LOGIT_BITS } from './logits';
import { deep, exposures, lumaStride } from './settings';
import { shared, weightShares } from './shares';
import { TONE_BITS } from './tone';

/** 2^(64 - 127), the power of the logit 0: exponents of float32 count from -127, logits here from -64. */
const UNIT: f32 = 1.0842021724855044e-19;

/** One, as a weight: the largest of 16 bits. */
const ONE: f32 = 32767;

/** Grey, and half a code, which makes of a shift a rounding. */
const GREY_AND_HALF: i16 = 128 * 128 + 64;

// A vector constant costs three instructions where it is used, in memory one.
const constants = memory.data<f32>([UNIT, UNIT, UNIT, UNIT, ONE, ONE, ONE, ONE], 16);
const greyAndHalf = memory.data<i16>([
  GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF,
], 16);

/** Fuses a column's luma, of which `out` is the first row, and leaves the weights. */
export function fuseColumn(out: usize, rows: i32): void {
  // The number of exposures is a constant in each of the four, so that all of a row stays in registers.
  if (exposures == 3) fuse3(out, rows);
  else if (exposures == 2) fuse2(out, rows);
  else if (exposures == 4) fuse4(out, rows);
  else fuse5(out, rows);
}

function fuse2(out: usize, rows: i32): void {
  if (deep) fuse(out, rows, 2, true, true);
  else if (shared) fuse(out, rows, 2, true, false);
  else fuse(out, rows, 2, false, false);
}

function fuse3(out: usize, rows: i32): void {
  if (deep) fuse(out, rows, 3, true, true);
  else if (shared) fuse(out, rows, 3, true, false);
  else fuse(out, rows, 3, false, false);
}

function fuse4(out: usize, rows: i32): void {
  if (deep) fuse(out, rows, 4, true, true);
  else if (shared) fuse(out, rows, 4, true, false);
  else fuse(out, rows, 4, false, false);
}

function fuse5(out: usize, rows: i32): void {
  if (deep) fuse(out, rows, 5, true, true);
  else if (shared) fuse(out, rows, 5, true, false);
  else fuse(out, rows, 5, false, false);
}

// @ts-ignore: decorator
@inline
function fuse(out: usize, rows: i32, k: i32, withShares: bool, deep: bool): void {
  const stride = lumaStride;
  for (let row = column, end = column + (<usize>rows << 4); row < end; row += 16, out += stride) {
    const low1 = power(row);
    const high1 = power(row + 8);
    let sumLow = f32x4.add(low1, v128.load(constants));
    let sumHigh = f32x4.add(high1, v128.load(constants));
    const low2 = k > 2 ? power(row + ROWS) : low1;
    const high2 = k > 2 ? power(row + ROWS + 8) : high1;
    if (k > 2) {
      sumLow = f32x4.add(sumLow, low2);
      sumHigh = f32x4.add(sumHigh, high2);
    }
    const low3 = k > 3 ? power(row + 2 * ROWS) : low1;
    const high3 = k > 3 ? power(row + 2 * ROWS + 8) : high1;
    if (k > 3) {
      sumLow = f32x4.add(sumLow, low3);
      sumHigh = f32x4.add(sumHigh, high3);
    }
    const low4 = k > 4 ? power(row + 3 * ROWS) : low1;
    const high4 = k > 4 ? power(row + 3 * ROWS + 8) : high1;
    if (k > 4) {
      sumLow = f32x4.add(sumLow, low4);
      sumHigh = f32x4.add(sumHigh, high4);
    }
    const low = f32x4.div(v128.load(constants, 16), sumLow);
    const high = f32x4.div(v128.load(constants, 16), sumHigh);
    let fused = i16x8.add(v128.load(row, TONES), weighted(row, weight(low1, low, 0, withShares), weight(high1, high, 0, withShares)));
    if (k > 2) fused = i16x8.add(fused, weighted(row + ROWS, weight(low2, low, 1, withShares), weight(high2, high, 1, withShares)));
    if (k > 3) fused = i16x8.add(fused, weighted(row + 2 * ROWS, weight(low3, low, 2, withShares), weight(high3, high, 2, withShares)));
    if (k > 4) fused = i16x8.add(fused, weighted(row + 3 * ROWS, weight(low4, low, 3, withShares), weight(high4, high, 3, withShares)));
    if (deep) {
      // What it changed, twice, as units of 2^-7 are two of 2^-8: so what was not changed is what it was.
      const own = v128.load(row, FEATURES);
      const change = i16x8.sub(fused, i16x8.shr_s(own, 1));
      v128.store(out, toSamples(i16x8.add_sat_s(i16x8.add_sat_s(own, change), change)));
      continue;
    }
    const codes = i16x8.shr_u(i16x8.add(fused, v128.load(greyAndHalf)), TONE_BITS);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(codes, codes), 0);
  }
}

/**
 * 2^logit of four pixels, by straight lines between whole logits: the bits of a logit in fixed point, moved to where a
 * float32 has its exponent.
 */
// @ts-ignore: decorator
@inline
function power(row: usize): v128 {
  return i32x4.shl(v128.load16x4_u(row, LOGITS), 23 - LOGIT_BITS);
}

/** Of four pixels: `one` over the sum of the powers, times the exposure's own, and its share. */
// @ts-ignore: decorator
@inline
function weight(power: v128, one: v128, exposure: usize, withShares: bool): v128 {
  const whole = f32x4.mul(power, one);
  return withShares ? f32x4.mul(whole, v128.load(weightShares + (exposure << 4))) : whole;
}

/** Rounds and leaves one exposure's weights in a row, and weighs its difference from the reference with them. */
// @ts-ignore: decorator
@inline
function weighted(row: usize, low: v128, high: v128): v128 {
  const weights = i16x8.narrow_i32x4_s(i32x4.relaxed_trunc_f32x4_s(low), i32x4.relaxed_trunc_f32x4_s(high));
  v128.store(row, weights, WEIGHTS);
  return times(v128.load(row, DIFFERENCES), weights);
}
