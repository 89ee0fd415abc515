// What was added up (hdr-merge.ts), as 10-bit Y'CbCr of BT.2100 in limited range: eight pixels of a row.

import { times } from './fixed';
import {
  COARSE, COARSE_OCTAVES, FINE, FINE_OCTAVES, hasGain, hasRollOff, KNEE, LIGHT_SCALE, logEntries, look, lookCodes, LUMINANCE_GAIN, number,
  PRIMARIES, ROLL_OFF, WORK,
} from './hdr-settings';

/** BT.2020, non-constant luminance; of light, and of codes in 15 bits. */
const KR: f32 = 0.2627;
const KG: f32 = 0.678;
const KB: f32 = 0.0593;
const KR15: i16 = 8608;
const KG15: i16 = 22217;
const KB15: i16 = 1943;

/** From 15 bits to codes of 10, with 5 bits more: 876 * 32. */
const LUMA15: i16 = 28032;

/** In `WORK`, sums of eight pixels, float32. */
export const SUM_RED: usize = 0;
export const SUM_GREEN: usize = 32;
export const SUM_BLUE: usize = 64;
export const SUM_TIME: usize = 96;
/** How far a pixel's colour is lost. */
export const SUM_LOST: usize = 128;
/** Places in a table. */
const PLACES: usize = 160;
/** Of pixels' pairs, int32 of four cells: B' - Y', R' - Y'. */
const SUM_CHROMA: usize = 208;
/** Where hdr-merge.ts goes on. */
export const MERGE_WORK: usize = 240;

/**
 * @param to their luma
 * @param pale whether a colour is lost @param first whether it is the upper row of its cells
 */
// @ts-ignore: decorator
@inline
export function encodePixels(to: usize, pale: bool, first: bool): void {
  const sums = WORK;
  const scale0 = f32x4.div(number(LIGHT_SCALE), v128.load(sums, SUM_TIME));
  const scale1 = f32x4.div(number(LIGHT_SCALE), v128.load(sums, SUM_TIME + 16));
  let r = f32x4.mul(v128.load(sums, SUM_RED), scale0);
  let g = f32x4.mul(v128.load(sums, SUM_GREEN), scale0);
  let b = f32x4.mul(v128.load(sums, SUM_BLUE), scale0);
  let r1 = f32x4.mul(v128.load(sums, SUM_RED + 16), scale1);
  let g1 = f32x4.mul(v128.load(sums, SUM_GREEN + 16), scale1);
  let b1 = f32x4.mul(v128.load(sums, SUM_BLUE + 16), scale1);
  if (pale) {
    const lost = v128.load(sums, SUM_LOST);
    const lost1 = v128.load(sums, SUM_LOST + 16);
    const white = largest(r, g, b);
    const white1 = largest(r1, g1, b1);
    r = towards(r, white, lost);
    g = towards(g, white, lost);
    b = towards(b, white, lost);
    r1 = towards(r1, white1, lost1);
    g1 = towards(g1, white1, lost1);
    b1 = towards(b1, white1, lost1);
  }
  let red = row(PRIMARIES, r, g, b);
  let green = row(PRIMARIES + 48, r, g, b);
  let blue = row(PRIMARIES + 96, r, g, b);
  let red1 = row(PRIMARIES, r1, g1, b1);
  let green1 = row(PRIMARIES + 48, r1, g1, b1);
  let blue1 = row(PRIMARIES + 96, r1, g1, b1);
  if (hasGain) {
    v128.store(sums, i16x8.shl(logEntries(luminance(red, green, blue), luminance(red1, green1, blue1), COARSE, COARSE_OCTAVES), 2), PLACES);
    const gain = look(LUMINANCE_GAIN, sums + PLACES);
    const gain1 = look(LUMINANCE_GAIN, sums + PLACES + 8);
    red = f32x4.mul(red, gain);
    green = f32x4.mul(green, gain);
    blue = f32x4.mul(blue, gain);
    red1 = f32x4.mul(red1, gain1);
    green1 = f32x4.mul(green1, gain1);
    blue1 = f32x4.mul(blue1, gain1);
  }
  if (hasRollOff) {
    const most = largest(red, green, blue);
    const most1 = largest(red1, green1, blue1);
    if (v128.any_true(f32x4.gt(f32x4.pmax(most, most1), number(KNEE)))) {
      v128.store(sums, i16x8.shl(logEntries(most, most1, COARSE, COARSE_OCTAVES), 2), PLACES);
      const less = look(ROLL_OFF, sums + PLACES);
      const less1 = look(ROLL_OFF, sums + PLACES + 8);
      red = f32x4.mul(red, less);
      green = f32x4.mul(green, less);
      blue = f32x4.mul(blue, less);
      red1 = f32x4.mul(red1, less1);
      green1 = f32x4.mul(green1, less1);
      blue1 = f32x4.mul(blue1, less1);
    }
  }
  v128.store(sums, i16x8.shl(logEntries(red, red1, FINE, FINE_OCTAVES), 1), PLACES);
  v128.store(sums, i16x8.shl(logEntries(green, green1, FINE, FINE_OCTAVES), 1), PLACES + 16);
  v128.store(sums, i16x8.shl(logEntries(blue, blue1, FINE, FINE_OCTAVES), 1), PLACES + 32);
  const redCode = lookCodes(sums + PLACES);
  const greenCode = lookCodes(sums + PLACES + 16);
  const blueCode = lookCodes(sums + PLACES + 32);
  const y = i16x8.add(i16x8.add(times(redCode, i16x8.splat(KR15)), times(greenCode, i16x8.splat(KG15))), times(blueCode, i16x8.splat(KB15)));
  v128.store(to, i16x8.shr_s(i16x8.add(times(y, i16x8.splat(LUMA15)), i16x8.splat((64 << 5) + 16)), 5));
  let apartBlue = i32x4.extadd_pairwise_i16x8_s(i16x8.sub(blueCode, y));
  let apartRed = i32x4.extadd_pairwise_i16x8_s(i16x8.sub(redCode, y));
  if (!first) {
    apartBlue = i32x4.add(apartBlue, v128.load(sums, SUM_CHROMA));
    apartRed = i32x4.add(apartRed, v128.load(sums, SUM_CHROMA + 16));
  }
  v128.store(sums, apartBlue, SUM_CHROMA);
  v128.store(sums, apartRed, SUM_CHROMA + 16);
}

