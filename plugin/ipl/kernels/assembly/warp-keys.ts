// The filter is Keys' cubic convolution (a = -1/2, Catmull-Rom), of four samples in each direction:
//
//   w0 = -A, w1 = 1 - t + 2 A - B, w2 = t - A + 2 B, w3 = -B,   A = t (1 - t)^2 / 2, B = t^2 (1 - t) / 2
//
// At whole pixels it gives the very code. Noise never grows: the squares of the weights add up to no more than 1.

import { times } from './fixed';

/** Digits after the point of positions. */
export const POSITION_BITS: i32 = 11;
export const FRACTION: i32 = (1 << POSITION_BITS) - 1;

// Half of each weight, in units of 2^-15, of the fraction t in the same units. w0 and w3 without their signs.

// @ts-ignore: decorator
@inline
export function quarterCubic(t: v128): v128 {
  // 4 B / 2 = t^2 (1 - t)
  return times(t, i16x8.sub(t, times(t, t)));
}

// @ts-ignore: decorator
@inline
export function outerLeft(t: v128, q: v128): v128 {
  return i16x8.shr_s(i16x8.sub(i16x8.sub(t, times(t, t)), q), 2);
}

// @ts-ignore: decorator
@inline
export function innerLeft(t: v128, a: v128, b: v128): v128 {
  return i16x8.sub(i16x8.add(i16x8.sub(i16x8.splat(16384), i16x8.shr_s(t, 1)), i16x8.add(a, a)), b);
}

// @ts-ignore: decorator
@inline
export function innerRight(t: v128, a: v128, b: v128): v128 {
  return i16x8.add(i16x8.sub(i16x8.shr_s(t, 1), a), i16x8.add(b, b));
}
