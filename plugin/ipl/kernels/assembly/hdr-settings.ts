// What an HDR merge knows before it sees a pixel (plugin/ipl/hdr/merge-kernels.ts writes it): numbers, and tables.
//
// `pmin`, `pmax` and the relaxed conversion are one instruction each, where those that keep NaN in order are seven: there is none here.

/** Float32, in the order of `NUMBERS` in merge-kernels.ts; of an exposure: its time, and one over it. */
export let numbers: usize = 0;

/** Light of R'G'B' codes, and how steep it is there: DECODE_ENTRIES each. */
export let light: usize = 0;
export let steepness: usize = 0;

/** By what light is multiplied: for its luminance, and for its largest channel; 0: by nothing. */
export let luminanceGain: usize = 0;
export let rollOff: usize = 0;

/** Codes of light, 0 to 1. */
export let codes: usize = 0;

export function hdrTables(
  numbers_: usize, light_: usize, steepness_: usize, luminanceGain_: usize, rollOff_: usize, codes_: usize,
): void {
  numbers = numbers_;
  light = light_;
  steepness = steepness_;
  luminanceGain = luminanceGain_;
  rollOff = rollOff_;
  codes = codes_;
}

export const DECODE_ENTRIES: i32 = 4096;

/**
 * Of tables by the logarithm, which begin at 2^-23: bits of an octave's steps, and octaves. Light goes up to 512, codes are of light
 * up to 2.
 */
export const FINE: i32 = 8;
export const COARSE: i32 = 7;
export const FINE_OCTAVES: i32 = 24;
export const COARSE_OCTAVES: i32 = 32;

/** Places of the numbers. */
export const BLACK: usize = 0;
export const LUMA_SCALE: usize = 4;
export const GREY: usize = 8;
export const CHROMA_SCALE: usize = 12;
export const RED_OF_CR: usize = 16;
export const GREEN_OF_CB: usize = 20;
export const GREEN_OF_CR: usize = 24;
export const BLUE_OF_CB: usize = 28;
export const ENTRY_SCALE: usize = 32;
export const ENTRY_OFFSET: usize = 36;
export const CLIP: usize = 40;
export const CLIP_SLOPE: usize = 44;
export const WHITE: usize = 48;
export const WHITE_SLOPE: usize = 52;
export const RELATIVE_ERROR: usize = 56;
export const CODE_ERROR: usize = 60;
export const LIGHT_SCALE: usize = 64;
/** Nine, row by row. */
export const PRIMARIES: usize = 68;
/** Of each exposure, in the order of the merge. */
export const TIMES: usize = 104;

// @ts-ignore: decorator
@inline
export function number(at: usize): v128 {
  return v128.load32_splat(numbers + at);
}

// @ts-ignore: decorator
@inline
export function between01(a: v128): v128 {
  return f32x4.pmin(f32x4.pmax(a, f32x4.splat(0)), f32x4.splat(1));
}

/** Four float32 of a table, at four places in bytes. */
// @ts-ignore: decorator
@inline
export function look(table: usize, at: v128): v128 {
  let found = v128.load32_zero(table + i32x4.extract_lane(at, 0));
  found = v128.load32_lane(table + i32x4.extract_lane(at, 1), found, 1);
  found = v128.load32_lane(table + i32x4.extract_lane(at, 2), found, 2);
  return v128.load32_lane(table + i32x4.extract_lane(at, 3), found, 3);
}

/** Places of R'G'B' codes in `light` and `steepness`. */
// @ts-ignore: decorator
@inline
export function entries(code: v128, scale: v128, offset: v128): v128 {
  const place = f32x4.add(f32x4.mul(code, scale), offset);
  const inside = f32x4.pmin(f32x4.pmax(place, f32x4.splat(0)), f32x4.splat(<f32>(DECODE_ENTRIES - 1)));
  return i32x4.shl(i32x4.relaxed_trunc_f32x4_s(inside), 2);
}

/** Places of values in a table by the logarithm: what float32 has in its first bits. */
// @ts-ignore: decorator
@inline
export function logEntries(value: v128, bits: i32, octaves: i32): v128 {
  const first = i32x4.sub(i32x4.shr_s(value, 23 - bits), i32x4.splat((127 - 23) << bits));
  return i32x4.shl(i32x4.min_s(i32x4.max_s(first, i32x4.splat(0)), i32x4.splat((octaves << bits) - 1)), 2);
}
