// Four-lane arithmetic that several kernels share.

/** Four 8-bit codes as float32. */
// @ts-ignore: decorator
@inline
export function loadCodes(at: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

/** 1.5 * 2^23: added to a float32 of small magnitude, it leaves the nearest integer (ties to even) in the low bits. */
const ROUND: f32 = 12582912.0;

// @ts-ignore: decorator
@inline
export function nearestInteger(values: v128): v128 {
  return f32x4.sub(f32x4.add(values, f32x4.splat(ROUND)), f32x4.splat(ROUND));
}

/** The least exponent of a normal float32. No weight that small shows in 8 bits. */
const LEAST: f32 = -126.0;

/**
 * 2^t for t <= 1, to 3e-6 relative; below 2^-126 the result stays there.
 *
 * t = n + f with f in [-0.5, 0.5]. The polynomial has the smallest largest relative error of its degree over f; n goes
 * straight into the exponent bits.
 */
// @ts-ignore: decorator
@inline
export function powerOfTwo(exponent: v128): v128 {
  const t = f32x4.pmax(exponent, f32x4.splat(LEAST));
  const rounded = f32x4.add(t, f32x4.splat(ROUND));
  const f = f32x4.sub(t, f32x4.sub(rounded, f32x4.splat(ROUND)));
  let p = f32x4.splat(0.009570101967669243);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.05591786076154542));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.24024744830310796));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.6931218146828058));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.9999992614437776));
  return i32x4.add(p, i32x4.shl(rounded, 23));
}

/** The same where t is an integer. */
// @ts-ignore: decorator
@inline
export function powerOfTwoOfInteger(exponent: v128): v128 {
  const rounded = f32x4.add(f32x4.pmax(exponent, f32x4.splat(LEAST)), f32x4.splat(ROUND));
  return i32x4.add(f32x4.splat(1), i32x4.shl(rounded, 23));
}

/** Writes four float32 in 0..255 as the nearest 8-bit codes. */
// @ts-ignore: decorator
@inline
export function storeCodes(at: usize, values: v128): void {
  const rounded = f32x4.add(values, f32x4.splat(ROUND));
  const bytes = i8x16.shuffle(rounded, rounded, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  v128.store32_lane(at, bytes, 0);
}
