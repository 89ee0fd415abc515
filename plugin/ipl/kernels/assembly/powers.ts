// From luma codes to 2^logit, for a run of pixels between two map columns' centres.

import { POLYNOMIAL, SIZE } from './coefficients';
import { block } from './settings';

/** The integers around 1.5 * 2^23 as float32: added to a float32 of small magnitude, it leaves the nearest integer. */
export const ROUND: f32 = 12582912.0;
const ROUND_BITS: i32 = 0x4b400000;

/** 2^-63, the power of the logit 0: the exponents count from 64, not 127 (coefficients.ts). */
export const UNIT: f32 = 1.0842021724855044e-19;

/** Logits within this bound need no clamp and are evaluated with more digits. */
const SMALL_SIZE: f32 = 60;

/** The rule's bound of logits, as exponents. */
const LEAST_EXPONENT: i32 = 4;
const GREATEST_EXPONENT: i32 = 124;

/** The same rounding as `ROUND` and eight 16-bit integers of two float32 vectors. */
// @ts-ignore: decorator
@inline
export function toIntegers(a: v128, b: v128): v128 {
  const bits = i32x4.splat(ROUND_BITS);
  const magic = f32x4.splat(ROUND);
  return i16x8.narrow_i32x4_s(i32x4.sub(f32x4.add(a, magic), bits), i32x4.sub(f32x4.add(b, magic), bits));
}

// @ts-ignore: decorator
@inline
export function nearest(values: v128): v128 {
  const magic = f32x4.splat(ROUND);
  return f32x4.sub(f32x4.add(values, magic), magic);
}

// @ts-ignore: decorator
@inline
export function interleaveLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
export function interleaveHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Two lines, of 9 vectors each (`prepareLine`). */
const LINE: usize = 9 * 16;
const lines = memory.data(288, 16);

/**
 * The powers of one or two (`both`) exposures in the pixels of a run, float32 at `out`, those of the second
 * `powerStride` bytes on. `own` and `ref` are codes of the exposure and of the reference; the second's are
 * `exposureStride` bytes on. `left` is the first's polynomial of the map column before the run, the second's the next,
 * and `cell` bytes on are those of the next column; the run's first pixel is `first` pixels on from where the left
 * column has its centre.
 *
 * Pixels pass in eights; up to 7 past the run are written, and mean nothing.
 */
export function evaluatePowers(
  own: usize, exposureStride: usize, ref: usize, out: usize, powerStride: usize, pixels: i32,
  left: usize, cell: usize, first: i32, both: bool,
): void {
  let size = max(load<f32>(left + SIZE), load<f32>(left + cell + SIZE));
  if (both) size = max(size, max(load<f32>(left + POLYNOMIAL + SIZE), load<f32>(left + POLYNOMIAL + cell + SIZE)));
  const small = size < SMALL_SIZE;
  prepareLine(left, left + cell, first, pixels, small, lines);
  if (both) prepareLine(left + POLYNOMIAL, left + POLYNOMIAL + cell, first, pixels, small, lines + LINE);
  if (small) {
    if (both) evaluate(own, exposureStride, ref, out, powerStride, pixels, true, true);
    else evaluate(own, exposureStride, ref, out, powerStride, pixels, true, false);
  } else {
    if (both) evaluate(own, exposureStride, ref, out, powerStride, pixels, false, true);
    else evaluate(own, exposureStride, ref, out, powerStride, pixels, false, false);
  }
}

/**
 * The coefficients along a run: pairs of 16-bit terms (0 and 1, 2 and 3, 4 and 5) of the first four pixels, then what
 * they grow by for the next four, then for the next eight.
 *
 * Along x the coefficients grow by a rounded step for each 8 pixels. So that rounding errors are at most 4 steps' (2^-7),
 * the rounded line goes through the exact one in the middle of the run, which has at most 64 pixels.
 */
