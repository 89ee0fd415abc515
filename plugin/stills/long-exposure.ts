/** Seconds: what leaks into a sensor's cell in less does not show. */
export const LONG = 1 / 4;
