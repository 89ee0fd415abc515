// Noise reduction of a plane: a code moves towards its four neighbours, as far as they differ by little. A neighbour that
// differs by no more than `reach` counts in full, one that differs by twice as much or more not at all, in between less and
// less: noise is small, edges are not, and no code jumps because another changed by one.

/** 2^15 / 5: the code and its four neighbours have the same weight. */
const FIFTH: i16 = 6554;

/**
 * Smooths `rows` rows of `bytes` bytes from `from` to `to`; both have rows `stride` apart. The row above the first and
 * the one below the last are read, too. A plane of `step` interleaved components has its neighbours `step` bytes to
 * the left and right; as many bytes are written before and after each row of `from`, and up to 15 bytes past each row of
 * `to`. `twice` is twice the reach, 126 at most.
 */
export function smoothRows(from: usize, to: usize, stride: i32, rows: i32, bytes: i32, step: i32, twice: i32): void {
  const limit = i8x16.splat(<i8>twice);
  const fifth = i16x8.splat(FIFTH);
  for (let row = 0; row < rows; row++, from += stride, to += stride) {
    repeatEnds(from, bytes, step);
    for (let x = 0; x < bytes; x += 16) {
      const at = from + x;
      const code = v128.load(at);
      let above = i8x16.splat(0);
      let below = i8x16.splat(0);
      let near = v128.load(at - stride);
      above = i8x16.add(above, counted(i8x16.sub_sat_u(near, code), limit));
      below = i8x16.add(below, counted(i8x16.sub_sat_u(code, near), limit));
      near = v128.load(at + stride);
      above = i8x16.add(above, counted(i8x16.sub_sat_u(near, code), limit));
      below = i8x16.add(below, counted(i8x16.sub_sat_u(code, near), limit));
      near = v128.load(at - step);
      above = i8x16.add(above, counted(i8x16.sub_sat_u(near, code), limit));
      below = i8x16.add(below, counted(i8x16.sub_sat_u(code, near), limit));
      near = v128.load(at + step);
      above = i8x16.add(above, counted(i8x16.sub_sat_u(near, code), limit));
      below = i8x16.add(below, counted(i8x16.sub_sat_u(code, near), limit));
      const low = i16x8.relaxed_q15mulr_s(i16x8.sub(i16x8.extend_low_i8x16_u(above), i16x8.extend_low_i8x16_u(below)), fifth);
      const high = i16x8.relaxed_q15mulr_s(i16x8.sub(i16x8.extend_high_i8x16_u(above), i16x8.extend_high_i8x16_u(below)), fifth);
      v128.store(to + x, i8x16.narrow_i16x8_u(
        i16x8.add(i16x8.extend_low_i8x16_u(code), low), i16x8.add(i16x8.extend_high_i8x16_u(code), high),
      ));
    }
  }
}

/**
 * The same of samples of 16 bits: `limit` is twice the reach in their own units, and `rounded` bits of what comes out are rounded off. Up to 14 bytes past
 * each row of `to` are written.
 */
export function smoothDeepRows(from: usize, to: usize, stride: i32, rows: i32, bytes: i32, step: i32, limit: i32, rounded: i32): void {
  const twice = i16x8.splat(<i16>limit);
  const half = i16x8.splat(<i16>(<i32>1 << rounded >> 1));
  for (let row = 0; row < rows; row++, from += stride, to += stride) {
    repeatEnds(from, bytes, step);
    for (let x = 0; x < bytes; x += 16) {
      const at = from + x;
      const code = v128.load(at);
      const a = v128.load(at - stride);
      const b = v128.load(at + stride);
      const c = v128.load(at - step);
      const d = v128.load(at + step);
      const above = i16x8.add(
        i16x8.add(countedDeep(i16x8.sub_sat_u(a, code), twice), countedDeep(i16x8.sub_sat_u(b, code), twice)),
        i16x8.add(countedDeep(i16x8.sub_sat_u(c, code), twice), countedDeep(i16x8.sub_sat_u(d, code), twice)),
      );
      const below = i16x8.add(
        i16x8.add(countedDeep(i16x8.sub_sat_u(code, a), twice), countedDeep(i16x8.sub_sat_u(code, b), twice)),
        i16x8.add(countedDeep(i16x8.sub_sat_u(code, c), twice), countedDeep(i16x8.sub_sat_u(code, d), twice)),
      );
      // Halves, so that their difference has a sign.
      const change = i16x8.relaxed_q15mulr_s(i16x8.sub(i16x8.shr_u(above, 1), i16x8.shr_u(below, 1)), i16x8.splat(2 * FIFTH));
      const up = i16x8.max_s(change, i16x8.splat(0));
      const down = i16x8.max_s(i16x8.neg(change), i16x8.splat(0));
      const smoothed = i16x8.sub_sat_u(i16x8.add_sat_u(code, up), down);
      v128.store(to + x, i16x8.shl(i16x8.shr_u(i16x8.add_sat_u(smoothed, half), rounded), rounded));
    }
  }
}

// @ts-ignore: decorator
@inline
function countedDeep(difference: v128, limit: v128): v128 {
  return i16x8.min_u(difference, i16x8.sub_sat_u(limit, difference));
}

/** How much of a difference counts: all of it up to the reach, at most 63, so that the sum of four has a byte. */
// @ts-ignore: decorator
@inline
function counted(difference: v128, limit: v128): v128 {
  return i8x16.min_u(difference, i8x16.sub_sat_u(limit, difference));
}

/** A row's first and last codes stand for those beyond. */
// @ts-ignore: decorator
@inline
function repeatEnds(row: usize, bytes: i32, step: i32): void {
  for (let i = 0; i < step; i++) {
    store<u8>(row - step + i, load<u8>(row + i));
    store<u8>(row + bytes + i, load<u8>(row + bytes - step + i));
  }
}
