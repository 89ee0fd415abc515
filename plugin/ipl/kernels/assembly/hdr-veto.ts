// Where another exposure has seen something else than the reference. In common light all exposures agree where they are
// unclipped: what they differ by beyond what noise and codes explain has moved. One value for 2x2 pixels (a cell): 1 it may count, 0 it
// has moved.
//
// Most cells need no answer: of a darker exposure only where the reference is clipped or nearly so, of a brighter one only where it is not
// clipped itself; and their neighbours, whose answers spread to them. What a row of cells needs is found first, eight cells at a time.

import { blueOf, chromaCodes, greenOf, lumaCodes, redOf, storePlaces } from './hdr-codes';
import { exposures, exposureStride, kindOf, lumaStride, strip } from './hdr-merge';
import {
  between01, CLIP, CLIP_SLOPE, CLIPPED, CODE_ERROR, look, lookLight, number, OPEN, RELATIVE_ERROR, sampleShift, TIMES, WORK,
} from './hdr-settings';

const REFERENCE: i32 = 0;
const BRIGHTER: i32 = 1;

/** Eights of cells that are a piece of a row, as in hdr-merge.ts. */
const EIGHTS: usize = 8;

/** In `WORK`, of each exposure and eight: places of the codes of eight cells, and of their luma; of the reference, the largest code of each, too. */
const RED: usize = 0;
const GREEN: usize = 16;
const BLUE: usize = 32;
const LUMA: usize = 48;
const MOST: usize = 64;
const CODES_STRIDE: usize = 80;
const WORK_STRIDE: usize = EIGHTS * CODES_STRIDE;
/** Then of each eight, a bit for each exposure that it asks for. */
const ASKED: usize = WORK + 5 * WORK_STRIDE;

/** Eight sums of 2x2 samples. */
// @ts-ignore: decorator
@inline
function sums(luma: usize): v128 {
  const left = i16x8.add(v128.load(luma), v128.load(luma + lumaStride));
  const right = i16x8.add(v128.load(luma, 16), v128.load(luma + lumaStride, 16));
  return i16x8.add(i16x8.shuffle(left, right, 0, 2, 4, 6, 8, 10, 12, 14), i16x8.shuffle(left, right, 1, 3, 5, 7, 9, 11, 13, 15));
}

/** The largest of each. */
// @ts-ignore: decorator
@inline
function largest(luma: usize): v128 {
  const left = i16x8.max_s(v128.load(luma), v128.load(luma + lumaStride));
  const right = i16x8.max_s(v128.load(luma, 16), v128.load(luma + lumaStride, 16));
  return i16x8.max_s(i16x8.shuffle(left, right, 0, 2, 4, 6, 8, 10, 12, 14), i16x8.shuffle(left, right, 1, 3, 5, 7, 9, 11, 13, 15));
}

/** The least. */
// @ts-ignore: decorator
@inline
function least(luma: usize): v128 {
  const left = i16x8.min_s(v128.load(luma), v128.load(luma + lumaStride));
  const right = i16x8.min_s(v128.load(luma, 16), v128.load(luma + lumaStride, 16));
  return i16x8.min_s(i16x8.shuffle(left, right, 0, 2, 4, 6, 8, 10, 12, 14), i16x8.shuffle(left, right, 1, 3, 5, 7, 9, 11, 13, 15));
}

// @ts-ignore: decorator
@inline
function mostOf(cb: v128, cr: v128): v128 {
  return i16x8.max_s(i16x8.max_s(redOf(cr), greenOf(cb, cr)), blueOf(cb));
}

/**
 * Which eights of cells of a row count: of the reference, where it is not wholly unclipped; of a brighter exposure, where it is not wholly clipped.
 * Of darker ones nothing is told.
 * @param luma from the start of a strip to the upper row; @param cb and @param cr to the chroma rows
 * @param to a byte for each eight; of an exposure, `stride` apart
 */
