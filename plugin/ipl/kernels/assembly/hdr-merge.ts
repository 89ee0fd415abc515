// The sum of light over the sum of exposure times, and its codes (hdr-encode.ts): a row of 2x2 pixels, eight pixels at a time. Light is looked
// up only of exposures that count for one of the eight. Most pixels are unclipped in the reference: there no darker exposure counts.

import { blueOf, chromaOfPixels, greenOf, lumaCodes, redOf, storePlaces } from './hdr-codes';
import { encodeCells, placesOf, SUM_BLUE, SUM_GREEN, SUM_LOST, SUM_RED, SUM_TIME, SUMS_STRIDE } from './hdr-encode';
import { knowsLost, lostGains } from './hdr-lost';
import { between01, CLIP, CLIP_SLOPE, CLIPPED, lookLight, number, OPEN, sampleShift, TIMES, WHITE, WHITE_SLOPE, WORK } from './hdr-settings';

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

/** Eights of pixels that are a piece of a row. All of it goes through one step before the next: rows of short steps keep a processor busy, one long chain does not. */
const EIGHTS: usize = 8;

/** Of an exposure, in `WORK`, of each eight: places of the codes of eight pixels, and the largest of three; and of the eight below. */
const RED: usize = 0;
const GREEN: usize = 16;
const BLUE: usize = 32;
const MOST: usize = 48;
const LOWER: usize = 64;
const CODES_STRIDE: usize = 128;
const WORK_STRIDE: usize = EIGHTS * CODES_STRIDE;
/** Then sums: of each eight, and of the eight below; of five exposures at most. */
const SUMS: usize = WORK + 5 * WORK_STRIDE;
/** Then of each sum, whether the reference shows all of the eight; later, whether the colour of one is lost. */
const FLAGS: usize = SUMS + 2 * EIGHTS * SUMS_STRIDE;

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
  let bright = 1;
  while (bright < exposures && kindOf(bright) == BRIGHTER) bright++;
  for (let x: usize = 0; x < <usize>pixels; x += 8 * EIGHTS) {
    const eights = min<usize>(EIGHTS, (<usize>pixels - x + 7) >> 3);
    readPiece(luma + 2 * x, cb + x, cr + x, eights, bright);
    addPiece(2 * x, eights, bright);
    for (let n: usize = 0; n < 2 * eights; n++) placesOf(SUMS + n * SUMS_STRIDE, load<u8>(FLAGS + n) != 0);
    encodePiece(to + luma + 2 * x, to + cb + x, to + cr + x, eights);
  }
}

function readPiece(at: usize, cb: usize, cr: usize, eights: usize, bright: i32): void {
  for (let n: usize = 0; n < eights; n++) {
    for (let k = 0; k < bright; k++) readCodes(k, n, at, cb, cr);
    const own = WORK + n * CODES_STRIDE;
    const open = isOpen(own);
    const openBelow = isOpen(own + LOWER);
    store<u8>(FLAGS + 2 * n, open);
    store<u8>(FLAGS + 2 * n + 1, openBelow);
    if (!(open && openBelow)) for (let k = bright; k < exposures; k++) readCodes(k, n, at, cb, cr);
  }
}

/** @param cells to the row of vetoes, in bytes */
function addPiece(cells: usize, eights: usize, bright: i32): void {
  for (let n: usize = 0; n < 2 * eights; n++) {
    const own = WORK + n * LOWER;
    const sums = SUMS + n * SUMS_STRIDE;
    const cell = cells + (n >> 1 << 4);
    let pale = false;
    if (load<u8>(FLAGS + n)) addOpen(own, sums, bright, cell);
    else pale = addAll(own, sums, cell);
    store<u8>(FLAGS + n, pale);
  }
}

function encodePiece(to: usize, cb: usize, cr: usize, eights: usize): void {
  for (let n: usize = 0; n < eights; n++) {
    encodeCells(SUMS + 2 * n * SUMS_STRIDE, to + 16 * n, to + lumaStride + 16 * n, cb + 8 * n, cr + 8 * n);
  }
}

/** Whether the reference shows all of eight pixels. @param codes theirs */
// @ts-ignore: decorator
@inline
function isOpen(codes: usize): bool {
  return i16x8.all_true(i16x8.le_s(v128.load(codes, MOST), number(OPEN)));
}

/** Puts aside the codes of the n-th eight pixels of an exposure, and of the eight below. */
// @ts-ignore: decorator
@inline
function readCodes(k: i32, n: usize, luma: usize, cb: usize, cr: usize): void {
  const from = strip + <usize>k * exposureStride;
  const to = WORK + <usize>k * WORK_STRIDE + n * CODES_STRIDE;
  const at = luma + 16 * n;
  const b = chromaOfPixels(from + cb + 8 * n);
  const r = chromaOfPixels(from + cr + 8 * n);
  const red = redOf(r);
  const green = greenOf(b, r);
  const blue = blueOf(b);
  const most = i16x8.max_s(i16x8.max_s(red, green), blue);
  const upper = lumaCodes(v128.load(from + at), sampleShift);
  storePlaces(to + RED, i16x8.add_sat_s(upper, red));
  storePlaces(to + GREEN, i16x8.add_sat_s(upper, green));
  storePlaces(to + BLUE, i16x8.add_sat_s(upper, blue));
  v128.store(to, i16x8.add_sat_s(upper, most), MOST);
  const lower = lumaCodes(v128.load(from + at + lumaStride), sampleShift);
  storePlaces(to + LOWER + RED, i16x8.add_sat_s(lower, red));
  storePlaces(to + LOWER + GREEN, i16x8.add_sat_s(lower, green));
  storePlaces(to + LOWER + BLUE, i16x8.add_sat_s(lower, blue));
  v128.store(to, i16x8.add_sat_s(lower, most), LOWER + MOST);
}

