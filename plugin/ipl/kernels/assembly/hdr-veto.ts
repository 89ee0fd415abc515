// Where another exposure has seen something else than the reference. In common light all exposures agree where they are
// unclipped: what they differ by beyond what noise and codes explain has moved. One value for 2x2 pixels: 1 it may count, 0 it
// has moved.

import {
  between01, BLACK, BLUE_OF_CB, CHROMA_SCALE, CLIP, CLIP_SLOPE, CODE_ERROR, entries, ENTRY_OFFSET, ENTRY_SCALE, GREEN_OF_CB, GREEN_OF_CR,
  GREY, light, look, LUMA_SCALE, number, RED_OF_CR, RELATIVE_ERROR, steepness, TIMES,
} from './hdr-settings';

/** Four means of 2x2 samples. */
// @ts-ignore: decorator
@inline
function means(luma: usize, stride: usize): v128 {
  const columns = i16x8.add(v128.load(luma), v128.load(luma + stride));
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.extadd_pairwise_i16x8_s(columns)), f32x4.splat(0.25));
}

/** The largest of each. */
// @ts-ignore: decorator
@inline
function largest(luma: usize, stride: usize): v128 {
  const columns = i16x8.max_s(v128.load(luma), v128.load(luma + stride));
  const pairs = i16x8.max_s(columns, i32x4.shr_u(columns, 16));
  return f32x4.convert_i32x4_s(v128.and(pairs, i32x4.splat(0xffff)));
}

// @ts-ignore: decorator
@inline
function chroma(at: usize): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_u(at)), number(GREY)), number(CHROMA_SCALE));
}

/**
 * The reference's cells, kept for `vetoCells`: light of R, G and B, what a code's error is in light, how far it is unclipped.
 * @param luma its upper row; @param to five rows of float32, `stride` bytes each
 */
export function referenceCells(luma: usize, lumaStride: usize, cb: usize, cr: usize, cells: i32, to: usize, stride: usize): void {
  for (let x = 0; x < cells; x += 4, luma += 16, cb += 8, cr += 8, to += 16) {
    const y = f32x4.mul(f32x4.sub(means(luma, lumaStride), number(BLACK)), number(LUMA_SCALE));
    const blue = chroma(cb);
    const red = chroma(cr);
    const r = f32x4.add(y, f32x4.mul(red, number(RED_OF_CR)));
    const g = f32x4.sub(f32x4.sub(y, f32x4.mul(blue, number(GREEN_OF_CB))), f32x4.mul(red, number(GREEN_OF_CR)));
    const b = f32x4.add(y, f32x4.mul(blue, number(BLUE_OF_CB)));
    const scale = number(ENTRY_SCALE);
    const offset = number(ENTRY_OFFSET);
    v128.store(to, look(light, entries(r, scale, offset)));
    v128.store(to + stride, look(light, entries(g, scale, offset)));
    v128.store(to + 2 * stride, look(light, entries(b, scale, offset)));
    v128.store(to + 3 * stride, f32x4.mul(look(steepness, entries(y, scale, offset)), number(CODE_ERROR)));
    // One pixel of four that is clipped takes light from their mean; and chroma, which four share, blurs what is clipped. So it is
    // only well below the clipping point that more light than the reference's contradicts it.
    const brightest = f32x4.mul(f32x4.sub(largest(luma, lumaStride), number(BLACK)), number(LUMA_SCALE));
    const most = f32x4.add(f32x4.pmax(f32x4.pmax(r, g), b), f32x4.sub(brightest, y));
    v128.store(to + 4 * stride, between01(f32x4.sub(f32x4.mul(f32x4.sub(number(CLIP), most), number(CLIP_SLOPE)), f32x4.splat(1))));
  }
}

/**
 * @param exposure in the order of the merge; @param own what `referenceCells` has kept; @param to a row of float32
 */
export function vetoCells(
  exposure: i32, luma: usize, lumaStride: usize, cb: usize, cr: usize, cells: i32, own: usize, stride: usize, to: usize,
): void {
  const overTime = number(TIMES + 4 + (<usize>exposure << 3));
  for (let x = 0; x < cells; x += 4, luma += 16, cb += 8, cr += 8, own += 16, to += 16) {
    const y = f32x4.mul(f32x4.sub(means(luma, lumaStride), number(BLACK)), number(LUMA_SCALE));
    const blue = chroma(cb);
    const red = chroma(cr);
    const scale = number(ENTRY_SCALE);
    const offset = number(ENTRY_OFFSET);
    const r = entries(f32x4.add(y, f32x4.mul(red, number(RED_OF_CR))), scale, offset);
    const g = entries(f32x4.sub(f32x4.sub(y, f32x4.mul(blue, number(GREEN_OF_CB))), f32x4.mul(red, number(GREEN_OF_CR))), scale, offset);
    const b = entries(f32x4.add(y, f32x4.mul(blue, number(BLUE_OF_CB))), scale, offset);
    const mine0 = f32x4.mul(look(light, r), overTime);
    const mine1 = f32x4.mul(look(light, g), overTime);
    const mine2 = f32x4.mul(look(light, b), overTime);
    const own0 = v128.load(own);
    const own1 = v128.load(own + stride);
    const own2 = v128.load(own + 2 * stride);
    const open = v128.load(own + 4 * stride);
    const distance = weighted(apart(mine0, own0, open), apart(mine1, own1, open), apart(mine2, own2, open));
    const more = f32x4.pmax(weighted(mine0, mine1, mine2), weighted(own0, own1, own2));
    const error = f32x4.mul(f32x4.mul(look(steepness, entries(y, scale, offset)), number(CODE_ERROR)), overTime);
    const explained = f32x4.add(f32x4.mul(more, number(RELATIVE_ERROR)), f32x4.add(error, v128.load(own + 3 * stride)));
    v128.store(to, between01(f32x4.sub(f32x4.splat(2), f32x4.div(distance, explained))));
  }
}

/** Less light than the reference's always counts; more, as far as the reference could have shown it. */
// @ts-ignore: decorator
@inline
function apart(mine: v128, own: v128, open: v128): v128 {
  const more = f32x4.sub(mine, own);
  return f32x4.pmax(f32x4.mul(more, open), f32x4.neg(more));
}

/** Light of a pixel, about as green as the eye's. */
// @ts-ignore: decorator
@inline
function weighted(r: v128, g: v128, b: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.add(r, b), f32x4.add(g, g)), f32x4.splat(0.25));
}

/**
 * What moved takes its neighbours with it: the least of 3x3 cells. Rows have a cell of margin to the left, and four to the right.
 */
export function spreadVeto(above: usize, row: usize, below: usize, cells: i32, to: usize): void {
  for (let x = 0; x < cells; x += 4, above += 16, row += 16, below += 16, to += 16) {
    const left = f32x4.pmin(f32x4.pmin(v128.load(above - 4), v128.load(row - 4)), v128.load(below - 4));
    const here = f32x4.pmin(f32x4.pmin(v128.load(above), v128.load(row)), v128.load(below));
    const right = f32x4.pmin(f32x4.pmin(v128.load(above + 4), v128.load(row + 4)), v128.load(below + 4));
    v128.store(to, f32x4.pmin(f32x4.pmin(left, right), here));
  }
}

/** Repeats a row's first and last cell in its margins. */
export function closeCells(row: usize, cells: i32): void {
  store<f32>(row - 4, load<f32>(row));
  const last = row + (<usize>(cells - 1) << 2);
  store<f32>(last + 4, load<f32>(last));
}
