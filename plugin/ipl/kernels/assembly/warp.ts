// A plane read at an offset that varies over the picture: in cells of 64 x 32 luma pixels it is linear between the
// cell's corners, along x and along y. Two passes over columns of eight bytes: source rows are resampled along x at where each
// output column meets them, then along y. Both are exact for such an offset, because a column's meeting points lie on a line.
//
// The filter is Keys' cubic convolution (a = -1/2, Catmull-Rom), of four samples in each direction:
//
//   w0 = -A, w1 = 1 - t + 2 A - B, w2 = t - A + 2 B, w3 = -B,   A = t (1 - t)^2 / 2, B = t^2 (1 - t) / 2
//
// At whole pixels it gives the very code. Noise never grows: the squares of the weights add up to no more than 1.

import { times } from './fixed';

/** Luma pixels of a cell. */
export const CELL_WIDTH: i32 = 64;
export const CELL_HEIGHT: i32 = 32;

/** Bytes of a corner: its offset along x and along y, float32, in luma pixels. */
const CORNER: usize = 8;

/** Digits after the point of positions. */
const POSITION_BITS: i32 = 11;
const FRACTION: i32 = (1 << POSITION_BITS) - 1;

/** A row of the ring has so many bytes before its first sample, and as many and more after the last: they repeat it. */
export const MARGIN: i32 = 32;

/**
 * Weights are kept for as many rows as their position moves less than this, in pixels: then it is nowhere more than half of
 * it off.
 */
const STEADY: f32 = 1.0 / 32;

/**
 * Of one, as a weight of the first pass: 7 bits without a sign hold it, a sum of products 16. A weight is off by no more than
 * 1/240.
 */
const ONE: i16 = 120;

/** Rows of a column between the passes, at most: 32, the filter's three, and what a slope of 1/4 adds; 16 bytes each. */
const MOST_ROWS: i32 = 64;
const between = memory.data(64 * 16, 16);

// A vector constant costs three instructions where it is used, in memory one.
const GREY_AND_HALF: i16 = (128 << 6) + 32;
const greyAndHalf = memory.data<i16>([
  GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF, GREY_AND_HALF,
], 16);
const signs = memory.data<u64>([0x8080808080808080, 0x8080808080808080], 16);

let ring: usize = 0;
let ringStride: usize = 0;
let ringMask: i32 = 0;
let samples: i32 = 0;
let lastRow: i32 = 0;

/**
 * Source rows of the plane that is warped: row y at `ring_` + (y mod `ringRows`) `ringStride_`, where `ringRows` is a power
 * of two. The plane has `samples_` samples a row (of two bytes where Cb and Cr take turns), and `rows` rows.
 */
export function openRing(ring_: usize, ringStride_: usize, ringRows: i32, samples_: i32, rows: i32): void {
  ring = ring_;
  ringStride = ringStride_;
  ringMask = ringRows - 1;
  samples = samples_;
  lastRow = rows - 1;
}

/** Repeats the first and the last sample of source row `y` in its margins. `size`: bytes of a sample. */
export function closeRow(y: i32, size: i32): void {
  const row = ring + <usize>(y & ringMask) * ringStride + MARGIN;
  const end = row + <usize>(samples * size);
  for (let i: usize = 0; i < <usize>MARGIN; i += size) {
    if (size == 1) {
      store<u8>(row - MARGIN + i, load<u8>(row));
      store<u8>(end + i, load<u8>(end - 1));
    } else {
      store<u16>(row - MARGIN + i, load<u16>(row));
      store<u16>(end + i, load<u16>(end - 2));
    }
  }
}

/**
 * Writes `rows` rows of the plane from row `top` on, which is a cell's first, to `out`. `grid` has the corners above, and
 * right behind its `corners` corners those below. `scale`: luma pixels from a sample to the next; `pairs`: two bytes a sample.
 * Up to 7 bytes past each row are written.
 */
