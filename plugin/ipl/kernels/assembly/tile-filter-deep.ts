// As tile-filter.ts, of samples of 10 bits in 16. Between the two directions sums keep four digits below a code.

import { PARTS } from './tile-filter';

/** Digits below a code of 10 bits: with them a sample, and all that the filter makes of it, has 16 bits with its sign. */
const DIGITS: i32 = 4;
const LARGEST: i16 = 1023;
const HALF: i16 = 8;

/** Of Keys' cubic (warp-keys.ts), by parts, in units of 2^-15: eight times the same, the four samples' one after the other. */
const weights = memory.data(PARTS * 64, 16);

function setWeight(part: i32, tap: i32, value: f64): void {
  v128.store(weights + <usize>(part * 64 + tap * 16), i16x8.splat(<i16>(value * 32768 + (value < 0 ? -0.5 : 0.5))));
}

let ready = false;

/** A part of 0 has no weights: nothing is filtered there. */
function prepare(): void {
  for (let part = 1; part < PARTS; part++) {
    const t: f64 = <f64>part / PARTS;
    const rest: f64 = 1 - t;
    const a: f64 = t * rest * rest * 0.5;
    const b: f64 = t * t * rest * 0.5;
    setWeight(part, 0, -a);
    setWeight(part, 1, rest + 2 * a - b);
    setWeight(part, 2, t - a + 2 * b);
    setWeight(part, 3, -b);
  }
  ready = true;
}

/** Samples with their digits. @param high whether they lie in the upper 10 of 16 bits */
// @ts-ignore: decorator
@inline
function digits(from: usize, high: bool): v128 {
  const samples = v128.load(from);
  return high ? i16x8.shr_u(samples, 6 - DIGITS) : i16x8.shl(samples, DIGITS);
}

// @ts-ignore: decorator
@inline
function four(a: v128, b: v128, c: v128, d: v128, by: usize): v128 {
  const outer = i16x8.add(i16x8.q15mulr_sat_s(a, v128.load(by)), i16x8.q15mulr_sat_s(d, v128.load(by, 48)));
  const inner = i16x8.add(i16x8.q15mulr_sat_s(b, v128.load(by, 16)), i16x8.q15mulr_sat_s(c, v128.load(by, 32)));
  return i16x8.add(outer, inner);
}

// @ts-ignore: decorator
@inline
function across(from: usize, size: usize, high: bool, right: i32): v128 {
  if (right == 0) return digits(from, high);
  const by = weights + (<usize>right << 6);
  return four(digits(from - size, high), digits(from, high), digits(from + size, high), digits(from + 2 * size, high), by);
}

// @ts-ignore: decorator
@inline
function put(to: usize, value: v128, high: bool): void {
  const codes = i16x8.shr_s(i16x8.add(value, i16x8.splat(HALF)), DIGITS);
  const whole = i16x8.max_s(i16x8.min_s(codes, i16x8.splat(LARGEST)), i16x8.splat(0));
  v128.store(to, high ? i16x8.shl(whole, 6) : whole);
}

/** As `filterTile`. `size`: bytes from a sample to the next of its kind. `high`: they lie in the upper 10 of 16 bits. */
export function filterDeepTile(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, size: usize, right: i32, down: i32, high: bool): void {
  if (!ready) prepare();
  if (down == 0) {
    for (let row = 0; row < rows; row++, from += stride, to += toStride) put(to, across(from, size, high, right), high);
    return;
  }
  const by = weights + (<usize>down << 6);
  from -= stride;
  let a = across(from, size, high, right);
  let b = across(from + stride, size, high, right);
  let c = across(from + 2 * stride, size, high, right);
  from += 3 * stride;
  for (let row = 0; row < rows; row++, from += stride, to += toStride) {
    const d = across(from, size, high, right);
    put(to, four(a, b, c, d, by), high);
    a = b;
    b = c;
    c = d;
  }
}