export function findNeeds(luma: usize, cb: usize, cr: usize, cells: i32, to: usize, stride: usize): void {
  for (let k = 0; k < exposures && kindOf(k) <= BRIGHTER; k++) {
    const own = strip + <usize>k * exposureStride;
    const flags = to + <usize>k * stride;
    const reference = kindOf(k) == REFERENCE;
    for (let x: usize = 0; x < <usize>cells; x += 8) {
      const most = mostOf(chromaCodes(v128.load(own + cb + 2 * x)), chromaCodes(v128.load(own + cr + 2 * x)));
      const at = own + luma + 4 * x;
      const counts = reference
        ? v128.any_true(i16x8.gt_s(i16x8.add_sat_s(most, lumaCodes(largest(at), sampleShift)), number(OPEN)))
        : v128.any_true(i16x8.lt_s(i16x8.add_sat_s(most, lumaCodes(least(at), sampleShift)), number(CLIPPED)));
      store<u8>(flags + (x >> 3), counts);
    }
  }
}

// @ts-ignore: decorator
@inline
function around(flags: usize): u32 {
  return (load<u16>(flags - 1) as u32) | (load<u8>(flags + 1) as u32);
}

/**
 * @param needs and @param above and @param below rows that `findNeeds` has filled, of the reference; of an exposure, `needStride` apart; with a margin
 * @param to a row of float32; of an exposure, `stride` apart
 */
export function vetoCells(
  luma: usize, cb: usize, cr: usize, cells: i32, above: usize, needs: usize, below: usize, needStride: usize, to: usize, stride: usize,
): void {
  for (let x: usize = 0; x < <usize>cells; x += 8 * EIGHTS) {
    const eights = min<usize>(EIGHTS, (<usize>cells - x + 7) >> 3);
    const flags = x >> 3;
    readPiece(luma + 4 * x, cb + 2 * x, cr + 2 * x, eights, above + flags, needs + flags, below + flags, needStride, to + 4 * x, stride);
    comparePiece(eights, to + 4 * x, stride);
  }
}

/** Puts codes aside where they are asked for; elsewhere all may count. */
function readPiece(
  luma: usize, cb: usize, cr: usize, eights: usize, above: usize, needs: usize, below: usize, needStride: usize, to: usize, stride: usize,
): void {
  const all = f32x4.splat(1);
  for (let n: usize = 0; n < eights; n++) {
    let asked: i32 = 0;
    for (let k = 1; k < exposures; k++) {
      const flags = (kindOf(k) == BRIGHTER ? <usize>k * needStride : 0) + n;
      if (around(above + flags) | around(needs + flags) | around(below + flags)) {
        asked |= 1 << k;
        readCodes(k, n, luma, cb, cr);
      } else {
        const row = to + <usize>k * stride + 32 * n;
        v128.store(row, all);
        v128.store(row, all, 16);
      }
    }
    store<u8>(ASKED + n, asked);
    if (asked) v128.store(WORK + n * CODES_STRIDE, readCodes(0, n, luma, cb, cr), MOST);
  }
}

/** Four cells at a time. */
function comparePiece(eights: usize, to: usize, stride: usize): void {
  for (let n: usize = 0; n < 2 * eights; n++) {
    const asked = <i32>load<u8>(ASKED + (n >> 1));
    if (!asked) continue;
    const own = WORK + (n >> 1) * CODES_STRIDE + 8 * (n & 1);
    const red = lookLight(own + RED);
    const green = lookLight(own + GREEN);
    const blue = lookLight(own + BLUE);
    const error = look(CODE_ERROR, own + LUMA);
    // It is only well below the clipping point that more light than the reference's contradicts it.
    const open = comparable(v128.load16x4_s(own + MOST));
    for (let k = 1; k < exposures; k++) {
      if (!(asked & (1 << k))) continue;
      const stays = compare(own + <usize>k * WORK_STRIDE, number(TIMES + 16 + (<usize>k << 5)), red, green, blue, error, open);
      v128.store(to + <usize>k * stride + 16 * n, stays);
    }
  }
}

