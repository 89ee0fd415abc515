// Tiles. Between four map cells' centres coefficients are linear in x and in y. A tile is a part of that, at most 64
// pixels wide and 16 high, in which they are 16-bit integers: for each coefficient its value at the tile's middle, and half
// of what it grows by from left to right, from top to bottom, and how much the latter grows from left to right.

import { toIntegers } from './fixed';
import { POLYNOMIAL, SIZE } from './polynomial';
import { block, exposures } from './settings';

/** Pixels of a tile along x, at most. */
export const TILE_WIDTH: i32 = 64;

/** Digits after the point of a polynomial that is not large. */
export const POLYNOMIAL_BITS: i32 = 10;

/** Within this bound a polynomial's terms and all sums of them have 16 bits. */
const LARGEST_SIZE: i32 = 31;

/** Bytes of one coefficient in a tile: four times eight equal integers. */
const COEFFICIENT: usize = 64;

/** Bytes of an exposure's coefficients in a tile. */
const EXPOSURE: usize = 6 * COEFFICIENT;

const tile = memory.data(5 * 6 * 64, 16);

/** Where the tile has coefficient `index` of an exposure; the reference, with its tone curve, is exposure 0. */
// @ts-ignore: decorator
@inline
export function coefficient(exposure: i32, index: i32): usize {
  return tile + <usize>exposure * EXPOSURE + <usize>index * COEFFICIENT;
}

/**
 * Prepares the tile that begins `left` pixels right of the map column's centre whose coefficients are at `upper` and, of
 * the next map row, at `lower`. `middle` is how far the tile's middle is on the way from one row to the other, and
 * `halfHeight` what half of the tile is of that way.
 *
 * Returns how many digits fewer than POLYNOMIAL_BITS polynomials have: as many as make the tile's largest polynomial fit.
 */
export function prepareTile(upper: usize, lower: usize, left: i32, middle: f32, halfHeight: f32): i32 {
  const cell = (<usize>exposures) * POLYNOMIAL;
  const across: f32 = <f32>1 / <f32>block;
  const halfWidth: f32 = <f32>(min(TILE_WIDTH, block) >> 1);
  const x: f32 = (<f32>left + halfWidth) * across;
  const y = f32x4.splat(middle);
  const down = f32x4.splat(halfHeight);
  prepareExposure(0, upper, lower, cell, x, halfWidth * across, y, down, 1, false);
  let size: f32 = 0;
  for (let at = POLYNOMIAL; at < cell; at += POLYNOMIAL) {
    size = max(size, max(load<f32>(upper + at + SIZE), load<f32>(upper + cell + at + SIZE)));
    size = max(size, max(load<f32>(lower + at + SIZE), load<f32>(lower + cell + at + SIZE)));
  }
  let shift = 0;
  while (size > <f32>(LARGEST_SIZE << shift)) shift++;
  const unit: f32 = <f32>(1 << (POLYNOMIAL_BITS - shift));
  for (let k = 1; k < exposures; k++) {
    upper += POLYNOMIAL;
    lower += POLYNOMIAL;
    prepareExposure(k, upper, lower, cell, x, halfWidth * across, y, down, unit, shift == 0);
  }
  return shift;
}

function prepareExposure(
  k: i32, upper: usize, lower: usize, cell: usize, x: f32, halfWidth: f32, y: v128, down: v128, unit: f32, biased: bool,
): void {
  const scale = f32x4.splat(unit);
  const upperLeft0 = f32x4.mul(v128.load(upper), scale);
  const upperLeft1 = f32x4.mul(v128.load(upper, 16), scale);
  const upperRight0 = f32x4.mul(v128.load(upper + cell), scale);
  const upperRight1 = f32x4.mul(v128.load(upper + cell, 16), scale);
  const fallLeft0 = f32x4.sub(f32x4.mul(v128.load(lower), scale), upperLeft0);
  const fallLeft1 = f32x4.sub(f32x4.mul(v128.load(lower, 16), scale), upperLeft1);
  const fallRight0 = f32x4.sub(f32x4.mul(v128.load(lower + cell), scale), upperRight0);
  const fallRight1 = f32x4.sub(f32x4.mul(v128.load(lower + cell, 16), scale), upperRight1);
  const left0 = f32x4.add(upperLeft0, f32x4.mul(fallLeft0, y));
  const left1 = f32x4.add(upperLeft1, f32x4.mul(fallLeft1, y));
  const wide0 = f32x4.sub(f32x4.add(upperRight0, f32x4.mul(fallRight0, y)), left0);
  const wide1 = f32x4.sub(f32x4.add(upperRight1, f32x4.mul(fallRight1, y)), left1);
  const twist0 = f32x4.mul(f32x4.sub(fallRight0, fallLeft0), down);
  const twist1 = f32x4.mul(f32x4.sub(fallRight1, fallLeft1), down);
  const at = f32x4.splat(x);
  const half = f32x4.splat(halfWidth);
  let value = toIntegers(f32x4.add(left0, f32x4.mul(wide0, at)), f32x4.add(left1, f32x4.mul(wide1, at)));
  // Plus 32: from here on, logits are not negative.
  if (biased) value = v128.xor(value, i16x8(-32768, 0, 0, 0, 0, 0, 0, 0));
  const to = coefficient(k, 0);
  spread(to, value);
  spread(to + 16, toIntegers(f32x4.mul(wide0, half), f32x4.mul(wide1, half)));
  spread(to + 32, toIntegers(
    f32x4.add(f32x4.mul(fallLeft0, down), f32x4.mul(twist0, at)), f32x4.add(f32x4.mul(fallLeft1, down), f32x4.mul(twist1, at)),
  ));
  spread(to + 48, toIntegers(f32x4.mul(twist0, half), f32x4.mul(twist1, half)));
}

/** Each of the first six integers eight times. */
function spread(to: usize, values: v128): void {
  v128.store(to, i16x8.shuffle(values, values, 0, 0, 0, 0, 0, 0, 0, 0));
  v128.store(to, i16x8.shuffle(values, values, 1, 1, 1, 1, 1, 1, 1, 1), 1 * COEFFICIENT);
  v128.store(to, i16x8.shuffle(values, values, 2, 2, 2, 2, 2, 2, 2, 2), 2 * COEFFICIENT);
  v128.store(to, i16x8.shuffle(values, values, 3, 3, 3, 3, 3, 3, 3, 3), 3 * COEFFICIENT);
  v128.store(to, i16x8.shuffle(values, values, 4, 4, 4, 4, 4, 4, 4, 4), 4 * COEFFICIENT);
  v128.store(to, i16x8.shuffle(values, values, 5, 5, 5, 5, 5, 5, 5, 5), 5 * COEFFICIENT);
}
