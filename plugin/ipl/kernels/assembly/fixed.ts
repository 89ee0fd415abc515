// 16-bit fixed point.

import { bitsAbove, bitsRounded, roundingHalf } from './settings';

/** The integers around 1.5 * 2^23 as float32: added to a float32 of small magnitude, it leaves the nearest integer. */
const ROUND: f32 = 12582912.0;
const ROUND_BITS: i32 = 0x4b400000;

/**
 * a b / 2^15, rounded. One instruction where `i16x8.q15mulr_sat_s` is five. What relaxed SIMD leaves open, -2^15 times
 * -2^15, does not occur: one of the factors is always within the bounds of `tile.ts`.
 */
// @ts-ignore: decorator
@inline
export function times(a: v128, b: v128): v128 {
  return i16x8.relaxed_q15mulr_s(a, b);
}

/** Eight integers, the nearest to two float32 vectors' values. */
// @ts-ignore: decorator
@inline
export function toIntegers(a: v128, b: v128): v128 {
  const bits = i32x4.splat(ROUND_BITS);
  const magic = f32x4.splat(ROUND);
  return i16x8.narrow_i32x4_s(i32x4.sub(f32x4.add(a, magic), bits), i32x4.sub(f32x4.add(b, magic), bits));
}

/** Eight samples of 16 bits, so that the upper byte counts codes. */
// @ts-ignore: decorator
@inline
export function deepAt(at: usize): v128 {
  return i16x8.shl(v128.load(at), bitsAbove);
}

const signs = memory.data<i16>([-32768, -32768, -32768, -32768, -32768, -32768, -32768, -32768], 16);

/** The highest bit of each of eight integers: loaded once for a column, as a vector constant costs three instructions where it is used. */
// @ts-ignore: decorator
@inline
export function signBits(): v128 {
  return v128.load(signs);
}

/** Eight samples, of one byte each or of two, less 128 codes, in units of 2^-8: between -1 and 1 in units of 2^-15. */
// @ts-ignore: decorator
@inline
export function centredAt(at: usize, deep: bool, signs: v128): v128 {
  return v128.xor(deep ? deepAt(at) : i8x16.shuffle(i8x16.splat(0), v128.load64_zero(at), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), signs);
}

/** Eight samples of which the upper byte counts codes; and back. */
// @ts-ignore: decorator
@inline
export function centredDeep(codes: v128): v128 {
  return v128.xor(codes, i16x8.splat(-32768));
}

/** From `centredAt` to samples of 16 bits, rounded to what the format has. */
// @ts-ignore: decorator
@inline
export function toSamples(centred: v128): v128 {
  const codes = i16x8.add_sat_u(centredDeep(centred), i16x8.splat(<i16>roundingHalf));
  return i16x8.shl(i16x8.shr_u(codes, bitsRounded), bitsRounded - bitsAbove);
}
