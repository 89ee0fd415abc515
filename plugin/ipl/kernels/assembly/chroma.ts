// Chroma takes the average of its 2x2 luma pixels' weights, which luma.ts leaves:
// fused - 128 = C + w1 (C1 - 128 - C) + w2 (C2 - 128 - C) + ..., where C = gain (Cr - 128).

import { interleaveHigh, interleaveLow } from './powers';
import { exposures } from './settings';
import { weighted } from './weights';

/** Digits after the point of chroma: with a gain of nearly 2, differences of it still have 16 bits. */
const CHROMA_BITS: i32 = 6;

/** Of one in a saturation. */
const SATURATION_BITS: i32 = 8;

/** Grey, in units of 2^-6. */
const GREY: i32 = 128 << CHROMA_BITS;

/**
 * Blends `bytes` chroma codes of one row: `codes` is the row in the reference, `exposureStride` bytes on that in the next
 * exposure. `weights` and `gains` are what `blendLumaRows` left. A row has one code a sample (I420), or two (NV12,
 * `interleaved`). Codes are then moved away from grey, `saturation` / 256 times. Up to 7 bytes past the end are written.
 */
export function blendChromaRow(
  codes: usize, exposureStride: usize, out: usize, bytes: i32,
  weights: usize, weightStride: usize, gains: usize, interleaved: bool, saturation: i32,
): void {
  if (saturation != 1 << SATURATION_BITS) {
    blendEights(codes, exposureStride, out, bytes, weights, weightStride, gains, interleaved, saturation, true);
  } else if (interleaved) {
    blendEights(codes, exposureStride, out, bytes, weights, weightStride, gains, true, saturation, false);
  } else {
    blendEights(codes, exposureStride, out, bytes, weights, weightStride, gains, false, saturation, false);
  }
}

// @ts-ignore: decorator
@inline
function blendEights(
  codes: usize, exposureStride: usize, out: usize, bytes: i32,
  weights: usize, weightStride: usize, gains: usize, interleaved: bool, saturation: i32, saturate: bool,
): void {
  const k = exposures;
  const none = i16x8.splat(0);
  for (const end = codes + <usize>bytes; codes < end; codes += 8, out += 8) {
    let gain = v128.load(gains);
    if (interleaved) gain = interleaveLow(gain, gain);
    gains += interleaved ? 8 : 16;
    const ref = gained(codes, gain);
    const base = i16x8.add(ref, i16x8.splat(<i16>GREY));
    let sum0 = i32x4.splat(0);
    let sum1 = i32x4.splat(0);
    for (let i = 1, own = codes + exposureStride, pair = weights; i < k; i += 2, pair += weightStride) {
      const first = difference(own, base);
      const second = i + 1 < k ? difference(own + exposureStride, base) : none;
      let low = v128.load(pair);
      let high: v128;
      if (interleaved) {
        high = i32x4.shuffle(low, low, 2, 2, 3, 3);
        low = i32x4.shuffle(low, low, 0, 0, 1, 1);
      } else {
        high = v128.load(pair, 16);
      }
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(interleaveLow(first, second), low));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(interleaveHigh(first, second), high));
      own += 2 * exposureStride;
    }
    weights += interleaved ? 16 : 32;
    let fused = i16x8.add(ref, weighted(sum0, sum1));
    if (saturate) fused = saturated(fused, saturation);
    else fused = i16x8.shr_s(i16x8.add(fused, i16x8.splat(<i16>32)), CHROMA_BITS);
    const bytesOut = i16x8.add(fused, i16x8.splat(128));
    v128.store64_lane(out, i8x16.narrow_i16x8_u(bytesOut, bytesOut), 0);
  }
}

/** One exposure's chroma less `base`, the reference's from 0 on. */
// @ts-ignore: decorator
@inline
function difference(codes: usize, base: v128): v128 {
  return i16x8.sub(i16x8.shl(v128.load8x8_u(codes), CHROMA_BITS), base);
}

/** Chroma times its gain, from codes to units of 2^-6: 2^7 of the codes, 2^14 of the gain, less 2^15. */
// @ts-ignore: decorator
@inline
function gained(codes: usize, gain: v128): v128 {
  const fromGrey = i16x8.sub(v128.load8x8_u(codes), i16x8.splat(128));
  return i16x8.q15mulr_sat_s(i16x8.shl(fromGrey, 7), gain);
}

/** Chroma times the saturation, rounded to codes. */
// @ts-ignore: decorator
@inline
function saturated(fused: v128, saturation: i32): v128 {
  const factor = i16x8.splat(<i16>saturation);
  const half = i32x4.splat(1 << (CHROMA_BITS + SATURATION_BITS - 1));
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.extmul_low_i16x8_s(fused, factor), half), CHROMA_BITS + SATURATION_BITS),
    i32x4.shr_s(i32x4.add(i32x4.extmul_high_i16x8_s(fused, factor), half), CHROMA_BITS + SATURATION_BITS),
  );
}
