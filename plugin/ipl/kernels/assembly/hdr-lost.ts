// How much brighter than its clipped light the reference is, where no darker exposure shows what it shows: hdr/lost-map.ts has found it in
// blocks of cells, and by the code of the least channel.

import { between01, LOST_NODES, number } from './hdr-settings';

let gains: usize = 0;
let stride: usize = 0;
let last: f32 = 0;
let scale: f32 = 0;
let offset: f32 = 0;

/**
 * @param gains_ float32 of a row of cells, of the first node; the last one of a row twice. 0: none are known
 * @param stride_ bytes from one node to the next; @param columns of blocks
 * @param scale_ blocks of a cell; @param offset_ place of the first cell among the blocks
 */
export function hdrLost(gains_: usize, stride_: usize, columns: i32, scale_: f32, offset_: f32): void {
  gains = gains_;
  stride = stride_;
  last = <f32>(columns - 1);
  scale = scale_;
  offset = offset_;
}

// @ts-ignore: decorator
@inline
export function knowsLost(): bool {
  return gains != 0;
}

/** Of four pixels of two cells. @param cell the first; @param least code of the least channel, float32 */
export function lostGains(cell: i32, least: v128): v128 {
  const place = max<f32>(0, min<f32>(last, <f32>cell * scale + offset));
  const place1 = max<f32>(0, min<f32>(last, <f32>(cell + 1) * scale + offset));
  const left = <i32>place;
  const left1 = <i32>place1;
  const share = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(place - <f32>left), 2, place1 - <f32>left1), 3, place1 - <f32>left1);
  let at = gains + (<usize>left << 2);
  let at1 = gains + (<usize>left1 << 2);
  let gain = between(at, at1, share);
  let below = gain;
  for (let node: usize = 0; node < 96; node += 32) {
    at += stride;
    at1 += stride;
    const above = between(at, at1, share);
    const part = between01(f32x4.mul(f32x4.sub(least, number(LOST_NODES + node)), number(LOST_NODES + node + 16)));
    gain = f32x4.add(gain, f32x4.mul(part, f32x4.sub(above, below)));
    below = above;
  }
  return gain;
}

/** Two blocks beside each other, for each of two cells. */
// @ts-ignore: decorator
@inline
function between(at: usize, at1: usize, share: v128): v128 {
  const pair = v128.load64_zero(at);
  const pair1 = v128.load64_zero(at1);
  const lefts = i32x4.shuffle(pair, pair1, 0, 0, 4, 4);
  const rights = i32x4.shuffle(pair, pair1, 1, 1, 5, 5);
  return f32x4.add(lefts, f32x4.mul(share, f32x4.sub(rights, lefts)));
}
