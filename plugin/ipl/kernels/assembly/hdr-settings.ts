// What an HDR merge knows before it sees a pixel (plugin/ipl/hdr/merge-kernels.ts writes it): numbers, each as often as a vector has lanes, and
// tables.
//
// `pmin`, `pmax` and the relaxed conversion are one instruction each, where those that keep NaN in order are seven: there is none here.

/** In the order of `#setNumbers` in merge-kernels.ts, 16 bytes each. */
export let numbers: usize = 0;

/** Light of R'G'B' codes, and what a code's error is in light there: DECODE_ENTRIES each, float32. */
export let light: usize = 0;
export let codeError: usize = 0;

/** By what light is multiplied: for its luminance, and for its largest channel; 0: by nothing. Float32. */
export let luminanceGain: usize = 0;
export let rollOff: usize = 0;

/** Codes of light, 0 to 32767; 16 bits. */
export let codes: usize = 0;

/** Of samples, to the left, before they are multiplied. */
export let sampleShift: i32 = 0;

/** Codes of each exposure, sums and places: see hdr-merge.ts and hdr-encode.ts. */
export let work: usize = 0;

export function hdrTables(
  numbers_: usize, light_: usize, codeError_: usize, luminanceGain_: usize, rollOff_: usize, codes_: usize, sampleShift_: i32, work_: usize,
): void {
  numbers = numbers_;
  light = light_;
  codeError = codeError_;
  luminanceGain = luminanceGain_;
  rollOff = rollOff_;
  codes = codes_;
  sampleShift = sampleShift_;
  work = work_;
}

/**
 * Of tables by the logarithm, which begin at 2^-23: bits of an octave's steps, and octaves. Light goes up to 512, codes are of light
 * up to 2.
 */
export const FINE: i32 = 8;
export const COARSE: i32 = 7;
export const FINE_OCTAVES: i32 = 24;
export const COARSE_OCTAVES: i32 = 32;

/** Places of the numbers; of 16 bits, in quarters of an entry of `light` where they are codes: */
export const LUMA_SCALE: usize = 0;
export const LUMA_OFFSET: usize = 16;
export const GREY: usize = 32;
export const RED_OF_CR: usize = 48;
export const GREEN_OF_CB: usize = 64;
export const GREEN_OF_CR: usize = 80;
export const BLUE_OF_CB: usize = 96;
/** Up to here a pixel is unclipped, and from there on it is clipped. */
export const OPEN: usize = 112;
export const CLIPPED: usize = 128;
/** Float32: */
export const CLIP: usize = 144;
export const CLIP_SLOPE: usize = 160;
export const WHITE: usize = 176;
export const WHITE_SLOPE: usize = 192;
export const RELATIVE_ERROR: usize = 208;
export const LIGHT_SCALE: usize = 224;
/** Nine, row by row. */
export const PRIMARIES: usize = 240;
/** Of each exposure, in the order of the merge: its time, and one over it. */
export const TIMES: usize = 384;

// @ts-ignore: decorator
@inline
export function number(at: usize): v128 {
  return v128.load(numbers + at);
}

// @ts-ignore: decorator
@inline
export function between01(a: v128): v128 {
  return f32x4.pmin(f32x4.pmax(a, f32x4.splat(0)), f32x4.splat(1));
}

/** Four float32 of a table, at four places in bytes: 16 bits each, in memory. A load for each is cheaper than taking it out of a vector. */
// @ts-ignore: decorator
@inline
export function look(table: usize, places: usize): v128 {
  let found = v128.load32_zero(table + <usize>load<u16>(places));
  found = v128.load32_lane(table + <usize>load<u16>(places, 2), found, 1);
  found = v128.load32_lane(table + <usize>load<u16>(places, 4), found, 2);
  return v128.load32_lane(table + <usize>load<u16>(places, 6), found, 3);
}

/** Eight of 16 bits. */
// @ts-ignore: decorator
@inline
export function lookEight(table: usize, places: usize): v128 {
  let found = v128.load16_splat(table + <usize>load<u16>(places));
  found = v128.load16_lane(table + <usize>load<u16>(places, 2), found, 1);
  found = v128.load16_lane(table + <usize>load<u16>(places, 4), found, 2);
  found = v128.load16_lane(table + <usize>load<u16>(places, 6), found, 3);
  found = v128.load16_lane(table + <usize>load<u16>(places, 8), found, 4);
  found = v128.load16_lane(table + <usize>load<u16>(places, 10), found, 5);
  found = v128.load16_lane(table + <usize>load<u16>(places, 12), found, 6);
  return v128.load16_lane(table + <usize>load<u16>(places, 14), found, 7);
}

/** Entries of eight values in a table by the logarithm: what float32 has in its first bits. */
// @ts-ignore: decorator
@inline
export function logEntries(low: v128, high: v128, bits: i32, octaves: i32): v128 {
  const first = i32x4.splat((127 - 23) << bits);
  const places = i16x8.narrow_i32x4_u(i32x4.sub(i32x4.shr_s(low, 23 - bits), first), i32x4.sub(i32x4.shr_s(high, 23 - bits), first));
  return i16x8.min_u(places, i16x8.splat(<i16>((octaves << bits) - 1)));
}
