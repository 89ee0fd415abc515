// What a column of eight pixels' width, up to 16 rows high, has in hand on its way: 16-bit integers, eight a row.

/** Rows of a column at most, times the bytes of eight integers. */
const ROWS: usize = 16 * 16;

/** The reference's codes less 128, in units of 2^-8. */
export const features = memory.data(256, 16);

/** The same after the tone curve, in units of 2^-7. */
export const tones = memory.data(256, 16);

/** Of each exposure but the reference: logits; codes less the reference's toned ones in units of 2^-7; weights, of 2^-15. */
const logits = memory.data(4 * 256, 16);
const differences = memory.data(4 * 256, 16);
const weights = memory.data(4 * 256, 16);

// @ts-ignore: decorator
@inline
export function logitsOf(exposure: i32): usize {
  return logits + <usize>(exposure - 1) * ROWS;
}

// @ts-ignore: decorator
@inline
export function differencesOf(exposure: i32): usize {
  return differences + <usize>(exposure - 1) * ROWS;
}

// @ts-ignore: decorator
@inline
export function weightsOf(exposure: i32): usize {
  return weights + <usize>(exposure - 1) * ROWS;
}
