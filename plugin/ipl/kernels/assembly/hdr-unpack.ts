// Samples of all formats become 16-bit integers, each component in rows of its own. Up to 15 samples past the count are written.

/** Bytes to 16 bits. */
export function unpackBytes(from: usize, to: usize, count: i32): void {
  for (let end = from + count; from < end; from += 16, to += 32) {
    const bytes = v128.load(from);
    v128.store(to, i16x8.extend_low_i8x16_u(bytes));
    v128.store(to, i16x8.extend_high_i8x16_u(bytes), 16);
  }
}

/** `count` pairs of bytes to two rows. */
export function unpackBytePairs(from: usize, first: usize, second: usize, count: i32): void {
  for (let end = from + 2 * count; from < end; from += 16, first += 16, second += 16) {
    const pairs = v128.load(from);
    v128.store(first, v128.and(pairs, i16x8.splat(255)));
    v128.store(second, i16x8.shr_u(pairs, 8));
  }
}

/** 10 bits above 6 others. */
export function unpackHigh(from: usize, to: usize, count: i32): void {
  for (let end = from + 2 * count; from < end; from += 16, to += 16) v128.store(to, i16x8.shr_u(v128.load(from), 6));
}

/** `count` pairs of them to two rows. */
export function unpackHighPairs(from: usize, first: usize, second: usize, count: i32): void {
  for (let end = from + 4 * count; from < end; from += 32, first += 16, second += 16) {
    const a = i16x8.shr_u(v128.load(from), 6);
    const b = i16x8.shr_u(v128.load(from, 16), 6);
    v128.store(first, i16x8.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
    v128.store(second, i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15));
  }
}
