// The logits of one exposure in a column, in Horner's form: L = C + s (c0 + c2 s + c3 t) + t (c1 + c4 t).

import { differencesOf, features, logitsOf, tones } from './column';
import { centred, times } from './fixed';
import { growth, lineStart } from './lines';
import { lumaStride } from './settings';
import { coefficient, POLYNOMIAL_BITS } from './tile';

/** Digits after the point of logits. */
export const LOGIT_BITS: i32 = 9;

/** The rule's bound of logits. */
const LARGEST_LOGIT: i32 = 60;

/**
 * Leaves the logits plus 64, which are never negative, and the differences from the toned reference.
 * `codes` is the exposure's first row, `shift` what `prepareTile` returned.
 */
export function logitColumn(
  exposure: i32, codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, shift: i32,
): void {
  if (shift) evaluate(exposure, codes, rows, x, fromMiddle, rowShare, shift, true);
  else evaluate(exposure, codes, rows, x, fromMiddle, rowShare, 0, false);
}

// @ts-ignore: decorator
@inline
function evaluate(
  exposure: i32, codes: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, shift: i32, large: bool,
): void {
  const grow0 = growth(coefficient(exposure, 0), x, rowShare);
  const grow1 = growth(coefficient(exposure, 1), x, rowShare);
  const grow2 = growth(coefficient(exposure, 2), x, rowShare);
  const grow3 = growth(coefficient(exposure, 3), x, rowShare);
  const grow4 = growth(coefficient(exposure, 4), x, rowShare);
  const grow5 = growth(coefficient(exposure, 5), x, rowShare);
  let constant = lineStart(coefficient(exposure, 0), x, grow0, fromMiddle);
  let own = lineStart(coefficient(exposure, 1), x, grow1, fromMiddle);
  let ref = lineStart(coefficient(exposure, 2), x, grow2, fromMiddle);
  let ownSquare = lineStart(coefficient(exposure, 3), x, grow3, fromMiddle);
  let product = lineStart(coefficient(exposure, 4), x, grow4, fromMiddle);
  let refSquare = lineStart(coefficient(exposure, 5), x, grow5, fromMiddle);
  const logits = logitsOf(exposure);
  const differences = differencesOf(exposure);
  for (let i: usize = 0, end = <usize>rows << 4; i < end; i += 16, codes += lumaStride) {
    const s = centred(v128.load64_zero(codes));
    const t = v128.load(features + i);
    v128.store(differences + i, i16x8.sub(i16x8.shr_s(s, 1), v128.load(tones + i)));
    const ofOwn = i16x8.add(own, i16x8.add(times(ownSquare, s), times(product, t)));
    const ofRef = i16x8.add(ref, times(refSquare, t));
    const logit = i16x8.add(i16x8.add(constant, times(ofOwn, s)), times(ofRef, t));
    v128.store(logits + i, large ? bounded(logit, shift) : halved(logit));
    constant = i16x8.add(constant, grow0);
    own = i16x8.add(own, grow1);
    ref = i16x8.add(ref, grow2);
    ownSquare = i16x8.add(ownSquare, grow3);
    product = i16x8.add(product, grow4);
    refSquare = i16x8.add(refSquare, grow5);
  }
}

/** From 32 + logit with 10 digits to 64 + logit with 9. */
// @ts-ignore: decorator
@inline
function halved(logit: v128): v128 {
  return i16x8.avgr_u(logit, i16x8.splat(-32768));
}

/** From signed logits with 10 - `shift` digits. */
// @ts-ignore: decorator
@inline
function bounded(logit: v128, shift: i32): v128 {
  const bound = (LARGEST_LOGIT << POLYNOMIAL_BITS) >> shift;
  const clamped = i16x8.max_s(i16x8.min_s(logit, i16x8.splat(<i16>bound)), i16x8.splat(<i16>-bound));
  return v128.xor(i16x8.shl(clamped, shift - POLYNOMIAL_BITS + LOGIT_BITS), i16x8.splat(-32768));
}