export function warpRows(top: i32, rows: i32, grid: usize, corners: i32, scale: i32, pairs: bool, out: usize, outStride: usize): void {
  if (pairs) warp(top, rows, grid, corners, scale, true, out, outStride);
  else warp(top, rows, grid, corners, scale, false, out, outStride);
}

// @ts-ignore: decorator
@inline
function warp(top: i32, rows: i32, grid: usize, corners: i32, scale: i32, pairs: bool, out: usize, outStride: usize): void {
  const lanes = pairs ? 4 : 8;
  const cell = CELL_WIDTH / scale;
  for (let x = 0; x < samples; x += lanes, out += 8) {
    const at = grid + <usize>(x / cell) * CORNER;
    column(x, x % cell, top, rows, at, at + <usize>corners * CORNER, scale, pairs, out, outStride);
  }
}

/** Between a row of corners' at the share `u` of the way. */
// @ts-ignore: decorator
@inline
function across(corner: usize, u: v128): v128 {
  const left = load<f32>(corner);
  return f32x4.add(f32x4.splat(left), f32x4.mul(f32x4.splat(load<f32>(corner, CORNER) - left), u));
}

// @ts-ignore: decorator
@inline
function fixed(value: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(value, f32x4.splat(<f32>(1 << POSITION_BITS)))));
}

// @ts-ignore: decorator
@inline
function steadyRows(first: f32, last: f32): i32 {
  const slope = max(abs(first), abs(last));
  let rows = 1;
  while (rows < 16 && slope * <f32>(rows << 1) <= STEADY) rows <<= 1;
  return rows;
}

// @ts-ignore: decorator
@inline
function column(
  x: i32, inCell: i32, top: i32, rows: i32, upper: usize, lower: usize, scale: i32, pairs: bool, out: usize, outStride: usize,
): void {
  // All that follows has eight lanes in two halves: where each lane's output sample is, and what moves it.
  const laneLow = pairs ? f32x4(0, 0, 1, 1) : f32x4(0, 1, 2, 3);
  const laneHigh = pairs ? f32x4(2, 2, 3, 3) : f32x4(4, 5, 6, 7);
  const unit: f32 = 1 / <f32>scale;
  // A sample of chroma is in the middle of its luma pixels.
  const middle: f32 = <f32>(scale - 1) * 0.5;
  const start = f32x4.splat((<f32>(inCell * scale) + middle) / <f32>CELL_WIDTH);
  const step = f32x4.splat(<f32>scale / <f32>CELL_WIDTH);
  const uLow = f32x4.add(start, f32x4.mul(laneLow, step));
  const uHigh = f32x4.add(start, f32x4.mul(laneHigh, step));
  const perRow = f32x4.splat(1 / <f32>CELL_HEIGHT);
  const firstRow = f32x4.splat(middle);
  const inSamples = f32x4.splat(unit);
  // Offsets at the column's first row, in samples, and what they grow by from row to row.
  let above = across(upper, uLow);
  const growXLow = f32x4.mul(f32x4.sub(across(lower, uLow), above), perRow);
  const xLow = f32x4.mul(f32x4.add(above, f32x4.mul(growXLow, firstRow)), inSamples);
  above = across(upper, uHigh);
  const growXHigh = f32x4.mul(f32x4.sub(across(lower, uHigh), above), perRow);
  const xHigh = f32x4.mul(f32x4.add(above, f32x4.mul(growXHigh, firstRow)), inSamples);
  above = across(upper + 4, uLow);
  const growYLow = f32x4.mul(f32x4.sub(across(lower + 4, uLow), above), perRow);
  const yLow = f32x4.mul(f32x4.add(above, f32x4.mul(growYLow, firstRow)), inSamples);
  above = across(upper + 4, uHigh);
  const growYHigh = f32x4.mul(f32x4.sub(across(lower + 4, uHigh), above), perRow);
  const yHigh = f32x4.mul(f32x4.add(above, f32x4.mul(growYHigh, firstRow)), inSamples);

  // Source rows count from here: where the first lane's first sample lies.
  const base: f32 = floor(f32x4.extract_lane(yLow, 0));
  const origin = f32x4.splat(base);
  const one = f32x4.splat(1);
  // Along y: output row j lies j + downLow + j growY below the origin.
  const downLow = f32x4.sub(yLow, origin);
  const downHigh = f32x4.sub(yHigh, origin);
  const down = i16x8.narrow_i32x4_s(fixed(downLow), fixed(downHigh));
  const grow = i16x8.narrow_i32x4_s(fixed(growYLow), fixed(growYHigh));
  const steady = steadyRows(f32x4.extract_lane(growYLow, 0), f32x4.extract_lane(growYHigh, 3));
  // The last rows may share the weights of the middle of more.
  const end = i16x8.add(down, i16x8.mul(grow, i16x8.splat(<i16>(((rows + steady - 1) & -steady) - 1))));
  const least = leastLane(i16x8.min_s(down, end)) >> POSITION_BITS;
  const most = greatestLane(i16x8.max_s(down, end)) >> POSITION_BITS;
  const first = least - 1;
  const count = min(rows + most - least + 3, MOST_ROWS);

  // Along x: source row i is met at x + lane + slope (i - down).
  const slopeLow = f32x4.div(growXLow, f32x4.add(one, growYLow));
  const slopeHigh = f32x4.div(growXHigh, f32x4.add(one, growYHigh));
  const firstSource = f32x4.splat(<f32>first);
  resample(
    x, top + <i32>base + first, count,
    fixed(f32x4.add(f32x4.add(laneLow, xLow), f32x4.mul(slopeLow, f32x4.sub(firstSource, downLow)))),
    fixed(f32x4.add(f32x4.add(laneHigh, xHigh), f32x4.mul(slopeHigh, f32x4.sub(firstSource, downHigh)))),
    fixed(slopeLow), fixed(slopeHigh),
    steadyRows(f32x4.extract_lane(slopeLow, 0), f32x4.extract_lane(slopeHigh, 3)), pairs,
  );
  combine(rows, first, down, grow, steady, out, outStride);
}

