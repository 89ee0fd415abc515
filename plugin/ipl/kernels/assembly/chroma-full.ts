// Chroma of full resolution: each sample has its own pixel's weights. The arithmetic is chroma.ts'.

import { BLUE_SHIFT, CHROMA_BITS, FUSED_BITS, GAIN, GREY_AND_HALF, SATURATION_ONE, within } from './chroma';
import { column, FREEDOM, ROWS, WEIGHTS } from './column';
import { centredAt, signBits, times } from './fixed';
import { growth, lineStart, middleRow } from './lines';
import { chromaStride, deep, exposures, exposureStride, redOffset } from './settings';
import { coefficient } from './tile';
import { GAIN_BITS, TONE_BITS } from './tone';

/** As `chromaColumn`: eight samples of Cb and of Cr in each of the rows, which are luma's. `x` is where the pixels are. */
export function fullChromaColumn(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32, free: bool,
): void {
  plane(codes, out, rows, x, fromMiddle, rowShare, saturation, BLUE_SHIFT, free);
  plane(codes + redOffset, out + redOffset, rows, x, fromMiddle, rowShare, saturation, BLUE_SHIFT + 1, free);
}

/** Cb or Cr. `shiftAt`: which coefficient says what is added. */
function plane(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32, shiftAt: i32, free: bool,
): void {
  if (deep) {
    for (let half: usize = 0; half < 2; half++) blendDeep(codes + 8 * half, out + 8 * half, rows, half, x, fromMiddle, saturation, shiftAt);
    return;
  }
  blend(codes, out, rows, x, fromMiddle, rowShare, saturation, shiftAt, free);
}

function blend(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32, shiftAt: i32, free: bool,
): void {
  const k = exposures;
  const next = exposureStride;
  const grow = growth(coefficient(0, GAIN), x, rowShare);
  const growShift = growth(coefficient(0, shiftAt), x, rowShare);
  let gain = lineStart(coefficient(0, GAIN), x, grow, fromMiddle);
  let shift = lineStart(coefficient(0, shiftAt), x, growShift, fromMiddle);
  const saturate = i16x8.splat(<i16>saturation);
  const half = i16x8.splat(<i16>GREY_AND_HALF);
  for (let row = column, end = column + (<usize>rows << 4); row < end; row += 16, codes += chromaStride, out += chromaStride) {
    const base = load8(codes);
    let least = base;
    let most = base;
    let fused = base;
    for (let exposure: usize = 1, own = codes + next, weights = row; exposure < <usize>k; exposure++, own += next, weights += ROWS) {
      const colour = load8(own);
      least = i16x8.min_s(least, colour);
      most = i16x8.max_s(most, colour);
      fused = i16x8.add(fused, times(i16x8.sub(colour, base), v128.load(weights, WEIGHTS)));
    }
    const factor = i16x8.shl(times(gain, saturate), 15 - GAIN_BITS);
    const mixed = i16x8.add_sat_s(times(i16x8.shl(fused, 1), factor), times(shift, saturate));
    const result = within(mixed, least, most, free ? v128.load(row, FREEDOM) : i16x8.splat(0), saturate);
    gain = i16x8.add(gain, grow);
    shift = i16x8.add(shift, growShift);
    const rounded = i16x8.shr_s(i16x8.add_sat_s(result, half), FUSED_BITS);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(rounded, rounded), 0);
  }
}

/** Eight samples less grey. */
// @ts-ignore: decorator
@inline
function load8(codes: usize): v128 {
  return i16x8.shr_s(centredAt(codes, false, signBits()), 8 - CHROMA_BITS);
}

/**
 * Samples of 16 bits, four of a column's eight. In integers of 16 bits a step of chroma is a thirty-second of a code of 8 bits: in an even sky
 * such steps, and those where tiles meet, added up to bands of 70 codes of 16. In units of 2^-8 codes of 8 bits, which are codes; what nothing
 * changes is what it was.
 */
