// The sum of light over the sum of exposure times, and its codes (hdr-encode.ts): a row of 2x2 pixels, eight pixels at a time. Light is looked
// up only of exposures that count for one of the eight. Most pixels are unclipped in the reference: there no darker exposure counts.

import { blueOf, chromaOfPixels, greenOf, lumaCodes, redOf, storePlaces } from './hdr-codes';
import { encodeChroma, encodePixels, MERGE_WORK, SUM_BLUE, SUM_GREEN, SUM_LOST, SUM_RED, SUM_TIME } from './hdr-encode';
import { between01, CLIP, CLIP_SLOPE, CLIPPED, light, look, number, OPEN, sampleShift, TIMES, WHITE, WHITE_SLOPE, work } from './hdr-settings';

/** What an exposure is to the reference, which comes first. Brighter ones come next. The darkest is 3. */
const BRIGHTER: i32 = 1;
const DARKER: i32 = 2;

export let exposures: i32 = 0;
export let kinds: usize = 0;
export let strip: usize = 0;
export let exposureStride: usize = 0;
export let lumaStride: usize = 0;
let vetoes: usize = 0;
let vetoStride: usize = 0;

/** Of an exposure, in `work`: places of its codes, and the largest and the second of three. */
const WORK_STRIDE: usize = 80;
const RED: usize = 0;
const GREEN: usize = 16;
const BLUE: usize = 32;
const MOST: usize = 48;
const SECOND: usize = 64;

/**
 * @param kinds_ int32 of each exposure
 * @param strip_ the strip of the first; @param vetoes_ its row of cells that was spread
 */
export function hdrMerge(
  exposures_: i32, kinds_: usize, strip_: usize, exposureStride_: usize, lumaStride_: usize, vetoes_: usize, vetoStride_: usize,
): void {
  exposures = exposures_;
  kinds = kinds_;
  strip = strip_;
  exposureStride = exposureStride_;
  lumaStride = lumaStride_;
  vetoes = vetoes_;
  vetoStride = vetoStride_;
}

// @ts-ignore: decorator
@inline
export function kindOf(k: i32): i32 {
  return load<i32>(kinds + (<usize>k << 2));
}

/**
 * @param luma from the start of a strip to the upper row; @param cb and @param cr to the chroma rows; @param to of the merged strip
 */
export function mergeCells(luma: usize, cb: usize, cr: usize, to: usize, pixels: i32): void {
  for (let x: usize = 0; x < <usize>pixels; x += 8) {
    for (let row: usize = 0; row < 2; row++) {
      const at = luma + row * lumaStride + 2 * x;
      const most = readCodes(0, at, cb + x, cr + x);
      const open = i16x8.all_true(i16x8.le_s(most, number(OPEN)));
      let pale = false;
      if (open) addOpen(at, cb + x, cr + x, 2 * x);
      else pale = addAll(at, cb + x, cr + x, 2 * x);
      encodePixels(to + at, pale, row == 0);
    }
    encodeChroma(to + cb + x, to + cr + x);
  }
}

/** Puts aside the codes of eight pixels of an exposure. @returns the largest of each */
// @ts-ignore: decorator
@inline
function readCodes(k: i32, at: usize, cb: usize, cr: usize): v128 {
  const from = strip + <usize>k * exposureStride;
  const to = work + MERGE_WORK + <usize>k * WORK_STRIDE;
  const y = lumaCodes(v128.load(from + at), sampleShift);
  const b = chromaOfPixels(from + cb);
  const r = chromaOfPixels(from + cr);
  const red = i16x8.add_sat_s(y, redOf(r));
  const green = i16x8.add_sat_s(y, greenOf(b, r));
  const blue = i16x8.add_sat_s(y, blueOf(b));
  storePlaces(to + RED, red);
  storePlaces(to + GREEN, green);
  storePlaces(to + BLUE, blue);
  const larger = i16x8.max_s(red, green);
  const most = i16x8.max_s(larger, blue);
  v128.store(to, most, MOST);
  v128.store(to, i16x8.max_s(i16x8.min_s(red, green), i16x8.min_s(larger, blue)), SECOND);
  return most;
}