/** Of pixels that the reference shows: light of it, and of brighter exposures. @param own its codes */
// @ts-ignore: decorator
@inline
function addOpen(own: usize, sums: usize, bright: i32, cell: usize): void {
  let red = lookLight(own + RED);
  let red1 = lookLight(own + RED + 8);
  let green = lookLight(own + GREEN);
  let green1 = lookLight(own + GREEN + 8);
  let blue = lookLight(own + BLUE);
  let blue1 = lookLight(own + BLUE + 8);
  let time = number(TIMES);
  let time1 = time;
  for (let k = 1; k < bright; k++) {
    const from = own + <usize>k * WORK_STRIDE;
    const most = v128.load(from, MOST);
    if (i16x8.all_true(i16x8.ge_s(most, number(CLIPPED)))) continue;
    const stays = v128.load(vetoes + <usize>k * vetoStride + cell);
    if (!v128.any_true(f32x4.gt(stays, f32x4.splat(0)))) continue;
    const longer = number(TIMES + (<usize>k << 5));
    if (i16x8.all_true(i16x8.le_s(most, number(OPEN))) && i32x4.all_true(f32x4.ge(stays, f32x4.splat(1)))) {
      red = f32x4.add(red, lookLight(from + RED));
      red1 = f32x4.add(red1, lookLight(from + RED + 8));
      green = f32x4.add(green, lookLight(from + GREEN));
      green1 = f32x4.add(green1, lookLight(from + GREEN + 8));
      blue = f32x4.add(blue, lookLight(from + BLUE));
      blue1 = f32x4.add(blue1, lookLight(from + BLUE + 8));
      time = f32x4.add(time, longer);
      time1 = f32x4.add(time1, longer);
      continue;
    }
    const share = f32x4.mul(openOf(from), i32x4.shuffle(stays, stays, 0, 0, 1, 1));
    const share1 = f32x4.mul(openOf(from + 8), i32x4.shuffle(stays, stays, 2, 2, 3, 3));
    red = f32x4.add(red, f32x4.mul(share, lookLight(from + RED)));
    red1 = f32x4.add(red1, f32x4.mul(share1, lookLight(from + RED + 8)));
    green = f32x4.add(green, f32x4.mul(share, lookLight(from + GREEN)));
    green1 = f32x4.add(green1, f32x4.mul(share1, lookLight(from + GREEN + 8)));
    blue = f32x4.add(blue, f32x4.mul(share, lookLight(from + BLUE)));
    blue1 = f32x4.add(blue1, f32x4.mul(share1, lookLight(from + BLUE + 8)));
    time = f32x4.add(time, f32x4.mul(share, longer));
    time1 = f32x4.add(time1, f32x4.mul(share1, longer));
  }
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
function addAll(own: usize, sums: usize, cell: usize): bool {
  const pale = addFour(own, sums, cell);
  const pale1 = addFour(own + 8, sums + 16, cell + 8);
  return pale || pale1;
}

/** Half of the eight pixels. */
function addFour(own: usize, sums: usize, cell: usize): bool {
  const one = f32x4.splat(1);
  const none = f32x4.splat(0);
  let red = none;
  let green = none;
  let blue = none;
  let time = none;
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
    red = f32x4.add(red, f32x4.mul(share, lookLight(from + RED)));
    green = f32x4.add(green, f32x4.mul(share, lookLight(from + GREEN)));
    blue = f32x4.add(blue, f32x4.mul(share, lookLight(from + BLUE)));
    time = f32x4.add(time, f32x4.mul(share, number(TIMES + (<usize>k << 5))));
  }
  const missing = f32x4.sub(one, kept);
  const share = f32x4.pmax(ownOpen, missing);
  if (v128.any_true(f32x4.gt(share, none))) {
    // Clipped light that no other exposure shows is raised to what it is around.
    const gone = f32x4.mul(missing, f32x4.sub(one, lit));
    const light = knowsLost() && v128.any_true(f32x4.gt(gone, none))
      ? f32x4.mul(share, f32x4.add(one, f32x4.mul(gone, f32x4.sub(lostGains(<i32>(cell >> 2), leastOf(own)), one))))
      : share;
    red = f32x4.add(red, f32x4.mul(light, lookLight(own + RED)));
    green = f32x4.add(green, f32x4.mul(light, lookLight(own + GREEN)));
    blue = f32x4.add(blue, f32x4.mul(light, lookLight(own + BLUE)));
    time = f32x4.add(time, f32x4.mul(share, number(TIMES)));
    lost = f32x4.add(lost, f32x4.mul(missing, paleOf(own, ownOpen)));
  }
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

/** Code of the least channel of four pixels. @param from half of an exposure's codes */
// @ts-ignore: decorator
@inline
function leastOf(from: usize): v128 {
  const least = i16x8.min_s(i16x8.min_s(v128.load64_zero(from + RED), v128.load64_zero(from + GREEN)), v128.load64_zero(from + BLUE));
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(least));
}

/**
 * Where the largest channel is clipped, the colour is the less known the larger the second is: one that stays dark leaves a pure colour,
 * and where both are clipped nothing is known.
 */
// @ts-ignore: decorator
@inline
function paleOf(from: usize, open: v128): v128 {
  const red = v128.load64_zero(from + RED);
  const green = v128.load64_zero(from + GREEN);
  const second = i16x8.max_s(i16x8.min_s(red, green), i16x8.min_s(i16x8.max_s(red, green), v128.load64_zero(from + BLUE)));
  const lost = between01(f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(second)), number(WHITE)), number(WHITE_SLOPE)));
  return f32x4.mul(lost, f32x4.sub(f32x4.splat(1), open));
}
