// What a tile has added up (hdr-merge.ts), as 10-bit Y'CbCr of BT.2100 in limited range.

import { codes, COARSE, COARSE_OCTAVES, FINE, FINE_OCTAVES, LIGHT_SCALE, logEntries, look, luminanceGain, number, PRIMARIES, rollOff } from './hdr-settings';
import { BLUE, GREEN, PALE, RED, tile, TILE_PIXELS, TIME } from './hdr-merge';

/** BT.2020, non-constant luminance. */
const KR: f32 = 0.2627;
const KG: f32 = 0.678;
const KB: f32 = 0.0593;

const ROW: usize = TILE_PIXELS * 4;

/** B' - Y' and R' - Y' of the tile's rows: added up over the rows when the second comes. */
const differences = memory.data(2 * 64 * 4, 16);

/** @param luma the upper row's first sample; rows of 16-bit integers */
export function encodeTile(luma: usize, lumaStride: usize, cb: usize, cr: usize, pixels: i32): void {
  encodeRow(tile, luma, pixels, false, cb, cr);
  encodeRow(tile + ROW, luma + lumaStride, pixels, true, cb, cr);
}

function encodeRow(at: usize, luma: usize, pixels: i32, second: bool, cb: usize, cr: usize): void {
  let kept = differences;
  for (let x = 0; x < pixels; x += 4, at += 16, luma += 8, kept += 16, cb += 4, cr += 4) {
    const scale = f32x4.div(number(LIGHT_SCALE), v128.load(at, TIME));
    let r = f32x4.mul(v128.load(at, RED), scale);
    let g = f32x4.mul(v128.load(at, GREEN), scale);
    let b = f32x4.mul(v128.load(at, BLUE), scale);
    const white = f32x4.max(f32x4.max(r, g), b);
    const lost = v128.load(at, PALE);
    r = f32x4.add(r, f32x4.mul(lost, f32x4.sub(white, r)));
    g = f32x4.add(g, f32x4.mul(lost, f32x4.sub(white, g)));
    b = f32x4.add(b, f32x4.mul(lost, f32x4.sub(white, b)));
    let red = row(PRIMARIES, r, g, b);
    let green = row(PRIMARIES + 12, r, g, b);
    let blue = row(PRIMARIES + 24, r, g, b);
    if (luminanceGain) {
      const gain = look(luminanceGain, logEntries(lumaOf(red, green, blue), COARSE, COARSE_OCTAVES));
      red = f32x4.mul(red, gain);
      green = f32x4.mul(green, gain);
      blue = f32x4.mul(blue, gain);
    }
    if (rollOff) {
      const less = look(rollOff, logEntries(f32x4.max(f32x4.max(red, green), blue), COARSE, COARSE_OCTAVES));
      red = f32x4.mul(red, less);
      green = f32x4.mul(green, less);
      blue = f32x4.mul(blue, less);
    }
    red = look(codes, logEntries(red, FINE, FINE_OCTAVES));
    green = look(codes, logEntries(green, FINE, FINE_OCTAVES));
    blue = look(codes, logEntries(blue, FINE, FINE_OCTAVES));
    const y = lumaOf(red, green, blue);
    const rounded = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(y, f32x4.splat(876)), f32x4.splat(64.5)));
    v128.store64_lane(luma, i16x8.narrow_i32x4_s(rounded, rounded), 0);
    const both = pairs(f32x4.sub(blue, y), f32x4.sub(red, y));
    if (second) storeChroma(f32x4.add(both, v128.load(kept)), cb, cr);
    else v128.store(kept, both);
  }
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
function storeChroma(four: v128, cb: usize, cr: usize): void {
  const perBlue: f32 = 896 / 4 / (2 * (1 - KB));
  const perRed: f32 = 896 / 4 / (2 * (1 - KR));
  const scaled = f32x4.add(f32x4.mul(four, f32x4(perBlue, perBlue, perRed, perRed)), f32x4.splat(512.5));
  const rounded = i32x4.trunc_sat_f32x4_s(scaled);
  const samples = i16x8.narrow_i32x4_s(rounded, rounded);
  v128.store32_lane(cb, samples, 0);
  v128.store32_lane(cr, samples, 1);
}
