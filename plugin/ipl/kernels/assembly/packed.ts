// Red, green and blue, packed as libraries of photographs have them, to luma and colour differences of every pixel (JPEG's: ITU-T T.871,
// BT.601 at full range), and back. 8 bits a sample, or 16. Up to 15 pixels past the count are read and written.

// In units of 2^-15: of red and green, and of blue and nothing. Their sums are one, or none, exactly.
// @ts-ignore: decorator
@inline
function lumaOf(rg: v128, b: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(rg, i16x8(9798, 19234, 9798, 19234, 9798, 19234, 9798, 19234)), i32x4.dot_i16x8_s(b, i16x8(3736, 0, 3736, 0, 3736, 0, 3736, 0)),
  );
}

// @ts-ignore: decorator
@inline
function blueOf(rg: v128, b: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(rg, i16x8(-5529, -10855, -5529, -10855, -5529, -10855, -5529, -10855)), i32x4.dot_i16x8_s(b, i16x8(16384, 0, 16384, 0, 16384, 0, 16384, 0)),
  );
}

// @ts-ignore: decorator
@inline
function redOf(rg: v128, b: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(rg, i16x8(16384, -13720, 16384, -13720, 16384, -13720, 16384, -13720)), i32x4.dot_i16x8_s(b, i16x8(-2664, 0, -2664, 0, -2664, 0, -2664, 0)),
  );
}

const HALF: i32 = 1 << 14;

/** Half a code, less what would make a code too many of a pure red or blue. */
const NEARLY: i32 = HALF - 1;

/** Sums of weighted samples to codes around `middle`. */
// @ts-ignore: decorator
@inline
function codesOf(sums: v128, rounding: i32, middle: i32): v128 {
  return i32x4.add(i32x4.shr_s(i32x4.add(sums, i32x4.splat(rounding)), 15), i32x4.splat(middle));
}

