// The reference's tone curve and the gain of its chroma: what only the reference can show, because it moved, still gets the
// brightness of its surroundings.
//
// In the place of a polynomial stand 64 e1, 64 e2, 128 e0, 0, 16384 gain, 0, 0, 0: the curve adds e0 + e1 t + e2 t^2 codes,
// t = (the reference's code - 128) / 128.

import { interleaveHigh, interleaveLow, nearest, toIntegers } from './powers';
import { black, block, span } from './settings';

const SCALE: f64 = 64;
const SCALE_CONSTANT: f64 = 128;
const GAIN: f64 = 16384;

/** What 16 bits hold, in codes. No network goes as far. */
const LARGEST: f64 = 500;
const LARGEST_CONSTANT: f64 = 255;
const LARGEST_GAIN: f64 = 1.99;

/** Digits after the point of `toneRun`'s codes. */
export const TONE_BITS: i32 = 7;

// @ts-ignore: decorator
@inline
function bounded(codes: f64, largest: f64, scale: f64): f32 {
  return <f32>(min(max(codes, -largest), largest) * scale);
}

/** `c0`, `c1`, `c2`: the polynomial of Yr that is added to Yr = p t + q; `c3`: the chroma's gain less 1. */
export function storeTone(to: usize, c0: f64, c1: f64, c2: f64, c3: f64, p: f64, q: f64): void {
  const codes = <f64>span;
  store<f32>(to, bounded(codes * p * (c1 + 2 * q * c2), LARGEST, SCALE));
  store<f32>(to, bounded(codes * p * p * c2, LARGEST, SCALE), 4);
  store<f32>(to, bounded(codes * (c0 + q * (c1 + q * c2)), LARGEST_CONSTANT, SCALE_CONSTANT), 8);
  store<f32>(to, 0, 12);
  store<f32>(to, <f32>(min(max(1 + c3, 0), LARGEST_GAIN) * GAIN), 16);
  store<f32>(to, 0, 20);
  store<f32>(to, 0, 24);
  store<f32>(to, 0, 28);
}

/**
 * The reference's toned codes in a run of pixels, 16-bit in units of 2^-7, at `out`. The other parameters are
 * those of `evaluatePowers`, and the coefficients move along x the same way.
 */
export function toneRun(ref: usize, out: usize, pixels: i32, left: usize, cell: usize, first: i32): void {
  const base = v128.load(left);
  const grow = f32x4.mul(f32x4.sub(v128.load(left + cell), base), f32x4.splat(<f32>1 / <f32>block));
  const exact = f32x4.mul(grow, f32x4.splat(8));
  const step = nearest(exact);
  const half = f32x4.splat(<f32>((pixels - 1) >> 3) * 0.5);
  let p = f32x4.add(
    f32x4.add(base, f32x4.mul(grow, f32x4.splat(<f32>first + 0.5))), f32x4.mul(f32x4.sub(exact, step), half),
  );
  const p1 = f32x4.add(p, grow);
  const p2 = f32x4.add(p1, grow);
  const p3 = f32x4.add(p2, grow);
  const low = toIntegers(p, p1);
  const high = toIntegers(p2, p3);
  // Pairs (e1, e2) of four pixels; e0 of eight.
  let curve = i32x4.shuffle(low, high, 0, 2, 4, 6);
  const steps = toIntegers(step, f32x4.mul(grow, f32x4.splat(4)));
  const curve8 = i32x4.shuffle(steps, steps, 0, 0, 0, 0);
  const curve4 = i32x4.shuffle(steps, steps, 2, 2, 2, 2);
  const constant8 = i16x8.shuffle(steps, steps, 2, 2, 2, 2, 2, 2, 2, 2);
  const four = i16x8.shuffle(low, high, 2, 6, 10, 14, 2, 6, 10, 14);
  let constant = i16x8.add(four, i16x8.shuffle(i16x8.splat(0), steps, 0, 0, 0, 0, 14, 14, 14, 14));
  const least = i16x8.splat(<i16>(black << TONE_BITS));
  const most = i16x8.splat(<i16>((black + span) << TONE_BITS));
  for (const end = ref + <usize>pixels; ref < end; ref += 8, out += 16) {
    const codes = v128.load8x8_u(ref);
    const v = i16x8.sub(codes, i16x8.splat(128));
    const v7 = i16x8.shl(v, 7);
    const vv = i16x8.mul(v, v);
    // From units of 2^-20; where 16 bits are too few, the bounds of the range are all the same passed.
    const added = i16x8.add_sat_s(constant, i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.dot_i16x8_s(interleaveLow(v7, vv), curve), 13),
      i32x4.shr_s(i32x4.dot_i16x8_s(interleaveHigh(v7, vv), i16x8.add(curve, curve4)), 13),
    ));
    curve = i16x8.add(curve, curve8);
    constant = i16x8.add(constant, constant8);
    v128.store(out, i16x8.min_s(i16x8.max_s(i16x8.add_sat_s(i16x8.shl(codes, TONE_BITS), added), least), most));
  }
}

/**
 * The gain of the chroma at the centres of a run's 2x2 blocks, 16-bit in units of 2^-14, at `out`: eights of samples, of
 * which the last may pass the end. `leftA` and `leftB` are the coefficients of the two rows.
 */
export function gainRun(out: usize, pixels: i32, leftA: usize, leftB: usize, cell: usize, first: i32): void {
  const left: f32 = 0.5 * (load<f32>(leftA, 16) + load<f32>(leftB, 16));
  const right: f32 = 0.5 * (load<f32>(leftA + cell, 16) + load<f32>(leftB + cell, 16));
  const grow: f32 = (right - left) / <f32>block;
  let gains0 = f32x4.add(
    f32x4.splat(left + grow * <f32>(first + 1)), f32x4.mul(f32x4.splat(grow), f32x4(0, 2, 4, 6)),
  );
  for (let i = 0; i < pixels; i += 16, out += 16) {
    const gains1 = f32x4.add(gains0, f32x4.splat(8 * grow));
    v128.store(out, toIntegers(gains0, gains1));
    gains0 = f32x4.add(gains1, f32x4.splat(8 * grow));
  }
}
