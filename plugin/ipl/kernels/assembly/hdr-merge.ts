// The sum of light over the sum of exposure times, of a tile: TILE_PIXELS pixels of two luma rows and their chroma. What the
// exposures add up to lies in rows of float32 beside one another, in the first-level cache; then the tile is encoded (hdr-encode.ts).

import {
  between01, BLACK, BLUE_OF_CB, CHROMA_SCALE, CLIP, CLIP_SLOPE, entries, ENTRY_OFFSET, ENTRY_SCALE, GREEN_OF_CB, GREEN_OF_CR, GREY, light, look,
  LUMA_SCALE, number, RED_OF_CR, TIMES, WHITE, WHITE_SLOPE,
} from './hdr-settings';

export const TILE_PIXELS: i32 = 64;

/** Bytes of a row of a tile, and of the two. */
const ROW: usize = TILE_PIXELS * 4;
const PLANE: usize = 2 * ROW;

/** Light of R, G and B, and exposure times, added up. */
export const RED: usize = 0;
export const GREEN: usize = PLANE;
export const BLUE: usize = 2 * PLANE;
export const TIME: usize = 3 * PLANE;
/** The largest share of a darker exposure. */
const DARKER: usize = 4 * PLANE;
/** How far the colour is lost. */
export const PALE: usize = 5 * PLANE;

export const tile = memory.data(6 * 2 * 64 * 4, 16);

/** What an exposure is to the reference. */
const DARKEST: i32 = 0;
const DARKER_ONE: i32 = 1;
const REFERENCE: i32 = 3;

/** Nothing is added up yet. */
export function openTile(): void {
  memory.fill(tile, 0, 6 * PLANE);
}

/**
 * Adds an exposure; the reference last.
 * @param kind 0 the darkest, 1 another darker one, 2 a brighter one, 3 the reference, 4 the reference that is the darkest
 * @param luma the upper row's first sample; @param veto the cells' (hdr-veto.ts)
 */
export function addExposure(exposure: i32, kind: i32, luma: usize, lumaStride: usize, cb: usize, cr: usize, veto: usize, pixels: i32): void {
  const time = number(TIMES + (<usize>exposure << 3));
  for (let row: usize = 0; row < 2; row++) {
    let y = luma + row * lumaStride;
    let c: usize = 0;
    let at = tile + row * ROW;
    for (let x = 0; x < pixels; x += 4, y += 8, c += 4, at += 16) {
      const own = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(v128.load16x4_u(y)), number(BLACK)), number(LUMA_SCALE));
      const blue = chroma(cb + c);
      const red = chroma(cr + c);
      const r = f32x4.add(own, f32x4.mul(red, number(RED_OF_CR)));
      const g = f32x4.sub(f32x4.sub(own, f32x4.mul(blue, number(GREEN_OF_CB))), f32x4.mul(red, number(GREEN_OF_CR)));
      const b = f32x4.add(own, f32x4.mul(blue, number(BLUE_OF_CB)));
      const most = f32x4.max(f32x4.max(r, g), b);
      const open = between01(f32x4.mul(f32x4.sub(number(CLIP), most), number(CLIP_SLOPE)));
      let share = open;
      if (kind < REFERENCE) {
        const cells = v128.load64_zero(veto + (<usize>x << 1));
        const stays = i32x4.shuffle(cells, cells, 0, 0, 1, 1);
        share = kind == DARKEST ? stays : f32x4.mul(open, stays);
        if (kind == DARKEST) v128.store(at, f32x4.mul(stays, pale(r, g, b, most, open)), PALE);
        if (kind <= DARKER_ONE) v128.store(at, f32x4.max(v128.load(at, DARKER), share), DARKER);
      } else if (kind == REFERENCE) {
        const left = f32x4.sub(f32x4.splat(1), v128.load(at, DARKER));
        share = f32x4.max(open, left);
        v128.store(at, f32x4.add(v128.load(at, PALE), f32x4.mul(left, pale(r, g, b, most, open))), PALE);
      } else {
        share = f32x4.splat(1);
        v128.store(at, pale(r, g, b, most, open), PALE);
      }
      const scale = number(ENTRY_SCALE);
      const offset = number(ENTRY_OFFSET);
      add(at, RED, share, look(light, entries(r, scale, offset)));
      add(at, GREEN, share, look(light, entries(g, scale, offset)));
      add(at, BLUE, share, look(light, entries(b, scale, offset)));
      add(at, TIME, share, time);
    }
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
  const least = f32x4.min(f32x4.min(r, g), b);
  const second = f32x4.sub(f32x4.sub(f32x4.add(f32x4.add(r, g), b), most), least);
  const lost = between01(f32x4.mul(f32x4.sub(second, number(WHITE)), number(WHITE_SLOPE)));
  return f32x4.mul(lost, f32x4.sub(f32x4.splat(1), open));
}

// @ts-ignore: decorator
@inline
function add(at: usize, place: usize, share: v128, value: v128): void {
  v128.store(at + place, f32x4.add(v128.load(at + place), f32x4.mul(share, value)));
}
