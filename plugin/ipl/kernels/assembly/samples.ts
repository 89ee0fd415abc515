// The samples that the statistics look at, and the pixels around them.

import { black, span } from './settings';

/**
 * Writes every 2^`halvings`-th sample of the `bytes` bytes at `from` to `to`, which may be the same. A sample is one byte,
 * or two (`pairs`). A byte is written only after those from its position on were read. Up to 63 bytes past the last are
 * read, and as many as 31 past half of them written.
 */
export function compactSamples(from: usize, to: usize, bytes: i32, halvings: i32, pairs: bool): void {
  if (halvings == 0) memory.copy(to, from, bytes);
  let count = <usize>bytes;
  if (halvings > 1 && !pairs) {
    quarter(from, to, count);
    count = (count + 3) >> 2;
    halvings -= 2;
    from = to;
  }
  for (let i = 0; i < halvings; i++, from = to) {
    for (let read: usize = 0, write = to; read < count; read += 32, write += 16) {
      const a = v128.load(from + read);
      const b = v128.load(from + read + 16);
      if (pairs) v128.store(write, i16x8.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
      else v128.store(write, i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
    }
    count = pairs ? ((count + 2) >> 2) << 1 : (count + 1) >> 1;
  }
}

/** Every fourth of the `count` bytes at `from`. */
function quarter(from: usize, to: usize, count: usize): void {
  const low = i32x4.splat(0xff);
  for (const end = from + count; from < end; from += 64, to += 16) {
    const a = v128.and(v128.load(from), low);
    const b = v128.and(v128.load(from, 16), low);
    const c = v128.and(v128.load(from, 32), low);
    const d = v128.and(v128.load(from, 48), low);
    v128.store(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

/** Takes black off luma codes and clamps them to 0..span. */
// @ts-ignore: decorator
@inline
function clamped(codes: v128): v128 {
  return i8x16.min_u(i8x16.sub_sat_u(codes, i8x16.splat(<i8>black)), i8x16.splat(<i8>span));
}

/** Takes black off `count` luma codes (rounded up to 16) and clamps them to 0..span. */
export function clampSamples(row: usize, count: i32): void {
  for (const end = row + <usize>count; row < end; row += 16) v128.store(row, clamped(v128.load(row)));
}

/** Bytes 0, 2, 4, ... of the 32 at `from`. */
// @ts-ignore: decorator
@inline
function even(from: usize): v128 {
  const low = i16x8.splat(0xff);
  return i8x16.narrow_i16x8_u(v128.and(v128.load(from), low), v128.and(v128.load(from, 16), low));
}

/** Bytes 1, 3, 5, ... of the 32 at `from`. */
// @ts-ignore: decorator
@inline
function odd(from: usize): v128 {
  return i8x16.narrow_i16x8_u(i16x8.shr_u(v128.load(from), 8), i16x8.shr_u(v128.load(from, 16), 8));
}

/**
 * The samples of a luma row, every 2^`halvings`-th (at least every second) pixel of the `bytes` at `from`, clamped, to
 * `to`; the pixels to their right to `right`; and those to their left to `left`, except for the first sample's. At each,
 * up to 16 bytes past a half of the row are written.
 */
export function takeSamples(from: usize, bytes: i32, halvings: i32, to: usize, right: usize, left: usize): void {
  // The first sample's left pixel would lie before the row.
  left += 1;
  for (let at: usize = 0, half: usize = 0; at < <usize>bytes; at += 32, half += 16) {
    const odds = clamped(odd(from + at));
    v128.store(to + half, clamped(even(from + at)));
    v128.store(right + half, odds);
    // With samples two pixels apart, a pixel is the right one of a sample and the left one of the next.
    v128.store(left + half, odds);
  }
  let count = (bytes + 1) >> 1;
  for (let i = 1; i < halvings; i++, count = (count + 1) >> 1) {
    for (let at: usize = 0, half: usize = 0; at < <usize>count; at += 32, half += 16) {
      v128.store(to + half, even(to + at));
      v128.store(right + half, even(right + at));
      v128.store(left + half, odd(left + at));
    }
  }
}
