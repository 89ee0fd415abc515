// Luma made small: means of boxes of pixels, and which of them say anything.

/**
 * Adds a row of codes to the sums of its columns (u16, of 255 rows at most), and what of it is above `black` and below `clipped` to
 * their counts (u8). `first`: they begin anew. Sixteen columns at a time, so up to fifteen beyond `columns` are written.
 */
export function addBoxRow(from: usize, columns: i32, black: i32, clipped: i32, first: bool, sums: usize, counts: usize): void {
  const low = i8x16.splat(<i8>black);
  const high = i8x16.splat(<i8>clipped);
  for (const end = from + columns; from < end; from += 16, sums += 32, counts += 16) {
    const codes = v128.load(from);
    // A mask is -1 where it holds.
    const known = v128.and(i8x16.gt_u(codes, low), i8x16.lt_u(codes, high));
    const left = i16x8.extend_low_i8x16_u(codes);
    const right = i16x8.extend_high_i8x16_u(codes);
    if (first) {
      v128.store(sums, left);
      v128.store(sums, right, 16);
      v128.store(counts, i8x16.neg(known));
    } else {
      v128.store(sums, i16x8.add(v128.load(sums), left));
      v128.store(sums, i16x8.add(v128.load(sums, 16), right), 16);
      v128.store(counts, i8x16.sub(v128.load(counts), known));
    }
  }
}

/**
 * Makes a row of boxes of the sums of its columns: of each (sum - `offset`) `scale` as float32, and 1 (u8) where it has `enough`
 * pixels that say something.
 */
export function closeBoxes(sums: usize, counts: usize, side: i32, boxes: i32, offset: f32, scale: f32, enough: i32, luma: usize, valid: usize): void {
  for (let box = 0; box < boxes; box++, luma += 4, valid++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < side; i++, sums += 2, counts++) {
      sum += load<u16>(sums);
      count += load<u8>(counts);
    }
    store<f32>(luma, (<f32>sum - offset) * scale);
    store<u8>(valid, count >= enough ? 1 : 0);
  }
}

/** A row of samples of 16 bits in 8: `half` is added first, then they are shifted down. Sixteen at a time. */
export function narrowRow(from: usize, columns: i32, half: i32, shift: i32, to: usize): void {
  const added = i16x8.splat(<i16>half);
  for (const end = to + columns; to < end; from += 32, to += 16) {
    v128.store(to, i8x16.narrow_i16x8_u(
      i16x8.shr_u(i16x8.add_sat_u(v128.load(from), added), shift), i16x8.shr_u(i16x8.add_sat_u(v128.load(from, 16), added), shift),
    ));
  }
}
