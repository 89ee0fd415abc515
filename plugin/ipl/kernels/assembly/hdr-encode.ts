// What was added up (hdr-merge.ts), as 10-bit Y'CbCr of BT.2100 in limited range.

import {
  codes, COARSE, COARSE_OCTAVES, FINE, FINE_OCTAVES, LIGHT_SCALE, logEntries, look, luminanceGain, number, PRIMARIES, rollOff,
} from './hdr-settings';

/** BT.2020, non-constant luminance. */
const KR: f32 = 0.2627;
const KG: f32 = 0.678;
const KB: f32 = 0.0593;

/**
 * Four pixels of a row. @param to their luma
 * @returns two sums of neighbours' B' - Y', two of R' - Y'
 */
// @ts-ignore: decorator
@inline
export function encodePixels(red: v128, green: v128, blue: v128, time: v128, lost: v128, to: usize): v128 {
  const scale = f32x4.div(number(LIGHT_SCALE), time);
  let r = f32x4.mul(red, scale);
  let g = f32x4.mul(green, scale);
  let b = f32x4.mul(blue, scale);
  const white = f32x4.pmax(f32x4.pmax(r, g), b);
  r = f32x4.add(r, f32x4.mul(lost, f32x4.sub(white, r)));
  g = f32x4.add(g, f32x4.mul(lost, f32x4.sub(white, g)));
  b = f32x4.add(b, f32x4.mul(lost, f32x4.sub(white, b)));
  let red1 = row(PRIMARIES, r, g, b);
  let green1 = row(PRIMARIES + 12, r, g, b);
  let blue1 = row(PRIMARIES + 24, r, g, b);
  if (luminanceGain) {
    const gain = look(luminanceGain, logEntries(lumaOf(red1, green1, blue1), COARSE, COARSE_OCTAVES));
    red1 = f32x4.mul(red1, gain);
    green1 = f32x4.mul(green1, gain);
    blue1 = f32x4.mul(blue1, gain);
  }
  if (rollOff) {
    const less = look(rollOff, logEntries(f32x4.pmax(f32x4.pmax(red1, green1), blue1), COARSE, COARSE_OCTAVES));
    red1 = f32x4.mul(red1, less);
    green1 = f32x4.mul(green1, less);
    blue1 = f32x4.mul(blue1, less);
  }
  red1 = look(codes, logEntries(red1, FINE, FINE_OCTAVES));
  green1 = look(codes, logEntries(green1, FINE, FINE_OCTAVES));
  blue1 = look(codes, logEntries(blue1, FINE, FINE_OCTAVES));
  const y = lumaOf(red1, green1, blue1);
  const rounded = i32x4.relaxed_trunc_f32x4_s(f32x4.add(f32x4.mul(y, f32x4.splat(876)), f32x4.splat(64.5)));
  v128.store64_lane(to, i16x8.narrow_i32x4_s(rounded, rounded), 0);
  return pairs(f32x4.sub(blue1, y), f32x4.sub(red1, y));
}

// @ts-ignore: decorator
@inline
function row(place: usize, r: v128, g: v128, b: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(r, number(place)), f32x4.mul(g, number(place + 4))), f32x4.mul(b, number(place + 8)));
}

// @ts-ignore: decorator
@inline
function lumaOf(r: v128, g: v128, b: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(r, f32x4.splat(KR)), f32x4.mul(g, f32x4.splat(KG))), f32x4.mul(b, f32x4.splat(KB)));
}

/** Sums of neighbours: two of a, two of b. */
// @ts-ignore: decorator
@inline
function pairs(a: v128, b: v128): v128 {
  return f32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

/** @param four sums of four: two of B' - Y', two of R' - Y' */
// @ts-ignore: decorator
@inline
export function encodeChroma(four: v128, cb: usize, cr: usize): void {
  const perBlue: f32 = 896 / 4 / (2 * (1 - KB));
  const perRed: f32 = 896 / 4 / (2 * (1 - KR));
  const scaled = f32x4.add(f32x4.mul(four, f32x4(perBlue, perBlue, perRed, perRed)), f32x4.splat(512.5));
  const rounded = i32x4.relaxed_trunc_f32x4_s(scaled);
  const samples = i16x8.narrow_i32x4_s(rounded, rounded);
  v128.store32_lane(cb, samples, 0);
  v128.store32_lane(cr, samples, 1);
}
