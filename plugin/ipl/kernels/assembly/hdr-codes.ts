// From samples to R'G'B' codes, eight at a time: places in the tables `light` and `codeError`, in quarters of an entry, which are bytes.

import { times } from './fixed';
import { BLUE_OF_CB, GREEN_OF_CB, GREEN_OF_CR, GREY, LUMA_OFFSET, LUMA_SCALE, number, RED_OF_CR, sampleShift } from './hdr-settings';

/** DECODE_ENTRIES in quarters, but for the last. */
const LAST: i16 = 16383;

/** @param shift `sampleShift`; less, where several samples were added up */
// @ts-ignore: decorator
@inline
export function lumaCodes(samples: v128, shift: i32): v128 {
  return i16x8.add_sat_s(times(i16x8.shl(samples, shift), number(LUMA_SCALE)), number(LUMA_OFFSET));
}

// @ts-ignore: decorator
@inline
export function chromaCodes(samples: v128): v128 {
  return i16x8.shl(i16x8.sub(samples, number(GREY)), sampleShift);
}

/** Four samples, for two pixels each. */
// @ts-ignore: decorator
@inline
export function chromaOfPixels(at: usize): v128 {
  const four = v128.load64_zero(at);
  return chromaCodes(i16x8.shuffle(four, four, 0, 0, 1, 1, 2, 2, 3, 3));
}

/** What is added to luma. */
// @ts-ignore: decorator
@inline
export function redOf(cr: v128): v128 {
  return times(cr, number(RED_OF_CR));
}

// @ts-ignore: decorator
@inline
export function greenOf(cb: v128, cr: v128): v128 {
  return i16x8.neg(i16x8.add(times(cb, number(GREEN_OF_CB)), times(cr, number(GREEN_OF_CR))));
}

// @ts-ignore: decorator
@inline
export function blueOf(cb: v128): v128 {
  return times(cb, number(BLUE_OF_CB));
}

/** Stores codes as places of whole entries. */
// @ts-ignore: decorator
@inline
export function storePlaces(to: usize, code: v128): void {
  const inside = i16x8.min_s(i16x8.max_s(code, i16x8.splat(0)), i16x8.splat(LAST));
  v128.store(to, v128.and(inside, i16x8.splat(~3)));
}
