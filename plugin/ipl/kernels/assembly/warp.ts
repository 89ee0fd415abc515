// A plane read at an offset that varies over the picture: in cells of 64 x 32 luma pixels it is linear between the
// cell's corners, along x and along y. Two passes over columns of eight bytes: source rows are resampled along x at where each
// output column meets them, then along y. Both are exact for such an offset, because a column's meeting points lie on a line.

import { resample } from './warp-across';
import { MOST_ROWS } from './warp-between';
import { combine, greatestLane, leastLane } from './warp-down';
import { POSITION_BITS } from './warp-keys';
import { samples } from './warp-ring';

/** Luma pixels of a cell. */
export const CELL_WIDTH: i32 = 64;
export const CELL_HEIGHT: i32 = 32;

/** Bytes of a corner: its offset along x and along y, float32, in luma pixels. */
const CORNER: usize = 8;

/**
 * Weights are kept for as many rows as their position moves less than this, in pixels: then it is nowhere more than half of
 * it off.
 */
const STEADY: f32 = 1.0 / 32;

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
