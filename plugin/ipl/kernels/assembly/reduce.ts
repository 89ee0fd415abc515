// From the lanes of a vector to one number.

/** The sum of four 32-bit lanes. */
// @ts-ignore: decorator
@inline
export function total(lanes: v128): f64 {
  const pairs = i32x4.add(lanes, i32x4.shuffle(lanes, lanes, 2, 3, 0, 1));
  return <f64>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
}

/** The sum of eight unsigned 16-bit lanes. */
// @ts-ignore: decorator
@inline
export function totalOfWords(lanes: v128): f64 {
  return total(i32x4.extadd_pairwise_i16x8_u(lanes));
}

/** The least of sixteen unsigned bytes. */
// @ts-ignore: decorator
@inline
export function leastByte(lanes: v128): i32 {
  let m = i8x16.min_u(lanes, i32x4.shuffle(lanes, lanes, 2, 3, 0, 1));
  m = i8x16.min_u(m, i32x4.shuffle(m, m, 1, 0, 3, 2));
  m = i8x16.min_u(m, i16x8.shuffle(m, m, 1, 0, 3, 2, 5, 4, 7, 6));
  m = i8x16.min_u(m, i8x16.shuffle(m, m, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  return <i32>i8x16.extract_lane_u(m, 0);
}

/** All bits of the bytes `first`..`end` - 1. */
// @ts-ignore: decorator
@inline
export function bytesBetween(first: i32, end: i32): v128 {
  const index = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(i8x16.ge_s(index, i8x16.splat(<i8>first)), i8x16.lt_s(index, i8x16.splat(<i8>end)));
}

/** |a - b| of unsigned bytes. */
// @ts-ignore: decorator
@inline
export function distance(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
}
