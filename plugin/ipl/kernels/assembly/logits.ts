// From luma codes to logits, for the pixels between two map columns' centres.

import { black, block, channelStride, span } from './settings';

/** Luma of `pixels` pixels (rounded up to 16) as float32, in codes above black and clamped to the nominal range. */
export function widenLuma(codes: usize, out: usize, pixels: i32): void {
  const low = i8x16.splat(<i8>black);
  const high = i8x16.splat(<i8>span);
  for (const end = codes + pixels; codes < end; codes += 16, out += 64) {
    const clamped = i8x16.min_u(i8x16.sub_sat_u(v128.load(codes), low), high);
    const left = i16x8.extend_low_i8x16_u(clamped);
    const right = i16x8.extend_high_i8x16_u(clamped);
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(left)));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(left)), 16);
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(right)), 32);
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(right)), 48);
  }
}

/** A coefficient at four fractions of the way from the map column at `at` to the next. */
// @ts-ignore: decorator
@inline
function between(at: usize, fraction: v128): v128 {
  const left = v128.load32_splat(at);
  return f32x4.add(left, f32x4.mul(f32x4.sub(v128.load32_splat(at + 4), left), fraction));
}

/** How much a coefficient grows in four pixels. */
// @ts-ignore: decorator
@inline
function growth(at: usize, step: v128): v128 {
  return f32x4.mul(f32x4.sub(v128.load32_splat(at + 4), v128.load32_splat(at)), step);
}

/**
 * One exposure's logits (in powers of two, less the reference's) in one segment, from its pixel `first` on. `row` holds
 * the exposure's luma, which the logits replace; `ref` holds the reference's.
 */
export function evaluateLogits(table: usize, ref: usize, row: usize, first: i32, pixels: i32): void {
  const channel = (<usize>channelStride) << 2;
  const step = f32x4.splat(<f32>4 / <f32>block);
  const start = f32x4.mul(
    f32x4.add(f32x4(0.5, 1.5, 2.5, 3.5), f32x4.splat(<f32>first)),
    f32x4.splat(<f32>1 / <f32>block),
  );
  let c0 = between(table, start);
  let c1 = between(table + channel, start);
  let c2 = between(table + 2 * channel, start);
  let c3 = between(table + 3 * channel, start);
  let c4 = between(table + 4 * channel, start);
  let c5 = between(table + 5 * channel, start);
  const d0 = growth(table, step);
  const d1 = growth(table + channel, step);
  const d2 = growth(table + 2 * channel, step);
  const d3 = growth(table + 3 * channel, step);
  const d4 = growth(table + 4 * channel, step);
  const d5 = growth(table + 5 * channel, step);
  for (const end = row + ((<usize>pixels) << 2); row < end; row += 16, ref += 16) {
    const y = v128.load(row);
    const r = v128.load(ref);
    const ofOwn = f32x4.add(f32x4.add(f32x4.mul(c3, y), f32x4.mul(c4, r)), c1);
    const ofReference = f32x4.add(f32x4.mul(c5, r), c2);
    v128.store(row, f32x4.add(f32x4.add(f32x4.mul(ofOwn, y), f32x4.mul(ofReference, r)), c0));
    c0 = f32x4.add(c0, d0);
    c1 = f32x4.add(c1, d1);
    c2 = f32x4.add(c2, d2);
    c3 = f32x4.add(c3, d3);
    c4 = f32x4.add(c4, d4);
    c5 = f32x4.add(c5, d5);
  }
}
