/** A time painted into a picture; ../soak/painted-number.ts reads it. */
import { BLOCK_ROWS, checkOf, DIGITS, NUMBERS, ONE, ZERO } from '../soak/painted-number';

/** Milliseconds of the machine's monotonic clock, which is one for all processes; from 0 again after a minute. */
export function clockNumber(): number {
  return Number((process.hrtime.bigint() / 1_000_000n) % BigInt(NUMBERS));
}

/** How long ago a number was the clock's. */
export function ageOf(number: number): number {
  return (clockNumber() - number + NUMBERS) % NUMBERS;
}

/** @param picture planar, luma first; its top is written over */
export function paint(picture: Buffer, number: number, width: number, height: number): void {
  const row = Buffer.alloc(width);
  const digits = number + checkOf(number) * NUMBERS;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    row.fill((digits >> digit) & 1 ? ONE : ZERO, Math.floor((digit * width) / DIGITS), Math.floor(((digit + 1) * width) / DIGITS));
  }
  for (let y = 0; y < Math.floor(height / BLOCK_ROWS); y += 1) row.copy(picture, y * width);
}
