// Tiles that are moved by halves of samples: each is the mean of two, or of four.

const ones = memory.data<u64>([0xffffffffffffffff, 0xffffffffffffffff], 16);

// @ts-ignore: decorator
@inline
function across(from: usize, size: usize): v128 {
  return i8x16.avgr_u(v128.load(from), v128.load(from + size));
}

/** `size`: bytes of a sample. `right`, `down`: whether it lies between two. One row and one sample more are read where that is so. */
export function averageTile(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, size: usize, right: bool, down: bool): void {
  if (!down) {
    if (!right) for (let row = 0; row < rows; row++, from += stride, to += toStride) v128.store(to, v128.load(from));
    else for (let row = 0; row < rows; row++, from += stride, to += toStride) v128.store(to, across(from, size));
    return;
  }
  let above: v128;
  if (!right) {
    above = v128.load(from);
    for (let row = 0; row < rows; row++, to += toStride) {
      from += stride;
      const below = v128.load(from);
      v128.store(to, i8x16.avgr_u(above, below));
      above = below;
    }
    return;
  }
  // Rounded up the first time, and down the second: the same numbers, turned round.
  const all = v128.load(ones);
  above = v128.xor(across(from, size), all);
  for (let row = 0; row < rows; row++, to += toStride) {
    from += stride;
    const below = v128.xor(across(from, size), all);
    v128.store(to, v128.xor(i8x16.avgr_u(above, below), all));
    above = below;
  }
}
