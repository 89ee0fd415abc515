// Chroma of full resolution: each sample has its own pixel's weights. The arithmetic is chroma.ts'.

import { BLUE_SHIFT, changed, CHROMA_BITS, FUSED_BITS, GAIN, GREY_AND_HALF, within } from './chroma';
import { column, FREEDOM, ROWS, WEIGHTS } from './column';
import { centredAt, times, toSamples } from './fixed';
import { growth, lineStart } from './lines';
import { chromaStride, deep, exposures, exposureStride, redOffset } from './settings';
import { coefficient } from './tile';
import { GAIN_BITS } from './tone';

/** As `chromaColumn`: eight samples of Cb and of Cr in each of the rows, which are luma's. `x` is where the pixels are. */
export function fullChromaColumn(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32,
): void {
  plane(codes, out, rows, x, fromMiddle, rowShare, saturation, BLUE_SHIFT);
  plane(codes + redOffset, out + redOffset, rows, x, fromMiddle, rowShare, saturation, BLUE_SHIFT + 1);
}

/** Cb or Cr. `shiftAt`: which coefficient says what is added. */
function plane(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32, shiftAt: i32,
): void {
  if (deep) blend(codes, out, rows, x, fromMiddle, rowShare, saturation, shiftAt, true);
  else blend(codes, out, rows, x, fromMiddle, rowShare, saturation, shiftAt, false);
}

// @ts-ignore: decorator
@inline
function blend(
  codes: usize, out: usize, rows: i32, x: v128, fromMiddle: v128, rowShare: v128, saturation: i32, shiftAt: i32, deep: bool,
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
    const base = load8(codes, deep);
    let least = base;
    let most = base;
    let fused = base;
    for (let exposure: usize = 1, own = codes + next, weights = row; exposure < <usize>k; exposure++, own += next, weights += ROWS) {
      const colour = load8(own, deep);
      least = i16x8.min_s(least, colour);
      most = i16x8.max_s(most, colour);
      fused = i16x8.add(fused, times(i16x8.sub(colour, base), v128.load(weights, WEIGHTS)));
    }
    const factor = i16x8.shl(times(gain, saturate), 15 - GAIN_BITS);
    const mixed = i16x8.add_sat_s(times(i16x8.shl(fused, 1), factor), times(shift, saturate));
    const result = within(mixed, least, most, v128.load(row, FREEDOM), saturate);
    gain = i16x8.add(gain, grow);
    shift = i16x8.add(shift, growShift);
    if (deep) {
      v128.store(out, toSamples(changed(centredAt(codes, true), base, result)));
      continue;
    }
    const rounded = i16x8.shr_s(i16x8.add_sat_s(result, half), FUSED_BITS);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(rounded, rounded), 0);
  }
}

/** Eight samples less grey. */
// @ts-ignore: decorator
@inline
function load8(codes: usize, deep: bool): v128 {
  return i16x8.shr_s(centredAt(codes, deep), 8 - CHROMA_BITS);
}
