// Luma with its local brightness and contrast taken out (../../align/normalise.ts says what for).

/** Of a window of 9x9 pixels, and of the places beside one that says something. */
const RADIUS: i32 = 4;
/** Pixels of a window that must say something: half of it. */
const ENOUGH: f32 = 40.5;
/** Sums of squares of numbers near zero are more exact. */
const GREY: f32 = 128;

/**
 * `luma` (float32) and where it says anything (`told`, u8, 0 or 1) to `value` (float32; 0 where it is not known), `valid`, and `inner`: valid with four
 * valid neighbours. Rows of `width` pixels without padding. `noise` is added to deviations. `scratch`: 16 (width + 64) + width height bytes, all 0.
 */
export function normalise(luma: usize, told: usize, width: i32, height: i32, noise: f32, value: usize, valid: usize, inner: usize, scratch: usize): void {
  // With four columns and more on both sides, which stay 0.
  const row = <usize>(width + 64);
  const counts = scratch + 16;
  const sums = counts + (row << 2);
  const squares = sums + (row << 2);
  const padded = squares + (row << 2);
  const across = padded + (row << 2) - 16;
  widen(told, width, height, valid, padded, across);
  for (let y = 0; y < min(RADIUS, height); y++) addRow(luma, valid, width, y, 1, counts, sums, squares);
  const floor = f32x4.splat(noise);
  for (let y = 0; y < height; y++) {
    if (y + RADIUS < height) addRow(luma, valid, width, y + RADIUS, 1, counts, sums, squares);
    if (y - RADIUS - 1 >= 0) addRow(luma, valid, width, y - RADIUS - 1, -1, counts, sums, squares);
    const at = <usize>(y * width);
    // What is beyond the end is written anew by the next row, or not read.
    for (let x: usize = 0; x < <usize>width; x += 4) {
      const count = window(counts + (x << 2));
      const mean = f32x4.div(window(sums + (x << 2)), count);
      const variance = f32x4.sub(f32x4.div(window(squares + (x << 2)), count), f32x4.mul(mean, mean));
      const deviation = f32x4.add(f32x4.sqrt(f32x4.max(variance, f32x4.splat(0))), floor);
      const known = v128.and(mask(valid + at + x), f32x4.ge(count, f32x4.splat(ENOUGH)));
      const code = f32x4.sub(v128.load(luma + ((at + x) << 2)), f32x4.splat(GREY));
      v128.store(value + ((at + x) << 2), v128.and(f32x4.div(f32x4.sub(code, mean), deviation), known));
    }
    for (let x: usize = 0; x < <usize>width; x++) {
      // The sums of the rows to come still need what was valid: told here, and taken over below.
      store<u8>(inner + at + x, sumOf(counts + (x << 2)) >= ENOUGH ? load<u8>(valid + at + x) : 0);
    }
  }
  memory.copy(valid, inner, <usize>(width * height));
  closeInner(valid, inner, width, height);
}

/** The sums of nine columns about each of four. */
// @ts-ignore: decorator
@inline
function window(at: usize): v128 {
  let sum = v128.load(at - (RADIUS << 2));
  for (let i = 1 - RADIUS; i <= RADIUS; i++) sum = f32x4.add(sum, v128.load(at + (i << 2)));
  return sum;
}

// @ts-ignore: decorator
@inline
function sumOf(at: usize): f32 {
  let sum: f32 = 0;
  for (let i = -RADIUS; i <= RADIUS; i++) sum += load<f32>(at + (i << 2));
  return sum;
}

/** All bits where a byte of four is 1. */
// @ts-ignore: decorator
@inline
function mask(at: usize): v128 {
  return i32x4.neg(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

function addRow(luma: usize, valid: usize, width: i32, y: i32, sign: f32, counts: usize, sums: usize, squares: usize): void {
  const at = <usize>(y * width);
  const signs = f32x4.splat(sign);
  let x: usize = 0;
  for (; x + 4 <= <usize>width; x += 4) {
    const known = mask(valid + at + x);
    const code = v128.and(f32x4.sub(v128.load(luma + ((at + x) << 2)), f32x4.splat(GREY)), known);
    const signed = f32x4.mul(code, signs);
    const to = x << 2;
    v128.store(counts + to, f32x4.add(v128.load(counts + to), v128.and(signs, known)));
    v128.store(sums + to, f32x4.add(v128.load(sums + to), signed));
    v128.store(squares + to, f32x4.add(v128.load(squares + to), f32x4.mul(signed, code)));
  }
  for (; x < <usize>width; x++) {
    if (load<u8>(valid + at + x) == 0) continue;
    const code = load<f32>(luma + ((at + x) << 2)) - GREY;
    const to = x << 2;
    store<f32>(counts + to, load<f32>(counts + to) + sign);
    store<f32>(sums + to, load<f32>(sums + to) + sign * code);
    store<f32>(squares + to, load<f32>(squares + to) + sign * code * code);
  }
}

/** Places within RADIUS of one that says something, to each side and up and down. `padded`: a row that is 0 beyond its ends. */
function widen(told: usize, width: i32, height: i32, wide: usize, padded: usize, across: usize): void {
  for (let y = 0; y < height; y++) {
    const at = <usize>(y * width);
    memory.copy(padded, told + at, <usize>width);
    for (let x: usize = 0; x < <usize>width; x += 16) {
      let near = v128.load(padded + x - RADIUS);
      for (let i = 1 - RADIUS; i <= RADIUS; i++) near = v128.or(near, v128.load(padded + x + i));
      // The next row overwrites what is beyond this one's end.
      v128.store(across + at + x, near);
    }
  }
  for (let y = 0; y < height; y++) {
    const at = <usize>(y * width);
    const first = max(0, y - RADIUS);
    const last = min(height - 1, y + RADIUS);
    for (let x: usize = 0; x < <usize>width; x += 16) {
      let near = v128.load(across + <usize>(first * width) + x);
      for (let i = first + 1; i <= last; i++) near = v128.or(near, v128.load(across + <usize>(i * width) + x));
      v128.store(wide + at + x, near);
    }
  }
}

function closeInner(valid: usize, inner: usize, width: i32, height: i32): void {
  memory.fill(inner, 0, <usize>(width * height));
  for (let y = 1; y < height - 1; y++) {
    const at = <usize>(y * width);
    for (let x: usize = 1; x < <usize>(width - 1); x += 16) {
      const i = valid + at + x;
      const known = v128.and(v128.and(v128.load(i), v128.load(i - 1)), v128.and(v128.load(i + 1), v128.and(v128.load(i - width), v128.load(i + width))));
      v128.store(inner + at + x, known);
    }
    store<u8>(inner + at, 0);
    store<u8>(inner + at + width - 1, 0);
  }
  // Rows are written a little beyond their ends.
  if (height > 1) memory.fill(inner + <usize>((height - 1) * width), 0, <usize>width);
}