/** Four cells of two rows that were encoded. */
// @ts-ignore: decorator
@inline
export function encodeChroma(cb: usize, cr: usize): void {
  const perBlue: f32 = 896 / 4 / (2 * (1 - KB)) / 32767;
  const perRed: f32 = 896 / 4 / (2 * (1 - KR)) / 32767;
  const blue = chromaOf(v128.load(WORK, SUM_CHROMA), perBlue);
  const red = chromaOf(v128.load(WORK, SUM_CHROMA + 16), perRed);
  const samples = i16x8.narrow_i32x4_s(blue, red);
  v128.store64_lane(cb, samples, 0);
  v128.store64_lane(cr, samples, 1);
}

// @ts-ignore: decorator
@inline
function chromaOf(sum: v128, scale: f32): v128 {
  return i32x4.relaxed_trunc_f32x4_s(f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.splat(scale)), f32x4.splat(512.5)));
}

// @ts-ignore: decorator
@inline
function largest(r: v128, g: v128, b: v128): v128 {
  return f32x4.pmax(f32x4.pmax(r, g), b);
}

// @ts-ignore: decorator
@inline
function towards(a: v128, white: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(share, f32x4.sub(white, a)));
}

// @ts-ignore: decorator
@inline
function row(place: usize, r: v128, g: v128, b: v128): v128 {
  return f32x4.relaxed_madd(r, number(place), f32x4.relaxed_madd(g, number(place + 16), f32x4.mul(b, number(place + 32))));
}

// @ts-ignore: decorator
@inline
function luminance(r: v128, g: v128, b: v128): v128 {
  return f32x4.relaxed_madd(r, f32x4.splat(KR), f32x4.relaxed_madd(g, f32x4.splat(KG), f32x4.mul(b, f32x4.splat(KB))));
}
