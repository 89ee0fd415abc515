// The warp's first pass: source rows, resampled along x.

import { between, ONE } from './warp-between';
import { times } from './fixed';
import { FRACTION, innerRight, outerLeft, POSITION_BITS, quarterCubic } from './warp-keys';
import { lastRow, MARGIN, ring, ringMask, ringStride, samples } from './warp-ring';

// A vector constant costs three instructions where it is used, in memory one.
const signs = memory.data<u64>([0x8080808080808080, 0x8080808080808080], 16);

/** The first pass: `count` source rows from `row` on, less 128, in units of 1 / ONE. */
// @ts-ignore: decorator
@inline
export function resample(
  x: i32, row: i32, count: i32, low: v128, high: v128, slopeLow: v128, slopeHigh: v128, steady: i32, pairs: bool,
): void {
  const size = pairs ? 2 : 1;
  // Positions are those of the middle of the rows that share weights.
  const half = steady - 1;
  low = i32x4.add(low, i32x4.shr_s(i32x4.mul(slopeLow, i32x4.splat(half)), 1));
  high = i32x4.add(high, i32x4.shr_s(i32x4.mul(slopeHigh, i32x4.splat(half)), 1));
  const stepLow = i32x4.mul(slopeLow, i32x4.splat(steady));
  const stepHigh = i32x4.mul(slopeHigh, i32x4.splat(steady));
  const stop = row + count;
  for (let to = between; row < stop;) {
    // The window of 16 bytes begins a sample left of the leftmost lane's.
    const window = (min(i32x4.extract_lane(low, 0), i32x4.extract_lane(high, 3)) >> POSITION_BITS) - 1;
    const from = i32x4.splat(window << POSITION_BITS);
    const position = i16x8.narrow_i32x4_s(i32x4.sub(low, from), i32x4.sub(high, from));
    // In each lane the places in the window of the inner two, and of the outer two samples.
    const whole = i16x8.shr_u(position, POSITION_BITS);
    const place = i16x8.mul(pairs ? i16x8.add(i16x8.add(whole, whole), i16x8(0, 1, 0, 1, 0, 1, 0, 1)) : whole, i16x8.splat(0x101));
    const inner = i16x8.add(place, i16x8.splat(<i16>(size << 8)));
    const outer = i16x8.add(place, i16x8.splat(<i16>((size << 9) - size)));
    const t = i16x8.shl(v128.and(position, i16x8.splat(<i16>FRACTION)), 15 - POSITION_BITS);
    const q = quarterCubic(t);
    const w0 = inUnits(outerLeft(t, q));
    const w3 = inUnits(i16x8.shr_s(q, 2));
    const w2 = inUnits(innerRight(t, outerLeft(t, q), i16x8.shr_s(q, 2)));
    // The rest, so that all four are one, exactly.
    const w1 = i16x8.sub(i16x8.add(i16x8.splat(ONE), i16x8.add(w0, w3)), w2);
    const innerWeights = v128.or(w1, i16x8.shl(w2, 8));
    const outerWeights = v128.or(w0, i16x8.shl(w3, 8));
    // Farther out than this all of the window repeats the border.
    const at = ring + MARGIN + <isize>(max(-16, min(x + window, samples)) * size);
    const end = min(row + steady, stop);
    if (row >= 0 && end <= lastRow + 1) {
      const wrap = at + <usize>(ringMask + 1) * ringStride;
      let codes = at + <usize>(row & ringMask) * ringStride;
      for (; row < end; row++, to += 16) {
        acrossFour(codes, to, inner, outer, innerWeights, outerWeights);
        codes += ringStride;
        if (codes == wrap) codes = at;
      }
    } else {
      for (; row < end; row++, to += 16) {
        const source = min(max(row, 0), lastRow) & ringMask;
        acrossFour(at + <usize>source * ringStride, to, inner, outer, innerWeights, outerWeights);
      }
    }
    low = i32x4.add(low, stepLow);
    high = i32x4.add(high, stepHigh);
  }
}

/** Halves of weights, in units of 2^-15, as whole numbers of ONE. */
// @ts-ignore: decorator
@inline
function inUnits(half: v128): v128 {
  return times(half, i16x8.splat(2 * ONE));
}

// @ts-ignore: decorator
@inline
function acrossFour(from: usize, to: usize, inner: v128, outer: v128, innerWeights: v128, outerWeights: v128): void {
  const codes = v128.xor(v128.load(from), v128.load(signs));
  v128.store(to, i16x8.sub(
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.relaxed_swizzle(codes, inner), innerWeights),
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.relaxed_swizzle(codes, outer), outerWeights),
  ));
}
