// The logits of one exposure in a column, in Horner's form: L = C + s (c0 + c2 s + c3 t) + t (c1 + c4 t).

import { column, DIFFERENCES, FEATURES, LOGITS, ROWS, TONES } from './column';
import { centredAt, signBits, times } from './fixed';
import { growth, lineStart } from './lines';
import { LARGEST_LOGIT } from './rule.generated';
import { deep, lumaStride } from './settings';
import { coefficient, POLYNOMIAL_BITS } from './tile';

/** Digits after the point of logits. */
export const LOGIT_BITS: i32 = 9;

/**
 * Leaves the logits plus 64, which are never negative, and the differences from the toned reference.
 * `codes` is the exposure's first row, `shift` what `prepareTile` returned.
 */
export function logitColumn(
  exposure: i32, codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, shift: i32,
): void {
  if (deep && shift) evaluate(exposure, codes, rows, x, fromMiddle, rowShare, shift, true, true);
  else if (deep) evaluate(exposure, codes, rows, x, fromMiddle, rowShare, 0, false, true);
  else if (shift) evaluate(exposure, codes, rows, x, fromMiddle, rowShare, shift, true, false);
  else evaluate(exposure, codes, rows, x, fromMiddle, rowShare, 0, false, false);
}

// @ts-ignore: decorator
@inline
function evaluate(
  exposure: i32, codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, shift: i32, large: bool, deep: bool,
): void {
  let constant = start(exposure, 0, x, fromMiddle, rowShare);
  let own = start(exposure, 1, x, fromMiddle, rowShare);
  let ref = start(exposure, 2, x, fromMiddle, rowShare);
  let ownSquare = start(exposure, 3, x, fromMiddle, rowShare);
  let product = start(exposure, 4, x, fromMiddle, rowShare);
  let refSquare = start(exposure, 5, x, fromMiddle, rowShare);
  const signs = signBits();
  const stride = lumaStride;
  const exposureRows = <usize>(exposure - 1) * ROWS;
  let row = column;
  for (const end = codes + <usize>rows * stride; codes < end;) {
    evaluateRow(codes, row, row + exposureRows, constant, own, ref, ownSquare, product, refSquare, shift, large, deep, signs);
    constant = next(constant, 0);
    own = next(own, 1);
    ref = next(ref, 2);
    ownSquare = next(ownSquare, 3);
    product = next(product, 4);
    refSquare = next(refSquare, 5);
    codes += stride;
    evaluateRow(codes, row + 16, row + exposureRows + 16, constant, own, ref, ownSquare, product, refSquare, shift, large, deep, signs);
    constant = next(constant, 0);
    own = next(own, 1);
    ref = next(ref, 2);
    ownSquare = next(ownSquare, 3);
    product = next(product, 4);
    refSquare = next(refSquare, 5);
    codes += stride;
    row += 32;
  }
}

/** What the coefficients grow by: there are not enough registers for it. */
const growths = memory.data(6 * 16, 16);

// @ts-ignore: decorator
@inline
function start(exposure: i32, index: i32, x: v128, fromMiddle: v128, rowShare: v128): v128 {
  const at = coefficient(exposure, index);
  const grow = growth(at, x, rowShare);
  v128.store(growths + (<usize>index << 4), grow);
  return lineStart(at, x, grow, fromMiddle);
}

// @ts-ignore: decorator
@inline
function next(value: v128, index: i32): v128 {
  return i16x8.add(value, v128.load(growths + (<usize>index << 4)));
}

// @ts-ignore: decorator
@inline
function evaluateRow(
  codes: usize, row: usize, out: usize, constant: v128, own: v128, ref: v128, ownSquare: v128, product: v128, refSquare: v128,
  shift: i32, large: bool, deep: bool, signs: v128,
): void {
  const s = centredAt(codes, deep, signs);
  const t = v128.load(row, FEATURES);
  const ofOwn = i16x8.add(own, i16x8.add(times(ownSquare, s), times(product, t)));
  const ofRef = i16x8.add(ref, times(refSquare, t));
  const logit = i16x8.add(i16x8.add(constant, times(ofOwn, s)), times(ofRef, t));
  // From 32 + logit with 10 digits to 64 + logit with 9, where it is not large.
  v128.store(out, large ? bounded(logit, shift, signs) : i16x8.avgr_u(logit, signs), LOGITS);
  v128.store(out, i16x8.sub(i16x8.shr_s(s, 1), v128.load(row, TONES)), DIFFERENCES);
}

/** From signed logits with 10 - `shift` digits. */
// @ts-ignore: decorator
@inline
function bounded(logit: v128, shift: i32, signs: v128): v128 {
  const bound = (LARGEST_LOGIT << POLYNOMIAL_BITS) >> shift;
  const clamped = i16x8.max_s(i16x8.min_s(logit, i16x8.splat(<i16>bound)), i16x8.splat(<i16>-bound));
  return v128.xor(i16x8.shl(clamped, shift - POLYNOMIAL_BITS + LOGIT_BITS), signs);
}
