// The reference's tone curve: what only the reference can show, because it moved, still gets the
// brightness of its surroundings. And the gain of the fused chroma, and what is added to it.
//
// In the place of a polynomial stand e0, e1, the gain, what is added to Cb and to Cr, and three zeros: the curve adds
// e0 + e1 t to a code, in units of 2^-7, where t = (code - 128) / 128. It stays in the nominal range, and goes beyond only as
// far as the code itself does: a super-white that the reference shows is kept, and none is made. It adds and takes away no more than
// four times what the exposures are apart. Where the reference is near white, its colour is unknown: what that gives to chroma.ts is
// left beside the curve. Of what it adds to a code the brighter exposures' share is added, of what it takes away the darker ones' (shares.ts).

import { column, FEATURES, FREEDOM, TONES, UNCOVERED } from './column';
import { centredAt, deepAt, signBits, times } from './fixed';
import { growth, lineStart } from './lines';
import { black, chromaSpan, deep, exposures, exposureStride, lumaStride, span } from './settings';
import { missingBrighter, missingDarker, shared } from './shares';
import { coefficient } from './tile';

/** Digits after the point of toned codes. */
export const TONE_BITS: i32 = 7;

/** Digits after the point of the chroma's gain. */
export const GAIN_BITS: i32 = 13;

/** Luma of the reference from which on its colour is unknown, and how far chroma may then go beyond what exposures show. */
const NEAR_WHITE: f32 = 0.9;
const FREE: f32 = 0.25;

/** Vectors that each column needs, and where they are: worked out in a column, V8 works them out again in each of its rows. */
const bounds = memory.data(5 * 16, 16);
const DARK: usize = 0;
const LIGHT: usize = 16;
const EDGE: usize = 32;
const MOST_FREE: usize = 48;
const TO_CHROMA: usize = 64;

/** To be called before the columns of some rows. */
export function openTones(): void {
  const code = <f32>(1 << TONE_BITS);
  v128.store(bounds, i16x8.splat(<i16>((black - 128) << TONE_BITS)), DARK);
  v128.store(bounds, i16x8.splat(<i16>((black + span - 128) << TONE_BITS)), LIGHT);
  v128.store(bounds, i16x8.splat(<i16>((<f32>(black - 128) + NEAR_WHITE * <f32>span) * code)), EDGE);
  v128.store(bounds, i16x8.splat(<i16>(FREE * <f32>span * code)), MOST_FREE);
  v128.store(bounds, i16x8.splat(<i16>(<f32>(1 << 14) * <f32>chromaSpan / <f32>span)), TO_CHROMA);
}

/** What 16 bits hold, in codes and as a gain. No network goes as far. */
const LARGEST: f64 = 255;
const LARGEST_GAIN: f64 = 1.99;

// @ts-ignore: decorator
@inline
function bounded(codes: f64): f32 {
  return <f32>(min(max(codes, -LARGEST), LARGEST) * <f64>(1 << TONE_BITS));
}

/** `c0`, `c1`: what is added to Yr is c0 + c1 Yr, Yr = p t + q; `c3`: the chroma's gain less 1; `c4`, `c5`: for Cb and Cr. */
export function storeTone(to: usize, c0: f64, c1: f64, c3: f64, c4: f64, c5: f64, q: f64): void {
  store<f32>(to, bounded(<f64>span * (c0 + q * c1)));
  // A unit of t is 128 codes.
  store<f32>(to, bounded(128 * c1), 4);
  store<f32>(to, <f32>(min(max(1 + c3, 0), LARGEST_GAIN) * <f64>(1 << GAIN_BITS)), 8);
  store<f32>(to, bounded(<f64>chromaSpan * c4), 12);
  store<f32>(to, bounded(<f64>chromaSpan * c5), 16);
  for (let i: usize = 20; i < 32; i += 4) store<f32>(to + i, 0);
}

/**
 * The toned codes of a column of the reference, and what they are made from. `codes` is the first row's. `partly`: not all exposures cover
 * the column. @returns whether chroma has a freedom somewhere in it
 */
export function toneColumn(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, partly: bool): bool {
  if (deep) return toneRows(codes, rows, x, fromMiddle, rowShare, exposures, true, true);
  if (shared || partly) return toneRows(codes, rows, x, fromMiddle, rowShare, exposures, true, false);
  // The number of exposures is a constant in each of the four, so that nothing is counted on the way.
  if (exposures == 3) return tone3(codes, rows, x, fromMiddle, rowShare);
  if (exposures == 2) return tone2(codes, rows, x, fromMiddle, rowShare);
  if (exposures == 4) return tone4(codes, rows, x, fromMiddle, rowShare);
  return tone5(codes, rows, x, fromMiddle, rowShare);
}

function tone2(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128): bool {
  return toneRows(codes, rows, x, fromMiddle, rowShare, 2, false, false);
}

function tone3(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128): bool {
  return toneRows(codes, rows, x, fromMiddle, rowShare, 3, false, false);
}

function tone4(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128): bool {
  return toneRows(codes, rows, x, fromMiddle, rowShare, 4, false, false);
}

function tone5(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128): bool {
  return toneRows(codes, rows, x, fromMiddle, rowShare, 5, false, false);
}

