// Chroma of half the resolution (chroma-full.ts has the other) takes the average of its 2x2 luma pixels' weights:
// fused - 128 = gain (C + w1 (C1 - 128 - C) + w2 (C2 - 128 - C) + ...) + shift, where C = Cr - 128; beyond what the exposures
// show it goes no further than four times what they are apart, and the freedom that tone.ts leaves where the reference is near white.

import { column, FREEDOM, ROWS, WEIGHTS } from './column';
import { centredDeep, times, toSamples } from './fixed';
import { growth, lineStart } from './lines';
import { bitsAbove, chromaStride, deep, exposures, exposureStride, redOffset } from './settings';
import { coefficient } from './tile';
import { GAIN_BITS } from './tone';

/** Digits after the point of chroma: differences of it still have 16 bits. */
export const CHROMA_BITS: i32 = 6;

/** Digits that gain and saturation together leave before the point: nearly 4. */
const FACTOR_BITS: i32 = 2;

/** Digits after the point of what is left; one more than chroma has goes in. */
export const FUSED_BITS: i32 = CHROMA_BITS + 1 - FACTOR_BITS;

/** Grey, and half a code, which makes of a shift a rounding. */
export const GREY_AND_HALF: i32 = (128 << FUSED_BITS) + (1 << (FUSED_BITS - 1));

/** Grey with CHROMA_BITS. */
const GREY: i16 = 128 * 64;

const HALF: i16 = <i16>GREY_AND_HALF;

// A vector constant costs three instructions where it is used, in memory one.
const constants = memory.data<i16>([
  GREY, GREY, GREY, GREY, GREY, GREY, GREY, GREY, 1, 1, 1, 1, 1, 1, 1, 1, HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF,
], 16);

/** Of one in a saturation. */
export const SATURATION_ONE: i32 = 1 << (15 - FACTOR_BITS);

/** The gain of the chroma is coefficient 2 of the reference (tone.ts). */
export const GAIN: i32 = 2;

/** What is added to Cb and to Cr is coefficients 3 and 4. */
export const BLUE_SHIFT: i32 = 3;
const RED_SHIFT: i32 = 4;

/**
 * Blends the chroma of a column: four samples of Cb and of Cr in each of the rows. `codes` is the first row's Cb in the
 * reference. Colours are then moved away from grey, `saturate` / SATURATION_ONE times. `x` is where the samples are, and
 * `fromMiddle` is their first luma row's; `single`: the last luma row has none below.
 */
export function chromaColumn(
  codes: usize, out: usize, lumaRows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturate: v128, free: bool,
): void {
  if (deep && redOffset) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, false, true, true);
  else if (deep) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, true, true, true);
  else if (redOffset && free) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, false, false, true);
  else if (redOffset) blendPlanes(codes, out, lumaRows, x, fromMiddle, rowShare, saturate);
  else if (free) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, true, false, true);
  else blendPairs(codes, out, lumaRows, x, fromMiddle, rowShare, saturate);
}

function blendPlanes(
  codes: usize, out: usize, lumaRows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturate: v128,
): void {
  if (exposures == 3) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, 3, false, false, false);
  else blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, false, false, false);
}

function blendPairs(
  codes: usize, out: usize, lumaRows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturate: v128,
): void {
  if (exposures == 3) blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, 3, true, false, false);
  else blend(codes, out, lumaRows, x, fromMiddle, rowShare, saturate, exposures, true, false, false);
}

// @ts-ignore: decorator
@inline
function blend(
  codes: usize, out: usize, lumaRows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturate: v128, k: i32, interleaved: bool, deep: bool, free: bool,
): void {
  const grey = v128.load(constants);
  const ones = v128.load(constants, 16);
  const half = v128.load(constants, 32);
  const stride = chromaStride;
  const next = exposureStride;
  const grow = growth(coefficient(0, GAIN), x, rowShare);
  const grow2 = i16x8.add(grow, grow);
  const halfGrow = i16x8.shr_s(grow, 1);
  // Between the two luma rows.
  let gain = i16x8.add(lineStart(coefficient(0, GAIN), x, grow, fromMiddle), halfGrow);
  const isBlue = interleaved ? i16x8(-1, 0, -1, 0, -1, 0, -1, 0) : i16x8(-1, -1, -1, -1, 0, 0, 0, 0);
  const growBlue = growth(coefficient(0, BLUE_SHIFT), x, rowShare);
  const growRed = growth(coefficient(0, RED_SHIFT), x, rowShare);
  const growShift = v128.bitselect(growBlue, growRed, isBlue);
  const growShift2 = i16x8.add(growShift, growShift);
  const halfGrowShift = i16x8.shr_s(growShift, 1);
  let shift = i16x8.add(v128.bitselect(
    lineStart(coefficient(0, BLUE_SHIFT), x, growBlue, fromMiddle), lineStart(coefficient(0, RED_SHIFT), x, growRed, fromMiddle), isBlue,
  ), halfGrowShift);
  for (let row = column, end = column + (<usize>lumaRows << 4); row < end; row += 32, codes += stride, out += stride) {
    // The last row of an odd height stands alone.
    if (row + 16 == end) {
      gain = i16x8.sub(gain, halfGrow);
      shift = i16x8.sub(shift, halfGrowShift);
    }
    const base = colourAt(codes, interleaved, deep, grey);
    let own = codes + next;
    let colour = colourAt(own, interleaved, deep, grey);
    let least = i16x8.min_s(base, colour);
    let most = i16x8.max_s(base, colour);
    let fused = i16x8.add(base, weighted(i16x8.sub(colour, base), row, interleaved, ones));
    if (k > 2) {
      colour = colourAt((own += next), interleaved, deep, grey);
      least = i16x8.min_s(least, colour);
      most = i16x8.max_s(most, colour);
      fused = i16x8.add(fused, weighted(i16x8.sub(colour, base), row + ROWS, interleaved, ones));
    }
    for (let exposure = 3, weights = row + 2 * ROWS; exposure < k; exposure++, weights += ROWS) {
      colour = colourAt((own += next), interleaved, deep, grey);
      least = i16x8.min_s(least, colour);
      most = i16x8.max_s(most, colour);
      fused = i16x8.add(fused, weighted(i16x8.sub(colour, base), weights, interleaved, ones));
    }
    const factor = i16x8.shl(times(gain, saturate), 15 - GAIN_BITS);
    gain = i16x8.add(gain, grow2);
    const mixed = i16x8.add_sat_s(times(i16x8.shl(fused, 1), factor), times(shift, saturate));
    const result = within(mixed, least, most, free ? quadMeans(row + (FREEDOM - WEIGHTS), interleaved, ones) : i16x8.splat(0), saturate);
    if (deep) storeDeep8(out, changed(deepAt8(codes, interleaved), base, result), interleaved);
    else store8(out, result, interleaved, half);
    shift = i16x8.add(shift, growShift2);
  }
}

