/** Reads the number that camera.py paints into a picture: what was taken when, also after encoders and scalers. */
import type { VideoCaps } from '../../plugin';

/** Binary digits in a row at the top, 16 of the number and 8 to check it by; the row takes an eighth of the height. */
const DIGITS = 24;
const BLOCK_ROWS = 8;
export const NUMBERS = 2 ** 16;
const CHECK_FACTOR = 40503;

/** Between the greys of 0 (40) and 1 (215), which are far from each other; limited range. */
const THRESHOLD = 127.5;
/** Blocks darker or brighter than this, but not clearly one of both, mean that the picture is damaged. */
const DOUBT = 40;

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
  const check = number >>> 16;
  number &= NUMBERS - 1;
  return ((number * CHECK_FACTOR) >>> 8) % 256 === check ? number : undefined;
}