/** Of pixels that the reference shows: light of it, and of brighter exposures. */
// @ts-ignore: decorator
@inline
function addOpen(at: usize, cb: usize, cr: usize, cell: usize): void {
  const own = work + MERGE_WORK;
  let red = look(light, own + RED);
  let red1 = look(light, own + RED + 8);
  let green = look(light, own + GREEN);
  let green1 = look(light, own + GREEN + 8);
  let blue = look(light, own + BLUE);
  let blue1 = look(light, own + BLUE + 8);
  let time = number(TIMES);
  let time1 = time;
  for (let k = 1; k < exposures && kindOf(k) == BRIGHTER; k++) {
    const most = readCodes(k, at, cb, cr);
    if (i16x8.all_true(i16x8.ge_s(most, number(CLIPPED)))) continue;
    const stays = v128.load(vetoes + <usize>k * vetoStride + cell);
    if (!v128.any_true(f32x4.gt(stays, f32x4.splat(0)))) continue;
    const from = work + MERGE_WORK + <usize>k * WORK_STRIDE;
    const own = number(TIMES + (<usize>k << 5));
    if (i16x8.all_true(i16x8.le_s(most, number(OPEN))) && i32x4.all_true(f32x4.ge(stays, f32x4.splat(1)))) {
      red = f32x4.add(red, look(light, from + RED));
      red1 = f32x4.add(red1, look(light, from + RED + 8));
      green = f32x4.add(green, look(light, from + GREEN));
      green1 = f32x4.add(green1, look(light, from + GREEN + 8));
      blue = f32x4.add(blue, look(light, from + BLUE));
      blue1 = f32x4.add(blue1, look(light, from + BLUE + 8));
      time = f32x4.add(time, own);
      time1 = f32x4.add(time1, own);
      continue;
    }
    const share = f32x4.mul(openOf(from), i32x4.shuffle(stays, stays, 0, 0, 1, 1));
    const share1 = f32x4.mul(openOf(from + 8), i32x4.shuffle(stays, stays, 2, 2, 3, 3));
    red = f32x4.add(red, f32x4.mul(share, look(light, from + RED)));
    red1 = f32x4.add(red1, f32x4.mul(share1, look(light, from + RED + 8)));
    green = f32x4.add(green, f32x4.mul(share, look(light, from + GREEN)));
    green1 = f32x4.add(green1, f32x4.mul(share1, look(light, from + GREEN + 8)));
    blue = f32x4.add(blue, f32x4.mul(share, look(light, from + BLUE)));
    blue1 = f32x4.add(blue1, f32x4.mul(share1, look(light, from + BLUE + 8)));
    time = f32x4.add(time, f32x4.mul(share, own));
    time1 = f32x4.add(time1, f32x4.mul(share1, own));
  }
  const sums = work;
  v128.store(sums, red, SUM_RED);
  v128.store(sums, red1, SUM_RED + 16);
  v128.store(sums, green, SUM_GREEN);
  v128.store(sums, green1, SUM_GREEN + 16);
  v128.store(sums, blue, SUM_BLUE);
  v128.store(sums, blue1, SUM_BLUE + 16);
  v128.store(sums, time, SUM_TIME);
  v128.store(sums, time1, SUM_TIME + 16);
}

/** Of any pixels. @returns whether the colour of one is lost */
// @ts-ignore: decorator
@inline
function addAll(at: usize, cb: usize, cr: usize, cell: usize): bool {
  for (let k = 1; k < exposures; k++) readCodes(k, at, cb, cr);
  const pale = addFour(0, cell);
  const pale1 = addFour(1, cell + 8);
  return pale || pale1;
}

/** @param half of the eight pixels */
function addFour(half: usize, cell: usize): bool {
  const one = f32x4.splat(1);
  const none = f32x4.splat(0);
  let red = none;
  let green = none;
  let blue = none;
  let time = none;
  const own = work + MERGE_WORK + 8 * half;
  // How far the reference or a brighter exposure shows the pixel, and how far a darker one could.
  const ownOpen = openOf(own);
  let lit = ownOpen;
  let kept = none;
  let lost = none;
  for (let k = 1; k < exposures; k++) {
    const kind = kindOf(k);
    const from = own + <usize>k * WORK_STRIDE;
    const cells = v128.load64_zero(vetoes + <usize>k * vetoStride + cell);
    const stays = i32x4.shuffle(cells, cells, 0, 0, 1, 1);
    const open = openOf(from);
    let share = f32x4.mul(open, stays);
    if (kind == BRIGHTER) {
      lit = f32x4.pmax(lit, share);
    } else {
      if (kind != DARKER) {
        share = stays;
        lost = f32x4.mul(f32x4.mul(stays, f32x4.sub(one, lit)), paleOf(from, open));
      }
      kept = f32x4.pmax(kept, share);
      share = f32x4.mul(share, f32x4.sub(one, lit));
    }
    if (!v128.any_true(f32x4.gt(share, none))) continue;
    red = f32x4.add(red, f32x4.mul(share, look(light, from + RED)));
    green = f32x4.add(green, f32x4.mul(share, look(light, from + GREEN)));
    blue = f32x4.add(blue, f32x4.mul(share, look(light, from + BLUE)));
    time = f32x4.add(time, f32x4.mul(share, number(TIMES + (<usize>k << 5))));
  }
  const missing = f32x4.sub(one, kept);
  const share = f32x4.pmax(ownOpen, missing);
  if (v128.any_true(f32x4.gt(share, none))) {
    red = f32x4.add(red, f32x4.mul(share, look(light, own + RED)));
    green = f32x4.add(green, f32x4.mul(share, look(light, own + GREEN)));
    blue = f32x4.add(blue, f32x4.mul(share, look(light, own + BLUE)));
    time = f32x4.add(time, f32x4.mul(share, number(TIMES)));
    lost = f32x4.add(lost, f32x4.mul(missing, paleOf(own, ownOpen)));
  }
  const sums = work + 16 * half;
  v128.store(sums, red, SUM_RED);
  v128.store(sums, green, SUM_GREEN);
  v128.store(sums, blue, SUM_BLUE);
  v128.store(sums, time, SUM_TIME);
  v128.store(sums, lost, SUM_LOST);
  return v128.any_true(f32x4.gt(lost, none));
}

/** How far four pixels are unclipped. @param from half of an exposure's codes */
// @ts-ignore: decorator
@inline
function openOf(from: usize): v128 {
  return between01(f32x4.mul(f32x4.sub(number(CLIP), f32x4.convert_i32x4_s(v128.load16x4_s(from + MOST))), number(CLIP_SLOPE)));
}

/**
 * Where the largest channel is clipped, the colour is the less known the larger the second is: one that stays dark leaves a pure colour,
 * and where both are clipped nothing is known.
 */
// @ts-ignore: decorator
@inline
function paleOf(from: usize, open: v128): v128 {
  const second = f32x4.convert_i32x4_s(v128.load16x4_s(from + SECOND));
  const lost = between01(f32x4.mul(f32x4.sub(second, number(WHITE)), number(WHITE_SLOPE)));
  return f32x4.mul(lost, f32x4.sub(f32x4.splat(1), open));
}
