// What lies between the warp's two passes.

/**
 * Of one, as a weight of the first pass: 7 bits without a sign hold it, a sum of products 16. A weight is off by no more than
 * 1/240.
 */
export const ONE: i16 = 120;

/** Rows of a column between the passes, at most: 32, the filter's three, and what a slope of 1/4 adds; 16 bytes each. */
export const MOST_ROWS: i32 = 64;
export const between = memory.data(64 * 16, 16);
