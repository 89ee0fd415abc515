// What the TypeScript wrapper calls. Addresses are bytes in the module's memory; the wrapper decides what lies where
// (memory-plan.ts), so that nothing here ever allocates.

export { configure } from './settings';
export { prepareCoefficients, interpolateCoefficients } from './coefficients';
export { blendLumaRows } from './luma';
export { averageWeights, blendChromaRow } from './chroma';
export { compactSamples } from './samples';
export { blockStatistics } from './statistics';

/** First byte that the module itself does not use. */
export function freeMemory(): usize {
  return __heap_base;
}