// @ts-ignore: decorator
@inline
function toneRows(codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, k: i32, rare: bool, deep: bool): bool {
  const grow0 = growth(coefficient(0, 0), x, rowShare);
  const grow1 = growth(coefficient(0, 1), x, rowShare);
  let constant = lineStart(coefficient(0, 0), x, grow0, fromMiddle);
  let slope = lineStart(coefficient(0, 1), x, grow1, fromMiddle);
  const dark = v128.load(bounds, DARK);
  const light = v128.load(bounds, LIGHT);
  const edge = v128.load(bounds, EDGE);
  const signs = signBits();
  const stride = lumaStride;
  const next = exposureStride;
  let brightest = dark;
  let at = codes;
  for (let row = column, end = column + (<usize>rows << 4); row < end; row += 16, at += stride) {
    let apart = apartOf(at, next, k, deep);
    const t = centredAt(at, deep, signs);
    v128.store(row, t, FEATURES);
    const own = i16x8.shr_s(t, 1);
    if (rare) {
      // What one exposure does not show says nothing of how far they are apart.
      const unknown = v128.load(row, UNCOVERED);
      apart = v128.or(apart, unknown);
      v128.store(row, v128.or(freedom(own, apart, edge), unknown), FREEDOM);
    } else {
      brightest = i16x8.max_s(brightest, own);
    }
    const twice = i16x8.add_sat_s(apart, apart);
    const most = i16x8.add_sat_s(twice, twice);
    let change = i16x8.min_s(i16x8.max_s(i16x8.add_sat_s(constant, times(slope, t)), i16x8.neg(most)), most);
    if (rare) {
      const none = i16x8.splat(0);
      const more = times(i16x8.max_s(change, none), i16x8.splat(missingBrighter));
      const less = times(i16x8.min_s(change, none), i16x8.splat(missingDarker));
      change = i16x8.sub(i16x8.sub(change, more), less);
    }
    const toned = i16x8.add_sat_s(own, change);
    v128.store(row, i16x8.min_s(i16x8.max_s(toned, i16x8.min_s(own, dark)), i16x8.max_s(own, light)), TONES);
    constant = i16x8.add(constant, grow0);
    slope = i16x8.add(slope, grow1);
  }
  if (rare) return true;
  if (!v128.any_true(i16x8.gt_s(brightest, edge))) return false;
  freeRows(codes, rows);
  return true;
}

/** Leaves the freedom of a column's rows, of 8 bits, behind the tone curve: few columns have any. */
function freeRows(codes: usize, rows: i32): void {
  const edge = v128.load(bounds, EDGE);
  for (let row = column, end = column + (<usize>rows << 4); row < end; row += 16, codes += lumaStride) {
    const own = i16x8.shr_s(v128.load(row, FEATURES), 1);
    v128.store(row, freedom(own, apartOf(codes, exposureStride, exposures, false), edge), FREEDOM);
  }
}

/** How far the exposures are apart at eight pixels, in units of 2^-7. */
// @ts-ignore: decorator
@inline
function apartOf(codes: usize, next: usize, k: i32, deep: bool): v128 {
  const own = codesAt(codes, deep);
  const first = codesAt(codes + next, deep);
  let least = smaller(own, first, deep);
  let most = larger(own, first, deep);
  if (k > 2) {
    const second = codesAt(codes + 2 * next, deep);
    least = smaller(least, second, deep);
    most = larger(most, second, deep);
  }
  if (k > 3) {
    const third = codesAt(codes + 3 * next, deep);
    least = smaller(least, third, deep);
    most = larger(most, third, deep);
  }
  if (k > 4) {
    const fourth = codesAt(codes + 4 * next, deep);
    least = smaller(least, fourth, deep);
    most = larger(most, fourth, deep);
  }
  if (deep) return i16x8.shr_u(i16x8.sub(most, least), 8 - TONE_BITS);
  return i16x8.shl(i16x8.extend_low_i8x16_u(i8x16.sub(most, least)), TONE_BITS);
}

// @ts-ignore: decorator
@inline
function codesAt(codes: usize, deep: bool): v128 {
  return deep ? deepAt(codes) : v128.load64_zero(codes);
}

// @ts-ignore: decorator
@inline
function smaller(a: v128, b: v128, deep: bool): v128 {
  return deep ? i16x8.min_u(a, b) : i8x16.min_u(a, b);
}

// @ts-ignore: decorator
@inline
function larger(a: v128, b: v128, deep: bool): v128 {
  return deep ? i16x8.max_u(a, b) : i8x16.max_u(a, b);
}

/** `unknown` of rule.py: from luma, in units of 2^-7, to chroma in units of 2^-6. FREE / (1 - NEAR_WHITE) is 5/2. */
// @ts-ignore: decorator
@inline
function freedom(own: v128, apart: v128, edge: v128): v128 {
  const above = i16x8.max_s(i16x8.sub_sat_s(own, edge), i16x8.splat(0));
  const unknown = i16x8.add(i16x8.add(above, above), i16x8.shr_s(above, 1));
  return times(i16x8.min_s(i16x8.min_s(unknown, v128.load(bounds, MOST_FREE)), apart), v128.load(bounds, TO_CHROMA));
}
