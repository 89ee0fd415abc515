// The warp's second pass: what the first one left, resampled along y.

import { between, ONE } from './warp-between';
import { times } from './fixed';
import { FRACTION, innerLeft, innerRight, outerLeft, POSITION_BITS, quarterCubic } from './warp-keys';

// A vector constant costs three instructions where it is used, in memory one.
const GREY_AND_HALF: i16 = (128 << 6) + 32;
const greyAndHalf = memory.data<i16>([
  GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF,
], 16);

// @ts-ignore: decorator
@inline
export function leastLane(values: v128): i32 {
  let m = i16x8.min_s(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  m = i16x8.min_s(m, i32x4.shuffle(m, m, 1, 0, 3, 2));
  return min(i16x8.extract_lane_s(m, 0), i16x8.extract_lane_s(m, 1));
}

// @ts-ignore: decorator
@inline
export function greatestLane(values: v128): i32 {
  let m = i16x8.max_s(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  m = i16x8.max_s(m, i32x4.shuffle(m, m, 1, 0, 3, 2));
  return max(i16x8.extract_lane_s(m, 0), i16x8.extract_lane_s(m, 1));
}

/** The second pass: output rows of the rows that the first one left, of which the first is source row `first`. */
// @ts-ignore: decorator
@inline
export function combine(rows: i32, first: i32, down: v128, grow: v128, steady: i32, out: usize, outStride: usize): void {
  const step = i16x8.mul(grow, i16x8.splat(<i16>steady));
  let position = i16x8.add(down, i16x8.shr_s(i16x8.mul(grow, i16x8.splat(<i16>(steady - 1))), 1));
  for (let row = 0; row < rows;) {
    const whole = i16x8.shr_s(position, POSITION_BITS);
    const t = i16x8.shl(v128.and(position, i16x8.splat(<i16>FRACTION)), 15 - POSITION_BITS);
    const q = quarterCubic(t);
    const a = outerLeft(t, q);
    const b = i16x8.shr_s(q, 2);
    const w0 = toCodes(a);
    const w1 = toCodes(innerLeft(t, a, b));
    const w2 = toCodes(innerRight(t, a, b));
    const w3 = toCodes(b);
    const end = min(row + steady, rows);
    const common = <i32>i16x8.extract_lane_s(whole, 0);
    const same = i16x8.all_true(i16x8.eq(whole, i16x8.splat(<i16>common)));
    const least = same ? common : leastLane(whole);
    let at = between + (<usize>(row + least - 1 - first) << 4);
    if (same) {
      for (; row < end; row++, at += 16, out += outStride) {
        v128.store64_lane(out, codesOf(filtered(at, w0, w1, w2, w3)), 0);
      }
    } else {
      const most = greatestLane(whole);
      for (; row < end; row++, at += 16, out += outStride) {
        let codes = filtered(at, w0, w1, w2, w3);
        // Lanes that lie in other rows.
        for (let lane = least + 1; lane <= most; lane++) {
          const own = filtered(at + (<usize>(lane - least) << 4), w0, w1, w2, w3);
          codes = v128.bitselect(own, codes, i16x8.eq(whole, i16x8.splat(<i16>lane)));
        }
        v128.store64_lane(out, codesOf(codes), 0);
      }
    }
    position = i16x8.add(position, step);
  }
}

/** From units of 2^-6 less 128 to rounded codes. */
// @ts-ignore: decorator
@inline
function codesOf(sums: v128): v128 {
  const rounded = i16x8.shr_s(i16x8.add(sums, v128.load(greyAndHalf)), 6);
  return i8x16.narrow_i16x8_u(rounded, rounded);
}

/** From halves of weights to what makes of units of 1 / ONE such of 2^-6. */
// @ts-ignore: decorator
@inline
function toCodes(half: v128): v128 {
  return i16x8.add(half, times(half, i16x8.splat(<i16>((2 * 64 - ONE) * 32768 / ONE))));
}

// @ts-ignore: decorator
@inline
function filtered(at: usize, w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  return i16x8.add(
    i16x8.sub(times(v128.load(at, 16), w1), times(v128.load(at), w0)),
    i16x8.sub(times(v128.load(at, 32), w2), times(v128.load(at, 48), w3)),
  );
}