// @ts-ignore: decorator
@inline
function leastLane(values: v128): i32 {
  let m = i16x8.min_s(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  m = i16x8.min_s(m, i32x4.shuffle(m, m, 1, 0, 3, 2));
  return min(i16x8.extract_lane_s(m, 0), i16x8.extract_lane_s(m, 1));
}

// @ts-ignore: decorator
@inline
function greatestLane(values: v128): i32 {
  let m = i16x8.max_s(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  m = i16x8.max_s(m, i32x4.shuffle(m, m, 1, 0, 3, 2));
  return max(i16x8.extract_lane_s(m, 0), i16x8.extract_lane_s(m, 1));
}

// Half of each weight, in units of 2^-15, of the fraction t in the same units. w0 and w3 without their signs.

// @ts-ignore: decorator
@inline
function quarterCubic(t: v128): v128 {
  // 4 B / 2 = t^2 (1 - t)
  return times(t, i16x8.sub(t, times(t, t)));
}

// @ts-ignore: decorator
@inline
function outerLeft(t: v128, q: v128): v128 {
  return i16x8.shr_s(i16x8.sub(i16x8.sub(t, times(t, t)), q), 2);
}

// @ts-ignore: decorator
@inline
function innerLeft(t: v128, a: v128, b: v128): v128 {
  return i16x8.sub(i16x8.add(i16x8.sub(i16x8.splat(16384), i16x8.shr_s(t, 1)), i16x8.add(a, a)), b);
}

// @ts-ignore: decorator
@inline
function innerRight(t: v128, a: v128, b: v128): v128 {
  return i16x8.add(i16x8.sub(i16x8.shr_s(t, 1), a), i16x8.add(b, b));
}

/** The first pass: `count` source rows from `row` on, less 128, in units of 1 / ONE. */
// @ts-ignore: decorator
@inline
function resample(
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

/** The second pass: output rows of the rows that the first one left, of which the first is source row `first`. */
// @ts-ignore: decorator
@inline
function combine(rows: i32, first: i32, down: v128, grow: v128, steady: i32, out: usize, outStride: usize): void {
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
