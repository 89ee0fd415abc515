// A plane of 16 bits a sample, read at an offset that varies over the picture as warp.ts has it: the same filter in float32, sample by
// sample. Photographs are warped once, so it does not have to be fast.

import { CELL_HEIGHT, CELL_WIDTH } from './warp';
import { lastRow, MARGIN, ring, ringMask, ringStride, samples } from './warp-ring';

/** Writes `rows` rows from row `top` on, which is a cell's first, to `out`. Grid and corners: see `warpRows`. */
export function warpDeepRows(top: i32, rows: i32, grid: usize, corners: i32, out: usize, outStride: usize): void {
  for (let row = 0; row < rows; row++, out += outStride) {
    const down = <f32>row / <f32>CELL_HEIGHT;
    for (let x = 0; x < samples; x++) {
      const upper = grid + (<usize>(x / CELL_WIDTH) << 3);
      const lower = upper + (<usize>corners << 3);
      const u = <f32>(x % CELL_WIDTH) / <f32>CELL_WIDTH;
      const atX = <f32>x + offset(upper, lower, 0, u, down);
      const atY = <f32>(top + row) + offset(upper, lower, 4, u, down);
      store<u16>(out + (<usize>x << 1), sample(atX, atY));
    }
  }
}

/** Along one axis, between four corners. */
// @ts-ignore: decorator
@inline
function offset(upper: usize, lower: usize, axis: usize, u: f32, down: f32): f32 {
  const above = load<f32>(upper + axis) + (load<f32>(upper + axis, 8) - load<f32>(upper + axis)) * u;
  const below = load<f32>(lower + axis) + (load<f32>(lower + axis, 8) - load<f32>(lower + axis)) * u;
  return above + (below - above) * down;
}

// @ts-ignore: decorator
@inline
function sample(atX: f32, atY: f32): u16 {
  const left = floor(atX);
  const upper = floor(atY);
  // Farther out than this all of the window repeats the border.
  const x = max(-16, min(<i32>left - 1, samples));
  const from = ring + MARGIN + (<isize>x << 1);
  const y = <i32>upper - 1;
  const weights = keys(atY - upper);
  const column = f32x4.add(
    f32x4.add(weighed(from, y, f32x4.extract_lane(weights, 0)), weighed(from, y + 1, f32x4.extract_lane(weights, 1))),
    f32x4.add(weighed(from, y + 2, f32x4.extract_lane(weights, 2)), weighed(from, y + 3, f32x4.extract_lane(weights, 3))),
  );
  const taps = f32x4.mul(column, keys(atX - left));
  const sum = f32x4.extract_lane(taps, 0) + f32x4.extract_lane(taps, 1) + f32x4.extract_lane(taps, 2) + f32x4.extract_lane(taps, 3);
  return <u16>max(0, min(65535, sum + 0.5));
}

/** Four samples of a row, times its weight. */
// @ts-ignore: decorator
@inline
function weighed(from: usize, y: i32, weight: f32): v128 {
  const row = <usize>(max(0, min(y, lastRow)) & ringMask) * ringStride;
  return f32x4.mul(f32x4.convert_i32x4_u(v128.load16x4_u(from + row)), f32x4.splat(weight));
}

/** The four weights (warp-keys.ts) of a fraction. */
// @ts-ignore: decorator
@inline
function keys(t: f32): v128 {
  const rest: f32 = 1 - t;
  const a: f32 = t * rest * rest * 0.5;
  const b: f32 = t * t * rest * 0.5;
  const weights = f32x4.replace_lane(f32x4.splat(-a), 1, rest + 2 * a - b);
  return f32x4.replace_lane(f32x4.replace_lane(weights, 2, t - a + 2 * b), 3, -b);
}
