// Where a picture may have dots: samples that stand out from those two to the left, right, above and below.

/**
 * Writes the places (int32, bytes from `row`) of the samples from `first` to before `end` that are more than `least` codes above all
 * four to `out`. The pixels are packed red, green and blue of 8 bits, rows lie `stride` apart. @returns how many
 */
export function findDots(row: usize, stride: usize, first: i32, end: i32, least: i32, out: usize): i32 {
  const limit = i8x16.splat(<i8>least);
  const start = out;
  for (let x = first; x < end; x += 16) {
    const at = row + <usize>x;
    const across = i8x16.max_u(v128.load(at - 6), v128.load(at, 6));
    const down = i8x16.max_u(v128.load(at - 2 * stride), v128.load(at + 2 * stride));
    let found = i8x16.bitmask(i8x16.gt_u(i8x16.sub_sat_u(v128.load(at), limit), i8x16.max_u(across, down)));
    while (found) {
      const lane = ctz(found);
      found &= found - 1;
      if (x + lane >= end) break;
      store<i32>(out, x + lane);
      out += 4;
    }
  }
  return <i32>((out - start) >> 2);
}
