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

/**
 * The number in a picture's luma, or undefined where it cannot be read without doubt.
 *
 * @param fused fusion has moved the levels: they are told apart by what the picture has, darkest and brightest
 */
export function read(payload: Uint8Array, { width, height, layout }: VideoCaps, fused = false): number | undefined {
  const { offset = 0, stride = width } = layout.planes[0] ?? {};
  const y = Math.floor(height / BLOCK_ROWS / 2);
  const levels = Array.from({ length: DIGITS }, (_, digit) => {
    const at = offset + y * stride + Math.floor(((digit + 0.5) * width) / DIGITS) - 4;
    return payload.subarray(at, at + 8).reduce((sum, level) => sum + level, 0) / 8;
  });
  const threshold = fused ? (Math.min(...levels) + Math.max(...levels)) / 2 : THRESHOLD;
  const doubt = fused ? (Math.max(...levels) - Math.min(...levels)) / 8 : DOUBT;
  if (levels.some((level) => Math.abs(level - threshold) < doubt)) return undefined;
  const bits = levels.reduce((sum, level, digit) => (level > threshold ? sum | (1 << digit) : sum), 0);
  const number = bits & (NUMBERS - 1);
  return checkOf(number) === bits >>> 16 ? number : undefined;
}
