/** How much is fuzzed: a little in `npm test`, thousands of each kind by `npm run fuzz`. */

/** @param usual how many in `npm test` */
export function fuzzCount(usual: number): number {
  return Math.max(usual, Number(process.env.GST_IPL_FUZZ ?? 0));
}

/** Every seed has faults of its own; the usual one finds the same every time. */
export function fuzzSeed(usual: number): number {
  return usual + Number(process.env.GST_IPL_FUZZ_SEED ?? 0);
}
