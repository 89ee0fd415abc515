// Tiles of 16 bytes x up to 16 rows that are moved as one: by whole samples, and by a fraction that is the same all over the tile. So
// no weights are computed and no samples gathered: each tap is a load.

/** Bytes of a tile's rows. */
export const TILE_BYTES: i32 = 16;
export const TILE_ROWS: i32 = 16;

/** A sample is moved by so many parts of the way to the next. */
export const PARTS: i32 = 4;

// A vector constant costs three instructions where it is used, in memory one.
const signs = memory.data<u64>([0x8080808080808080, 0x8080808080808080], 16);
const half = memory.data<i16>([64, 64, 64, 64, 64, 64, 64, 64], 16);

/** Of Keys' cubic (warp-keys.ts), by parts: the inner two samples' weights, and the outer two's without their signs, in units of 2^-7. */
const INNER = memory.data<u16>([0x0080, 111 | (29 << 8), 72 | (72 << 8), 29 | (111 << 8)], 16);
const OUTER = memory.data<u16>([0, 9 | (3 << 8), 8 | (8 << 8), 3 | (9 << 8)], 16);

// @ts-ignore: decorator
@inline
function centredBytes(from: usize): v128 {
  return v128.xor(v128.load(from), v128.load(signs));
}

/** Four samples in a row, of 16 places, less 128. */
// @ts-ignore: decorator
@inline
function four(a: v128, b: v128, c: v128, d: v128, inner: v128, outer: v128): v128 {
  const low = i16x8.sub(
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.shuffle(b, c, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), inner),
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.shuffle(a, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), outer),
  );
  const high = i16x8.sub(
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.shuffle(b, c, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), inner),
    i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.shuffle(a, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), outer),
  );
  return i8x16.narrow_i16x8_s(
    i16x8.shr_s(i16x8.add(low, v128.load(half)), 7),
    i16x8.shr_s(i16x8.add(high, v128.load(half)), 7),
  );
}

// @ts-ignore: decorator
@inline
function across(from: usize, size: usize, inner: v128, outer: v128): v128 {
  return four(centredBytes(from - size), centredBytes(from), centredBytes(from + size), centredBytes(from + 2 * size), inner, outer);
}

/** `size`: bytes of a sample. `right`, `down`: parts of a sample. Up to two rows and samples around are read, where these are not 0. */
export function filterTile(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, size: usize, right: i32, down: i32): void {
  const innerRight = v128.load16_splat(INNER + (<usize>right << 1));
  const outerRight = v128.load16_splat(OUTER + (<usize>right << 1));
  if (down == 0) {
    if (right == 0) {
      for (let row = 0; row < rows; row++, from += stride, to += toStride) v128.store(to, v128.load(from));
    } else {
      for (let row = 0; row < rows; row++, from += stride, to += toStride) {
        v128.store(to, v128.xor(across(from, size, innerRight, outerRight), v128.load(signs)));
      }
    }
    return;
  }
  const innerDown = v128.load16_splat(INNER + (<usize>down << 1));
  const outerDown = v128.load16_splat(OUTER + (<usize>down << 1));
  from -= stride;
  if (right == 0) {
    let a = centredBytes(from);
    let b = centredBytes(from + stride);
    let c = centredBytes(from + 2 * stride);
    from += 3 * stride;
    for (let row = 0; row < rows; row++, from += stride, to += toStride) {
      const d = centredBytes(from);
      v128.store(to, v128.xor(four(a, b, c, d, innerDown, outerDown), v128.load(signs)));
      a = b;
      b = c;
      c = d;
    }
  } else {
    let a = across(from, size, innerRight, outerRight);
    let b = across(from + stride, size, innerRight, outerRight);
    let c = across(from + 2 * stride, size, innerRight, outerRight);
    from += 3 * stride;
    for (let row = 0; row < rows; row++, from += stride, to += toStride) {
      const d = across(from, size, innerRight, outerRight);
      v128.store(to, v128.xor(four(a, b, c, d, innerDown, outerDown), v128.load(signs)));
      a = b;
      b = c;
      c = d;
    }
  }
}