/** Of 16 bytes the first four pixels: red and green as 16 bits, in turns. */
// @ts-ignore: decorator
@inline
function redGreen8(pixels: v128): v128 {
  return i8x16.relaxed_swizzle(pixels, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
}

/** And blue, with nothing in between. */
// @ts-ignore: decorator
@inline
function blue8(pixels: v128): v128 {
  return i8x16.relaxed_swizzle(pixels, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
}

/** `count` pixels of 8 bits. */
export function unpack8(from: usize, luma: usize, blue: usize, red: usize, count: i32): void {
  for (const end = luma + <usize>count; luma < end; from += 48, luma += 16, blue += 16, red += 16) {
    const one = v128.load(from);
    const two = v128.load(from, 12);
    const three = v128.load(from, 24);
    const four = v128.load(from, 36);
    const rg1 = redGreen8(one);
    const rg2 = redGreen8(two);
    const rg3 = redGreen8(three);
    const rg4 = redGreen8(four);
    const b1 = blue8(one);
    const b2 = blue8(two);
    const b3 = blue8(three);
    const b4 = blue8(four);
    v128.store(luma, bytesOf(
      codesOf(lumaOf(rg1, b1), HALF, 0), codesOf(lumaOf(rg2, b2), HALF, 0), codesOf(lumaOf(rg3, b3), HALF, 0), codesOf(lumaOf(rg4, b4), HALF, 0),
    ));
    v128.store(blue, bytesOf(
      codesOf(blueOf(rg1, b1), NEARLY, 128), codesOf(blueOf(rg2, b2), NEARLY, 128), codesOf(blueOf(rg3, b3), NEARLY, 128), codesOf(blueOf(rg4, b4), NEARLY, 128),
    ));
    v128.store(red, bytesOf(
      codesOf(redOf(rg1, b1), NEARLY, 128), codesOf(redOf(rg2, b2), NEARLY, 128), codesOf(redOf(rg3, b3), NEARLY, 128), codesOf(redOf(rg4, b4), NEARLY, 128),
    ));
  }
}

// @ts-ignore: decorator
@inline
function bytesOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** From unsigned to signed around the middle. */
// @ts-ignore: decorator
@inline
function around(codes: v128): v128 {
  return v128.xor(codes, i16x8.splat(-32768));
}

/** `count` pixels of 16 bits. */
export function unpack16(from: usize, luma: usize, blue: usize, red: usize, count: i32): void {
  for (const end = luma + (<usize>count << 1); luma < end; from += 24, luma += 8, blue += 8, red += 8) {
    const a = v128.load(from);
    const c = v128.load(from, 8);
    store16(around(i16x8.shuffle(a, c, 0, 1, 3, 4, 6, 7, 13, 14)), around(i16x8.shuffle(a, c, 2, 2, 5, 5, 12, 12, 15, 15)), luma, blue, red);
  }
}

/** `count` pixels of 8 bits as such of 16: each code 257 times. */
export function widen8(from: usize, luma: usize, blue: usize, red: usize, count: i32): void {
  const more = i16x8.splat(257);
  for (const end = luma + (<usize>count << 1); luma < end; from += 12, luma += 8, blue += 8, red += 8) {
    const pixels = v128.load(from);
    store16(around(i16x8.mul(redGreen8(pixels), more)), around(i16x8.mul(blue8(pixels), more)), luma, blue, red);
  }
}

// @ts-ignore: decorator
@inline
function store16(rg: v128, b: v128, luma: usize, blue: usize, red: usize): void {
  const y = codesOf(lumaOf(rg, b), HALF, 32768);
  const cb = codesOf(blueOf(rg, b), NEARLY, 32768);
  const cr = codesOf(redOf(rg, b), NEARLY, 32768);
  v128.store64_lane(luma, i16x8.narrow_i32x4_u(y, y), 0);
  v128.store64_lane(blue, i16x8.narrow_i32x4_u(cb, cb), 0);
  v128.store64_lane(red, i16x8.narrow_i32x4_u(cr, cr), 0);
}

/** What luma and colour differences add to red, to green and to blue, rounded. */
// @ts-ignore: decorator
@inline
function rounded(value: v128): v128 {
  return i32x4.relaxed_trunc_f32x4_s(f32x4.nearest(value));
}

/** What three planes changed of `count` pixels of 8 bits is added to these, four at a time. */
export function change8(pixels: usize, luma: usize, blue: usize, red: usize, count: i32): void {
  for (const end = luma + <usize>count; luma < end; pixels += 12, luma += 4, blue += 4, red += 4) {
    const old = v128.load(pixels);
    const rg = redGreen8(old);
    const b = blue8(old);
    const dY = i32x4.sub(four8(luma), codesOf(lumaOf(rg, b), HALF, 0));
    const dB = i32x4.sub(four8(blue), codesOf(blueOf(rg, b), NEARLY, 128));
    const dR = i32x4.sub(four8(red), codesOf(redOf(rg, b), NEARLY, 128));
    if (!v128.any_true(v128.or(dY, v128.or(dB, dR)))) continue;
    const both = i16x8.narrow_i32x4_s(redChanged(rg, dY, dR), greenChanged(rg, dY, dB, dR));
    const last = blueChanged(b, dY, dB);
    const bytes = i8x16.narrow_i16x8_u(both, i16x8.narrow_i32x4_s(last, last));
    const packed = i8x16.relaxed_swizzle(bytes, i8x16(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, -1, -1, -1, -1));
    v128.store64_lane(pixels, packed, 0);
    v128.store32_lane(pixels + 8, packed, 2);
  }
}

/** The same of 16 bits. */
export function change16(pixels: usize, luma: usize, blue: usize, red: usize, count: i32): void {
  for (const end = luma + (<usize>count << 1); luma < end; pixels += 24, luma += 8, blue += 8, red += 8) {
    const a = v128.load(pixels);
    const c = v128.load(pixels, 8);
    const rg = i16x8.shuffle(a, c, 0, 1, 3, 4, 6, 7, 13, 14);
    const b = i16x8.shuffle(a, c, 2, 2, 5, 5, 12, 12, 15, 15);
    const dY = i32x4.sub(v128.load16x4_u(luma), codesOf(lumaOf(around(rg), around(b)), HALF, 32768));
    const dB = i32x4.sub(v128.load16x4_u(blue), codesOf(blueOf(around(rg), around(b)), NEARLY, 32768));
    const dR = i32x4.sub(v128.load16x4_u(red), codesOf(redOf(around(rg), around(b)), NEARLY, 32768));
    if (!v128.any_true(v128.or(dY, v128.or(dB, dR)))) continue;
    const both = i16x8.narrow_i32x4_u(redChanged(rg, dY, dR), greenChanged(rg, dY, dB, dR));
    const last = blueChanged(v128.and(b, i32x4.splat(0xffff)), dY, dB);
    const blues = i16x8.narrow_i32x4_u(last, last);
    v128.store(pixels, i16x8.shuffle(both, blues, 0, 4, 8, 1, 5, 9, 2, 6));
    v128.store64_lane(pixels + 16, i16x8.shuffle(both, blues, 10, 3, 7, 11, 11, 11, 11, 11), 0);
  }
}

/** Four bytes. */
// @ts-ignore: decorator
@inline
function four8(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

// @ts-ignore: decorator
@inline
function redChanged(rg: v128, dY: v128, dR: v128): v128 {
  const change = rounded(f32x4.mul(f32x4.convert_i32x4_s(dR), f32x4.splat(1.402)));
  return i32x4.add(v128.and(rg, i32x4.splat(0xffff)), i32x4.add(dY, change));
}

// @ts-ignore: decorator
@inline
function greenChanged(rg: v128, dY: v128, dB: v128, dR: v128): v128 {
  const ofBlue = f32x4.mul(f32x4.convert_i32x4_s(dB), f32x4.splat(<f32>(0.114 * 1.772 / 0.587)));
  const ofRed = f32x4.mul(f32x4.convert_i32x4_s(dR), f32x4.splat(<f32>(0.299 * 1.402 / 0.587)));
  return i32x4.add(i32x4.shr_u(rg, 16), i32x4.sub(dY, rounded(f32x4.add(ofBlue, ofRed))));
}

// @ts-ignore: decorator
@inline
function blueChanged(b: v128, dY: v128, dB: v128): v128 {
  return i32x4.add(b, i32x4.add(dY, rounded(f32x4.mul(f32x4.convert_i32x4_s(dB), f32x4.splat(1.772)))));
}
