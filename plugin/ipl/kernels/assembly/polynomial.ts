// How a polynomial lies in memory: eight float32; coefficients.ts says what each of them is.

/** Bytes of one polynomial. */
export const POLYNOMIAL: usize = 32;

/** Where a polynomial has its size. */
export const SIZE: usize = 24;
