// Chroma of full resolution: each sample has its own pixel's weights. The arithmetic is chroma.ts'.

import { BLUE_SHIFT, CHROMA_BITS, FUSED_BITS, GAIN, GREY_AND_HALF } from './chroma';
import { column, ROWS, WEIGHTS } from './column';
import { centred, times } from './fixed';
import { growth, lineStart } from './lines';
import { chromaStride, exposures, exposureStride, redOffset } from './settings';
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
    let own = codes + next;
    let fused = i16x8.add(base, weighted(own, base, row));
    if (k > 2) fused = i16x8.add(fused, weighted((own += next), base, row + ROWS));
    if (k > 3) fused = i16x8.add(fused, weighted((own += next), base, row + 2 * ROWS));
    if (k > 4) fused = i16x8.add(fused, weighted((own += next), base, row + 3 * ROWS));
    const factor = i16x8.shl(times(gain, saturate), 15 - GAIN_BITS);
    const result = i16x8.add_sat_s(times(i16x8.shl(fused, 1), factor), times(shift, saturate));
    const rounded = i16x8.shr_s(i16x8.add_sat_s(result, half), FUSED_BITS);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(rounded, rounded), 0);
    gain = i16x8.add(gain, grow);
    shift = i16x8.add(shift, growShift);
  }
}

/** One exposure's difference from the reference, weighed. */
// @ts-ignore: decorator
@inline
function weighted(own: usize, base: v128, row: usize): v128 {
  return times(i16x8.sub(load8(own), base), v128.load(row, WEIGHTS));
}

/** Eight samples less grey. */
// @ts-ignore: decorator
@inline
function load8(codes: usize): v128 {
  return i16x8.shr_s(centred(v128.load64_zero(codes)), 8 - CHROMA_BITS);
}
