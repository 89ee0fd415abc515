/**
 * Reads the number that was painted into a picture (by camera.py; by ../latency): what was taken when, also after encoders
 * and scalers.
 */
import type { VideoCaps } from '../../plugin';

/** Binary digits in a row at the top, 16 of the number and 8 to check it by; the row takes an eighth of the height. */
export const DIGITS = 24;
export const BLOCK_ROWS = 8;
export const NUMBERS = 2 ** 16;
const CHECK_FACTOR = 40503;

/** Far from each other; limited range. */
export const ZERO = 40;
export const ONE = 215;
const THRESHOLD = (ZERO + ONE) / 2;
/** Blocks darker or brighter than this, but not clearly one of both, mean that the picture is damaged. */
const DOUBT = 40;

/** Tells a number from damage that looks like one. */
export function checkOf(number: number): number {
  return ((number * CHECK_FACTOR) >>> 8) % 256;
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
  const check = number >>> 16;
  number &= NUMBERS - 1;
  return checkOf(number) === check ? number : undefined;
}
