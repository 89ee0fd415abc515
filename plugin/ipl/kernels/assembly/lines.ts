// A tile's coefficients in one column of eight pixels: what they are in a row, and what they grow by for the next row.
//
// In both, `x` says where the eight pixels are: -1 at the tile's left edge, 1 at its right, in units of 2^-15.

import { times } from './fixed';
import { block } from './settings';

/** Rows of a tile at most, and half of them. */
export const TILE_HEIGHT: i32 = 16;

/** Rows from a tile's top to its middle. */
// @ts-ignore: decorator
@inline
export function middleRow(): i32 {
  return min(TILE_HEIGHT, block) >> 1;
}

/** Where eight pixels are that begin `at` pixels right of the tile's left edge. `pixel`: of a pixel, twice. */
// @ts-ignore: decorator
@inline
export function pixelsAt(at: i32, pixel: i32): v128 {
  return i16x8.add(
    i16x8.mul(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>pixel)), i16x8.splat(<i16>(at * pixel + (pixel >> 1) - 32768)),
  );
}

/** Growth of the coefficient at `at` from one row to the next; `rowShare` is 2^15 divided by `middleRow`. */
// @ts-ignore: decorator
@inline
export function growth(at: usize, x: v128, rowShare: v128): v128 {
  return times(i16x8.add(v128.load(at, 32), times(v128.load(at, 48), x)), rowShare);
}

/** The coefficient at `at` in the row `fromMiddle` rows below the tile's middle. Rounding errors are least there. */
// @ts-ignore: decorator
@inline
export function lineStart(at: usize, x: v128, grow: v128, fromMiddle: v128): v128 {
  return i16x8.add(i16x8.add(v128.load(at), times(v128.load(at, 16), x)), i16x8.mul(grow, fromMiddle));
}