function prepareLine(left: usize, right: usize, first: i32, pixels: i32, small: bool, line: usize): void {
  // Terms 0..3 and 4..5 at the left column, and how much they grow from one pixel to the next.
  let base0 = v128.load(left);
  let base1 = v128.load(left, 16);
  const pixel = f32x4.splat(<f32>1 / <f32>block);
  let grow0 = f32x4.mul(f32x4.sub(v128.load(right), base0), pixel);
  let grow1 = f32x4.mul(f32x4.sub(v128.load(right, 16), base1), pixel);
  if (!small) {
    const quarter = f32x4.splat(0.25);
    base0 = f32x4.mul(base0, quarter);
    base1 = f32x4.mul(base1, quarter);
    grow0 = f32x4.mul(grow0, quarter);
    grow1 = f32x4.mul(grow1, quarter);
  }
  const eight = f32x4.splat(8);
  const exact0 = f32x4.mul(grow0, eight);
  const exact1 = f32x4.mul(grow1, eight);
  const step0 = nearest(exact0);
  const step1 = nearest(exact1);
  const half = f32x4.splat(<f32>((pixels - 1) >> 3) * 0.5);
  const start = f32x4.splat(<f32>first + 0.5);
  let p0 = f32x4.add(f32x4.add(base0, f32x4.mul(grow0, start)), f32x4.mul(f32x4.sub(exact0, step0), half));
  let p1 = f32x4.add(f32x4.add(base1, f32x4.mul(grow1, start)), f32x4.mul(f32x4.sub(exact1, step1), half));
  // The first four pixels, whose terms come side by side, transposed to pairs of terms of four pixels.
  const pixel0 = toIntegers(p0, p1);
  p0 = f32x4.add(p0, grow0);
  p1 = f32x4.add(p1, grow1);
  const pixel1 = toIntegers(p0, p1);
  p0 = f32x4.add(p0, grow0);
  p1 = f32x4.add(p1, grow1);
  const pixel2 = toIntegers(p0, p1);
  p0 = f32x4.add(p0, grow0);
  p1 = f32x4.add(p1, grow1);
  const pixel3 = toIntegers(p0, p1);
  const low01 = i32x4.shuffle(pixel0, pixel1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(pixel2, pixel3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(pixel0, pixel1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(pixel2, pixel3, 2, 6, 3, 7);
  v128.store(line, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(line, i64x2.shuffle(low01, low23, 1, 3), 16);
  v128.store(line, i64x2.shuffle(high01, high23, 0, 2), 32);
  const four = f32x4.splat(4);
  const halfStep = toIntegers(f32x4.mul(grow0, four), f32x4.mul(grow1, four));
  v128.store(line, i32x4.shuffle(halfStep, halfStep, 0, 0, 0, 0), 48);
  v128.store(line, i32x4.shuffle(halfStep, halfStep, 1, 1, 1, 1), 64);
  v128.store(line, i32x4.shuffle(halfStep, halfStep, 2, 2, 2, 2), 80);
  const step = toIntegers(step0, step1);
  v128.store(line, i32x4.shuffle(step, step, 0, 0, 0, 0), 96);
  v128.store(line, i32x4.shuffle(step, step, 1, 1, 1, 1), 112);
  v128.store(line, i32x4.shuffle(step, step, 2, 2, 2, 2), 128);
}

/**
 * The logit in fixed point is the sum of three dot products of 16-bit pairs. Features are in units of 2^-14 (the
 * constant's in -2^-15), coefficients in 2^-9, so that the logit plus 64 comes out in 2^-23: the bits of a float32 that
 * is 2^(n - 63) (1 + f) where the logit is n + f. Where the coefficients are not small, they are in 2^-7, and the sum,
 * below 2^10 in size, is clamped before it is shifted.
 *
 * Two exposures pass together because half of the features are the reference's. What the coefficients grow by is read
 * from memory: there are not enough registers for it.
 */
// @ts-ignore: decorator
@inline
function evaluate(
  own: usize, exposureStride: usize, ref: usize, out: usize, powerStride: usize, pixels: i32, small: bool, both: bool,
): void {
  let linear = v128.load(lines);
  let square = v128.load(lines + 16);
  let rest = v128.load(lines + 32);
  let linear2 = both ? v128.load(lines + LINE) : i16x8.splat(0);
  let square2 = both ? v128.load(lines + LINE + 16) : i16x8.splat(0);
  let rest2 = both ? v128.load(lines + LINE + 32) : i16x8.splat(0);
  for (const end = own + <usize>pixels; own < end; own += 8, ref += 8, out += 32) {
    const v = i16x8.sub(v128.load8x8_u(ref), i16x8.splat(128));
    const v7 = i16x8.shl(v, 7);
    const vv = i16x8.mul(v, v);
    const restLow = interleaveLow(vv, i16x8.splat(-32768));
    const restHigh = interleaveHigh(vv, i16x8.splat(-32768));
    storePowers(own, v, v7, restLow, restHigh, linear, square, rest, lines, out, small);
    linear = i16x8.add(linear, v128.load(lines + 96));
    square = i16x8.add(square, v128.load(lines + 112));
    rest = i16x8.add(rest, v128.load(lines + 128));
    if (both) {
      storePowers(
        own + exposureStride, v, v7, restLow, restHigh, linear2, square2, rest2, lines + LINE, out + powerStride, small,
      );
      linear2 = i16x8.add(linear2, v128.load(lines + LINE + 96));
      square2 = i16x8.add(square2, v128.load(lines + LINE + 112));
      rest2 = i16x8.add(rest2, v128.load(lines + LINE + 128));
    }
  }
}

/** The powers of one exposure at eight pixels, of which the first four have the coefficients given. */
// @ts-ignore: decorator
@inline
function storePowers(
  own: usize, v: v128, v7: v128, restLow: v128, restHigh: v128,
  linear: v128, square: v128, rest: v128, line: usize, out: usize, small: bool,
): void {
  const u = i16x8.sub(v128.load8x8_u(own), i16x8.splat(128));
  const u7 = i16x8.shl(u, 7);
  const uu = i16x8.mul(u, u);
  const uv = i16x8.mul(u, v);
  const low = i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(interleaveLow(u7, v7), linear), i32x4.dot_i16x8_s(interleaveLow(uu, uv), square)),
    i32x4.dot_i16x8_s(restLow, rest),
  );
  const high = i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(interleaveHigh(u7, v7), i16x8.add(linear, v128.load(line + 48))),
      i32x4.dot_i16x8_s(interleaveHigh(uu, uv), i16x8.add(square, v128.load(line + 64))),
    ),
    i32x4.dot_i16x8_s(restHigh, i16x8.add(rest, v128.load(line + 80))),
  );
  v128.store(out, small ? low : toExponent(low));
  v128.store(out, small ? high : toExponent(high), 16);
}

/** From units of 2^-21 to the bits of a float32. */
// @ts-ignore: decorator
@inline
function toExponent(sum: v128): v128 {
  const clamped = i32x4.max_s(
    i32x4.min_s(sum, i32x4.splat(GREATEST_EXPONENT << 21)), i32x4.splat(LEAST_EXPONENT << 21),
  );
  return i32x4.shl(clamped, 2);
}
