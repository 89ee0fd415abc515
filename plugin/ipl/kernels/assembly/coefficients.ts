// Map rows as the blend reads them: float32 [mapWidth + 2][K][8], that is for each map column first the reference's tone
// curve (tone.ts), then for each other exposure one polynomial, the logit against the reference's in powers of two:
//
//   L = C + c0 s + c1 t + c2 s^2 + c3 s t + c4 t^2,   s = (own code - 128) / 128, t = (reference's code - 128) / 128
//
// stored as C, c0, ..., c4, the size |C| + |c0| + ... + |c4|, 0. Around mid grey all terms are of similar size and need no
// more than 16 bits. Column 0 repeats the first map column and column mapWidth + 1 the last, so that pixels outside the
// outermost map columns need no case of their own: they lie between two equal columns.

import { POLYNOMIAL, SIZE } from './polynomial';
import { COEFFICIENTS } from './rule.generated';
import { black, exposures, mapWidth, span } from './settings';
import { storeTone } from './tone';

/** No network gives polynomials larger than this; they are scaled down. */
const LARGEST_SIZE: f64 = 900;

/** The six floats of a map cell that the wrapper put at `from`, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function given(from: usize, stride: usize, channel: i32): f64 {
  return <f64>load<f32>(from + <usize>channel * stride);
}

/**
 * Makes one map row from the network's coefficients, float32 [K][6][mapWidth] at `from`, the reference first:
 * (1, Yk, Yr, Yk^2, Yk Yr, Yr^2) of each exposure's logit; of the reference (1, Yr) of what its tone curve adds, nothing,
 * what the fused chroma's gain has above 1, and what is added to Cb and Cr.
 */
export function prepareCoefficients(from: usize, row: usize): void {
  const stride = (<usize>mapWidth) << 2;
  const cell = (<usize>exposures) * POLYNOMIAL;
  // Y = p s + q
  const p: f64 = 128.0 / <f64>span;
  const q: f64 = <f64>(128 - black) / <f64>span;
  for (let column = 0; column < mapWidth; column++, from += 4) {
    let to = row + <usize>(column + 1) * cell;
    storeTone(to, given(from, stride, 0), given(from, stride, 1), given(from, stride, 3), given(from, stride, 4), given(from, stride, 5), q);
    for (let k = 1, at = from + COEFFICIENTS * stride; k < exposures; k++, at += COEFFICIENTS * stride) {
      to += POLYNOMIAL;
      const own = given(at, stride, 1);
      const ref = given(at, stride, 2);
      const ownSquare = given(at, stride, 3);
      const product = given(at, stride, 4);
      const refSquare = given(at, stride, 5);
      storePolynomial(
        to, given(at, stride, 0) + q * (own + ref) + q * q * (ownSquare + product + refSquare),
        p * (own + q * (2 * ownSquare + product)), p * (ref + q * (2 * refSquare + product)),
        p * p * ownSquare, p * p * product, p * p * refSquare,
      );
    }
  }
  memory.copy(row, row + cell, cell);
  memory.copy(row + <usize>(mapWidth + 1) * cell, row + <usize>mapWidth * cell, cell);
}

function storePolynomial(to: usize, c: f64, s: f64, t: f64, ss: f64, st: f64, tt: f64): void {
  const size = abs(c) + abs(s) + abs(t) + abs(ss) + abs(st) + abs(tt);
  const fit = min(1, LARGEST_SIZE / size);
  store<f32>(to, <f32>(c * fit));
  store<f32>(to, <f32>(s * fit), 4);
  store<f32>(to, <f32>(t * fit), 8);
  store<f32>(to, <f32>(ss * fit), 12);
  store<f32>(to, <f32>(st * fit), 16);
  store<f32>(to, <f32>(tt * fit), 20);
  store<f32>(to, <f32>(size * fit), SIZE);
  store<f32>(to, 0, 28);
}