/** `mixed`, in units of 2^-5, kept where the exposures are, or four times as far beyond as they are apart and `free`; `saturate` times. */
// @ts-ignore: decorator
@inline
export function within(mixed: v128, least: v128, most: v128, free: v128, saturate: v128): v128 {
  const apart = i16x8.sub(most, least);
  const twice = i16x8.add_sat_s(apart, apart);
  const beyond = i16x8.add_sat_s(i16x8.add_sat_s(twice, twice), free);
  const low = i16x8.sub_sat_s(least, beyond);
  const high = i16x8.add_sat_s(most, beyond);
  return i16x8.min_s(i16x8.max_s(mixed, times(i16x8.add_sat_s(low, low), saturate)), times(i16x8.add_sat_s(high, high), saturate));
}

/** One exposure's difference from the reference, weighed. */
// @ts-ignore: decorator
@inline
function weighted(difference: v128, row: usize, interleaved: bool, ones: v128): v128 {
  return times(difference, quadMeans(row, interleaved, ones));
}

/** The mean weights of 2x2 pixels, or what else there is of each, for each sample of `load8`. */
// @ts-ignore: decorator
@inline
function quadMeans(row: usize, interleaved: bool, ones: v128): v128 {
  const both = i16x8.avgr_u(v128.load(row, WEIGHTS), v128.load(row, WEIGHTS + 16));
  const means = i32x4.shr_u(i32x4.dot_i16x8_s(both, ones), 1);
  const four = i16x8.narrow_i32x4_s(means, means);
  return interleaved ? i16x8.shuffle(four, four, 0, 8, 1, 9, 2, 10, 3, 11) : four;
}

/**
 * Samples of 16 bits less grey: what was changed, in units of 2^-FUSED_BITS, is added eight times, as `own` is in units of 2^-8. So what was not
 * changed is what it was. `base`: `own` with CHROMA_BITS.
 */
// @ts-ignore: decorator
@inline
export function changed(own: v128, base: v128, result: v128): v128 {
  const change = i16x8.sub_sat_s(result, times(i16x8.shl(base, 1), i16x8.splat(1 << 13)));
  const twice = i16x8.add_sat_s(change, change);
  const four = i16x8.add_sat_s(twice, twice);
  return i16x8.add_sat_s(i16x8.add_sat_s(own, four), four);
}

/** Four samples less grey, with CHROMA_BITS: Cb and Cr in turns, or Cb, Cb, Cb, Cb, Cr, Cr, Cr, Cr. */
// @ts-ignore: decorator
@inline
function colourAt(codes: usize, interleaved: bool, deep: bool, grey: v128): v128 {
  if (deep) return i16x8.shr_s(deepAt8(codes, interleaved), 8 - CHROMA_BITS);
  const eight = interleaved ? v128.load8x8_u(codes) : i16x8.extend_low_i8x16_u(v128.load32_lane(codes + redOffset, v128.load32_zero(codes), 1));
  return i16x8.sub(i16x8.shl(eight, CHROMA_BITS), grey);
}

/** The same of samples of 16 bits, in units of 2^-8. */
// @ts-ignore: decorator
@inline
function deepAt8(codes: usize, interleaved: bool): v128 {
  const samples = interleaved ? v128.load(codes) : v128.load64_lane(codes + redOffset, v128.load64_zero(codes), 1);
  return centredDeep(i16x8.shl(samples, bitsAbove));
}

// @ts-ignore: decorator
@inline
function storeDeep8(out: usize, centred: v128, interleaved: bool): void {
  const samples = toSamples(centred);
  if (interleaved) {
    v128.store(out, samples);
  } else {
    v128.store64_lane(out, samples, 0);
    v128.store64_lane(out + redOffset, samples, 1);
  }
}

/** From units of 2^-5 to rounded codes. */
// @ts-ignore: decorator
@inline
function store8(out: usize, fused: v128, interleaved: bool, half: v128): void {
  const rounded = i16x8.shr_s(i16x8.add_sat_s(fused, half), FUSED_BITS);
  const codes = i8x16.narrow_i16x8_u(rounded, rounded);
  if (interleaved) {
    v128.store64_lane(out, codes, 0);
  } else {
    v128.store32_lane(out, codes, 0);
    v128.store32_lane(out + redOffset, codes, 1);
  }
}
