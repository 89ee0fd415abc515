// What was added up (hdr-merge.ts), as 10-bit Y'CbCr of BT.2100 in limited range: eight pixels of a row. Places in the table of codes come first,
// and the codes of a piece of a row after them: what one step writes must have arrived before the next one reads it.

import { times } from './fixed';
import {
  COARSE, COARSE_OCTAVES, FINE, FINE_OCTAVES, hasGain, hasRollOff, KNEE, LIGHT_SCALE, logEntries, look, lookCodes, LUMINANCE_GAIN, number,
  PRIMARIES, ROLL_OFF,
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

/** Sums of eight pixels, float32. */
export const SUM_RED: usize = 0;
export const SUM_GREEN: usize = 32;
export const SUM_BLUE: usize = 64;
export const SUM_TIME: usize = 96;
/** How far a pixel's colour is lost. */
export const SUM_LOST: usize = 128;
/** Bytes of them. */
export const SUMS_STRIDE: usize = 160;
/** Places in tables, where the sums were. */
const PLACES: usize = 0;

/**
 * Places of eight pixels' R', G' and B' in the table of codes.
 * @param sums are replaced
 * @param pale whether a colour is lost
 */
// @ts-ignore: decorator
@inline
export function placesOf(sums: usize, pale: bool): void {
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
}

/**
 * Luma of eight pixels and of the eight below, and chroma of their four cells.
 * @param sums of the upper eight, with their places; those of the lower ones follow
 */
// @ts-ignore: decorator
@inline
export function encodeCells(sums: usize, upper: usize, lower: usize, cb: usize, cr: usize): void {
  const blue = lookCodes(sums + PLACES + 32);
  const red = lookCodes(sums + PLACES);
  const y = lumaOf(red, lookCodes(sums + PLACES + 16), blue);
  storeLuma(upper, y);
  const blue1 = lookCodes(sums + SUMS_STRIDE + PLACES + 32);
  const red1 = lookCodes(sums + SUMS_STRIDE + PLACES);
  const y1 = lumaOf(red1, lookCodes(sums + SUMS_STRIDE + PLACES + 16), blue1);
  storeLuma(lower, y1);
  const perBlue: f32 = 896 / 4 / (2 * (1 - KB)) / 32767;
  const perRed: f32 = 896 / 4 / (2 * (1 - KR)) / 32767;
  const samples = i16x8.narrow_i32x4_s(chromaOf(apart(blue, y, blue1, y1), perBlue), chromaOf(apart(red, y, red1, y1), perRed));
  v128.store64_lane(cb, samples, 0);
  v128.store64_lane(cr, samples, 1);
}

/** Of 15 bits. */
// @ts-ignore: decorator
@inline
function lumaOf(red: v128, green: v128, blue: v128): v128 {
  return i16x8.add(i16x8.add(times(red, i16x8.splat(KR15)), times(green, i16x8.splat(KG15))), times(blue, i16x8.splat(KB15)));
}

// @ts-ignore: decorator
@inline
function storeLuma(to: usize, y: v128): void {
  v128.store(to, i16x8.shr_s(i16x8.add(times(y, i16x8.splat(LUMA15)), i16x8.splat((64 << 5) + 16)), 5));
}

/** Sums of four cells, int32. */
// @ts-ignore: decorator
@inline
function apart(channel: v128, y: v128, channel1: v128, y1: v128): v128 {
  return i32x4.add(i32x4.extadd_pairwise_i16x8_s(i16x8.sub(channel, y)), i32x4.extadd_pairwise_i16x8_s(i16x8.sub(channel1, y1)));
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