function blendDeep(codes: usize, out: usize, rows: i32, half: usize, x: v128, fromMiddle: v128, saturation: i32, shiftAt: i32): void {
  const k = exposures;
  const next = exposureStride;
  const saturate = f32x4.splat(<f32>saturation / <f32>SATURATION_ONE);
  const at = f32x4.mul(lanes(x, half), f32x4.splat(ONE));
  const down = f32x4.splat(<f32>1 / <f32>middleRow());
  const first = f32x4.mul(lanes(fromMiddle, half), down);
  const gainUnit = f32x4.mul(saturate, f32x4.splat(<f32>1 / <f32>(1 << GAIN_BITS)));
  const shiftUnit = f32x4.mul(saturate, f32x4.splat(<f32>(1 << (8 - TONE_BITS))));
  const growGain = f32x4.mul(growthAt(coefficient(0, GAIN), at), gainUnit);
  const growShift = f32x4.mul(growthAt(coefficient(0, shiftAt), at), shiftUnit);
  let gain = f32x4.add(f32x4.mul(valueAt(coefficient(0, GAIN), at), gainUnit), f32x4.mul(growGain, first));
  let shift = f32x4.add(f32x4.mul(valueAt(coefficient(0, shiftAt), at), shiftUnit), f32x4.mul(growShift, first));
  const gainStep = f32x4.mul(growGain, down);
  const shiftStep = f32x4.mul(growShift, down);
  for (let row = column, end = column + (<usize>rows << 4); row < end; row += 16, codes += chromaStride, out += chromaStride) {
    const base = load4(codes);
    let least = base;
    let most = base;
    let fused = base;
    for (let exposure: usize = 1, own = codes + next, weights = row; exposure < <usize>k; exposure++, own += next, weights += ROWS) {
      const colour = load4(own);
      least = f32x4.min(least, colour);
      most = f32x4.max(most, colour);
      const weight = f32x4.mul(lanes(v128.load(weights, WEIGHTS), half), f32x4.splat(ONE));
      fused = f32x4.add(fused, f32x4.mul(f32x4.sub(colour, base), weight));
    }
    const free = f32x4.mul(lanes(v128.load(row, FREEDOM), half), f32x4.splat(<f32>(1 << (8 - CHROMA_BITS))));
    const beyond = f32x4.add(f32x4.mul(f32x4.sub(most, least), f32x4.splat(4)), free);
    const low = f32x4.mul(f32x4.sub(least, beyond), saturate);
    const high = f32x4.mul(f32x4.add(most, beyond), saturate);
    const mixed = f32x4.min(f32x4.max(f32x4.add(f32x4.mul(fused, gain), shift), low), high);
    gain = f32x4.add(gain, gainStep);
    shift = f32x4.add(shift, shiftStep);
    const result = i32x4.relaxed_trunc_f32x4_s(f32x4.nearest(mixed));
    v128.store64_lane(out, v128.xor(i16x8.narrow_i32x4_s(result, result), i16x8.splat(-32768)), 0);
  }
}

/** Of a unit of 2^-15. */
const ONE: f32 = <f32>1 / <f32>32768;

/** Four samples of 16 bits less grey. */
// @ts-ignore: decorator
@inline
function load4(codes: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v128.xor(v128.load64_zero(codes), i16x8.splat(-32768))));
}

/** The lower or the upper four of eight integers. */
// @ts-ignore: decorator
@inline
function lanes(values: v128, half: usize): v128 {
  return f32x4.convert_i32x4_s(half ? i32x4.extend_high_i16x8_s(values) : i32x4.extend_low_i16x8_s(values));
}

/** As `lineStart` in the tile's middle, and its growth to the last row (lines.ts), unrounded. */
// @ts-ignore: decorator
@inline
function valueAt(coefficient: usize, at: v128): v128 {
  return f32x4.add(lanes(v128.load(coefficient), 0), f32x4.mul(lanes(v128.load(coefficient, 16), 0), at));
}

// @ts-ignore: decorator
@inline
function growthAt(coefficient: usize, at: v128): v128 {
  return f32x4.add(lanes(v128.load(coefficient, 32), 0), f32x4.mul(lanes(v128.load(coefficient, 48), 0), at));
}
