// What a column of eight pixels' width, up to 16 rows high, has in hand on its way: 16-bit integers, eight a row, 16 bytes.

/** Where the column is; what follows are immediate offsets from a row of it. */
export const column = memory.data(4 * 256 + 3 * 4 * 256, 16);

/** Of an exposure, in bytes. */
export const ROWS: usize = 16 * 16;

/** The reference's codes less 128, in units of 2^-8. */
export const FEATURES: usize = 0;

/** The same after the tone curve, in units of 2^-7. */
export const TONES: usize = FEATURES + ROWS;

/** Of each exposure but the reference: logits. */
export const LOGITS: usize = TONES + ROWS;

/** Its codes less the reference's toned ones, in units of 2^-7. */
export const DIFFERENCES: usize = LOGITS + 4 * ROWS;

/** Its weights, in units of 2^-15. */
export const WEIGHTS: usize = DIFFERENCES + 4 * ROWS;

/** How far the chroma may go beyond what the exposures show because the reference is near white: in units of 2^-6. */
export const FREEDOM: usize = WEIGHTS + 4 * ROWS;

/** 2^15 - 1 where not all exposures show the pixel, and else 0 (cover.ts). */
export const UNCOVERED: usize = FREEDOM + ROWS;
