/** A number painted into a picture, so that what was taken when can be read from pixels, after encoders and scalers. */
import type { VideoCaps } from '../../plugin';

/** 16 binary digits in a row at the top, each a block of a sixteenth of the width and an eighth of the height. */
const DIGITS = 16;
const BLOCK_ROWS = 8;
export const NUMBERS = 2 ** DIGITS;

/** Far from each other and from every background; limited range. */
const [ZERO, ONE] = [40, 215];
const THRESHOLD = (ZERO + ONE) / 2;
/** Blocks darker or brighter than this, but not clearly one of both, mean that the picture is damaged. */
const DOUBT = 40;

/** An I420 picture with a background of one grey. */
export function paint(number: number, width: number, height: number, grey: number): Buffer {
  const luma = width * height;
  const chroma = 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  const picture = Buffer.alloc(luma + chroma, 128);
  picture.fill(grey, 0, luma);
  const row = Buffer.alloc(width, grey);
  for (let digit = 0; digit < DIGITS; digit += 1) {
    row.fill((number >> digit) & 1 ? ONE : ZERO, Math.floor((digit * width) / DIGITS), Math.floor(((digit + 1) * width) / DIGITS));
  }
  for (let y = 0; y < Math.floor(height / BLOCK_ROWS); y += 1) row.copy(picture, y * width);
  return picture;
}

/** The number in a picture's luma, or undefined where it cannot be read without doubt. */
export function read(payload: Uint8Array, { width, height, layout }: VideoCaps): number | undefined {
  const { offset = 0, stride = width } = layout.planes[0] ?? {};
  const y = Math.floor(height / BLOCK_ROWS / 2);
  let number = 0;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const middle = Math.floor(((digit + 0.5) * width) / DIGITS);
    let sum = 0;
    for (let x = middle - 4; x < middle + 4; x += 1) sum += payload[offset + y * stride + x] ?? 0;
    const level = sum / 8;
    if (Math.abs(level - THRESHOLD) < DOUBT) return undefined;
    if (level > THRESHOLD) number |= 1 << digit;
  }
  return number;
}
