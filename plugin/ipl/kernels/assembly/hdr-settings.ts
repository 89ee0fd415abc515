// What an HDR merge knows before it sees a pixel (plugin/ipl/hdr/merge-kernels.ts writes it): numbers, each as often as a vector has lanes, and
// tables.
//
// `pmin`, `pmax` and the relaxed conversion are one instruction each, where those that keep NaN in order are seven: there is none here.

/**
 * Of tables by the logarithm, which begin at 2^-23: bits of an octave's steps, and octaves. Light goes up to 512, codes are of light
 * up to 2.
 */
export const FINE: i32 = 8;
export const COARSE: i32 = 7;
export const FINE_OCTAVES: i32 = 24;
export const COARSE_OCTAVES: i32 = 32;

export const DECODE_ENTRIES: i32 = 4096;

// All of it lies where the compiler puts it: an address that is known is no instruction.

/** In the order of merge-numbers.ts, 16 bytes each. */
export const NUMBERS: usize = memory.data(672);

/** What is put aside between two steps (hdr-merge.ts, hdr-encode.ts, hdr-veto.ts). */
export const WORK: usize = memory.data(7744);

/** Light of R'G'B' codes, and what a code's error is in light there: DECODE_ENTRIES each, float32. */
export const LIGHT: usize = memory.data(16384);
export const CODE_ERROR: usize = memory.data(16384);

/** By what light is multiplied: for its luminance, and for its largest channel. Float32. */
export const LUMINANCE_GAIN: usize = memory.data(16384);
export const ROLL_OFF: usize = memory.data(16384);

/** Codes of light, 0 to 32767; 16 bits. */
export const CODES: usize = memory.data(12288);

/** Whether it is by these. */
export let hasGain: bool = false;
export let hasRollOff: bool = false;

/** Of samples, to the left, before they are multiplied. */
export let sampleShift: i32 = 0;

export function hdrSettings(hasGain_: bool, hasRollOff_: bool, sampleShift_: i32): void {
  hasGain = hasGain_;
  hasRollOff = hasRollOff_;
  sampleShift = sampleShift_;
}

/** Where the wrapper writes: in the order of `MergeMemory` in merge-plan.ts. */
export function hdrMemory(which: i32): usize {
  switch (which) {
    case 0: return NUMBERS;
    case 1: return LIGHT;
    case 2: return CODE_ERROR;
    case 3: return LUMINANCE_GAIN;
    case 4: return ROLL_OFF;
    default: return CODES;
  }
}

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
/** Light up to which nothing is rolled off. */
export const KNEE: usize = 240;
/** Nine, row by row. */
export const PRIMARIES: usize = 256;
/** Three steps of the least channel's code: where one begins, and one over its width (hdr-lost.ts). */
export const LOST_NODES: usize = 400;
/** Of each exposure, in the order of the merge: its time, and one over it. */
export const TIMES: usize = 496;

// @ts-ignore: decorator
@inline
export function number(at: usize): v128 {
  return v128.load(NUMBERS + at);
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

/** The same of `LIGHT`, which is looked up most: here the table is part of the instruction. */
// @ts-ignore: decorator
@inline
export function lookLight(places: usize): v128 {
  let found = v128.load32_zero(<usize>load<u16>(places), LIGHT);
  found = v128.load32_lane(<usize>load<u16>(places, 2), found, 1, LIGHT);
  found = v128.load32_lane(<usize>load<u16>(places, 4), found, 2, LIGHT);
  return v128.load32_lane(<usize>load<u16>(places, 6), found, 3, LIGHT);
}

/** Eight of `CODES`. */
// @ts-ignore: decorator
@inline
export function lookCodes(places: usize): v128 {
  let found = v128.load16_splat(<usize>load<u16>(places), CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 2), found, 1, CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 4), found, 2, CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 6), found, 3, CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 8), found, 4, CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 10), found, 5, CODES);
  found = v128.load16_lane(<usize>load<u16>(places, 12), found, 6, CODES);
  return v128.load16_lane(<usize>load<u16>(places, 14), found, 7, CODES);
}

/** Entries of eight values in a table by the logarithm: what float32 has in its first bits. */
// @ts-ignore: decorator
@inline
export function logEntries(low: v128, high: v128, bits: i32, octaves: i32): v128 {
  const first: i32 = (127 - 23) << bits;
  // Of 8 bits at most, these fit into 16.
  const places = i16x8.narrow_i32x4_u(i32x4.shr_s(low, 23 - bits), i32x4.shr_s(high, 23 - bits));
  return i16x8.min_u(i16x8.sub_sat_u(places, i16x8.splat(<i16>first)), i16x8.splat(<i16>((octaves << bits) - 1)));
}
