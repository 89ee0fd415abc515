// The sum of light over the sum of exposure times, and its codes (hdr-encode.ts): a row of 2x2 pixels, four pixels at a time. All that
// is added up stays in registers; light is looked up only of exposures that count for one of the four.

import { encodeChroma, encodePixels } from './hdr-encode';
import {
  between01, BLACK, BLUE_OF_CB, CHROMA_SCALE, CLIP, CLIP_SLOPE, entries, ENTRY_OFFSET, ENTRY_SCALE, GREEN_OF_CB, GREEN_OF_CR, GREY, light, look,
  LUMA_SCALE, number, RED_OF_CR, TIMES, WHITE, WHITE_SLOPE,
} from './hdr-settings';

/** What an exposure is to the reference, which comes first. The darkest is 3. */
const REFERENCE: i32 = 0;
const BRIGHTER: i32 = 1;
const DARKER: i32 = 2;

let exposures: i32 = 0;
let kinds: usize = 0;
let strip: usize = 0;
let exposureStride: usize = 0;
let lumaStride: usize = 0;
let vetoes: usize = 0;
let vetoStride: usize = 0;

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

/**
 * @param luma from the start of a strip to the upper row; @param cb and @param cr to the chroma rows; @param to of the merged strip
 */
export function mergeCells(luma: usize, cb: usize, cr: usize, to: usize, pixels: i32): void {
  const one = f32x4.splat(1);
  const none = f32x4.splat(0);
  const count = exposures;
  for (let x: usize = 0; x < <usize>pixels; x += 4) {
    let colour = none;
    for (let row: usize = 0; row < 2; row++) {
      const at = luma + row * lumaStride + 2 * x;
      let red = none;
      let green = none;
      let blue = none;
      let time = none;
      // How far the reference or a brighter exposure shows the pixel, and how far a darker one could.
      let lit = none;
      let kept = none;
      let lost = none;
      let ownOpen = none;
      let ownRed = none;
      let ownGreen = none;
      let ownBlue = none;
      let ownLost = none;
      for (let k = 0; k < count; k++) {
        const kind = load<i32>(kinds + (<usize>k << 2));
        const own = strip + <usize>k * exposureStride;
        const y = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_u(own + at)), number(BLACK)), number(LUMA_SCALE));
        const b = chroma(own + cb + x);
        const r = chroma(own + cr + x);
        const red1 = f32x4.add(y, f32x4.mul(r, number(RED_OF_CR)));
        const green1 = f32x4.sub(f32x4.sub(y, f32x4.mul(b, number(GREEN_OF_CB))), f32x4.mul(r, number(GREEN_OF_CR)));
        const blue1 = f32x4.add(y, f32x4.mul(b, number(BLUE_OF_CB)));
        const most = f32x4.pmax(f32x4.pmax(red1, green1), blue1);
        const open = between01(f32x4.mul(f32x4.sub(number(CLIP), most), number(CLIP_SLOPE)));
        const scale = number(ENTRY_SCALE);
        const offset = number(ENTRY_OFFSET);
        if (kind == REFERENCE) {
          ownOpen = open;
          lit = open;
          ownRed = look(light, entries(red1, scale, offset));
          ownGreen = look(light, entries(green1, scale, offset));
          ownBlue = look(light, entries(blue1, scale, offset));
          ownLost = pale(red1, green1, blue1, most, open);
          continue;
        }
        const cells = v128.load64_zero(vetoes + <usize>k * vetoStride + 2 * x);
        const stays = i32x4.shuffle(cells, cells, 0, 0, 1, 1);
        let share = f32x4.mul(open, stays);
        if (kind == BRIGHTER) {
          lit = f32x4.pmax(lit, share);
        } else {
          if (kind != DARKER) {
            lost = f32x4.mul(stays, pale(red1, green1, blue1, most, open));
            share = stays;
          }
          kept = f32x4.pmax(kept, share);
          share = f32x4.mul(share, f32x4.sub(one, lit));
        }
        if (!v128.any_true(f32x4.gt(share, none))) continue;
        red = f32x4.add(red, f32x4.mul(share, look(light, entries(red1, scale, offset))));
        green = f32x4.add(green, f32x4.mul(share, look(light, entries(green1, scale, offset))));
        blue = f32x4.add(blue, f32x4.mul(share, look(light, entries(blue1, scale, offset))));
        time = f32x4.add(time, f32x4.mul(share, number(TIMES + (<usize>k << 3))));
      }
      const missing = f32x4.sub(one, kept);
      const share = f32x4.pmax(ownOpen, missing);
      red = f32x4.add(red, f32x4.mul(share, ownRed));
      green = f32x4.add(green, f32x4.mul(share, ownGreen));
      blue = f32x4.add(blue, f32x4.mul(share, ownBlue));
      time = f32x4.add(time, f32x4.mul(share, number(TIMES)));
      lost = f32x4.add(lost, f32x4.mul(missing, ownLost));
      colour = f32x4.add(colour, encodePixels(red, green, blue, time, lost, to + at));
    }
    encodeChroma(colour, to + cb + x, to + cr + x);
  }
}

/** Two samples for four pixels. */
// @ts-ignore: decorator
@inline
function chroma(at: usize): v128 {
  const two = v128.load32_zero(at);
  const four = i16x8.shuffle(two, i16x8.splat(0), 0, 8, 0, 8, 1, 8, 1, 8);
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(four), number(GREY)), number(CHROMA_SCALE));
}

/**
 * Where the largest channel is clipped, the colour is the less known the larger the second is: one that stays dark leaves a pure colour,
 * and where both are clipped nothing is known.
 */
// @ts-ignore: decorator
@inline
function pale(r: v128, g: v128, b: v128, most: v128, open: v128): v128 {
  const least = f32x4.pmin(f32x4.pmin(r, g), b);
  const second = f32x4.sub(f32x4.sub(f32x4.add(f32x4.add(r, g), b), most), least);
  const lost = between01(f32x4.mul(f32x4.sub(second, number(WHITE)), number(WHITE_SLOPE)));
  return f32x4.mul(lost, f32x4.sub(f32x4.splat(1), open));
}