/** Puts the codes of the n-th eight cells of an exposure into `WORK`. @returns the largest of each */
// @ts-ignore: decorator
@inline
function readCodes(k: i32, n: usize, luma: usize, cb: usize, cr: usize): v128 {
  const strips = strip + <usize>k * exposureStride;
  const from = strips + luma + 32 * n;
  const to = WORK + <usize>k * WORK_STRIDE + n * CODES_STRIDE;
  const y = lumaCodes(sums(from), sampleShift - 2);
  const b = chromaCodes(v128.load(strips + cb + 16 * n));
  const r = chromaCodes(v128.load(strips + cr + 16 * n));
  const red = i16x8.add_sat_s(y, redOf(r));
  const green = i16x8.add_sat_s(y, greenOf(b, r));
  const blue = i16x8.add_sat_s(y, blueOf(b));
  storePlaces(to + RED, red);
  storePlaces(to + GREEN, green);
  storePlaces(to + BLUE, blue);
  storePlaces(to + LUMA, y);
  // One pixel of four that is clipped takes light from their mean; and chroma, which four share, blurs what is clipped.
  return i16x8.add_sat_s(i16x8.max_s(i16x8.max_s(red, green), blue), i16x8.sub_sat_s(lumaCodes(largest(from), sampleShift), y));
}

// @ts-ignore: decorator
@inline
function comparable(most: v128): v128 {
  const open = f32x4.mul(f32x4.sub(number(CLIP), f32x4.convert_i32x4_s(most)), number(CLIP_SLOPE));
  return between01(f32x4.sub(open, f32x4.splat(1)));
}

/** Four cells. @param from half of the codes of an exposure; the rest is the reference's */
// @ts-ignore: decorator
@inline
function compare(from: usize, overTime: v128, own0: v128, own1: v128, own2: v128, ownError: v128, open: v128): v128 {
  const mine0 = f32x4.mul(lookLight(from + RED), overTime);
  const mine1 = f32x4.mul(lookLight(from + GREEN), overTime);
  const mine2 = f32x4.mul(lookLight(from + BLUE), overTime);
  const distance = weighted(apart(mine0, own0, open), apart(mine1, own1, open), apart(mine2, own2, open));
  const more = f32x4.pmax(weighted(mine0, mine1, mine2), weighted(own0, own1, own2));
  const error = f32x4.mul(look(CODE_ERROR, from + LUMA), overTime);
  const explained = f32x4.add(f32x4.mul(more, number(RELATIVE_ERROR)), f32x4.add(error, ownError));
  return between01(f32x4.sub(f32x4.splat(2), f32x4.div(distance, explained)));
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
 * What moved takes its neighbours with it: the least of 3x3 cells. Rows have a cell of margin to the left, and one to the right; four beside them are
 * read, too.
 */
export function spreadVeto(above: usize, row: usize, below: usize, cells: i32, to: usize): void {
  let last = leastOfThree(above - 16, row - 16, below - 16);
  let here = leastOfThree(above, row, below);
  for (let x: usize = 0; x < <usize>cells << 2; x += 16) {
    const next = leastOfThree(above + x + 16, row + x + 16, below + x + 16);
    v128.store(to + x, f32x4.pmin(f32x4.pmin(i32x4.shuffle(last, here, 3, 4, 5, 6), i32x4.shuffle(here, next, 1, 2, 3, 4)), here));
    last = here;
    here = next;
  }
}

// @ts-ignore: decorator
@inline
function leastOfThree(above: usize, row: usize, below: usize): v128 {
  return f32x4.pmin(f32x4.pmin(v128.load(above), v128.load(row)), v128.load(below));
}

/** Repeats a row's first and last cell in its margins. */
export function closeCells(row: usize, cells: i32): void {
  store<f32>(row - 4, load<f32>(row));
  const last = row + (<usize>(cells - 1) << 2);
  store<f32>(last + 4, load<f32>(last));
}
