// What the TypeScript wrapper calls. Addresses are bytes in the module's memory; the wrapper decides what lies where
// (memory-plan.ts), so that nothing here ever allocates.

export { configure, layOutStrips } from './settings';
export { setShares } from './shares';
export { prepareCoefficients } from './coefficients';
export { blendRows } from './rows';
export { smoothDeepRows, smoothRows } from './smooth';
export { compactSamples, clampSamples, takeSamples } from './samples';
export { setNeighbours } from './contrast';
export { lumaStatistics } from './statistics';
export { chromaStatistics } from './colour';
export { setCovers } from './cover';
export { openRing, closeRow } from './warp-ring';
export { warpRows } from './warp';
export { openTiles, moveTiles } from './tiles';
export { warpDeepRows } from './warp-deep';
export { addBoxRow, closeBoxes, narrowRow } from './boxes';
export { change16, change8, unpack16, unpack8, widen8 } from './packed';
export { findDots } from './dots';
export { shiftProducts } from './shift-products';
export { tileSums } from './tile-sums';
export { warpTexture } from './texture-warp';
export { normalise } from './normalise';
export { hdrMemory, hdrSettings } from './hdr-settings';
export { unpackBytes, unpackBytePairs, unpackHigh, unpackHighPairs } from './hdr-unpack';
export { closeCells, findNeeds, spreadVeto, vetoCells } from './hdr-veto';
export { hdrLost } from './hdr-lost';
export { hdrMerge, mergeCells } from './hdr-merge';

/** First byte that the module itself does not use. */
export function freeMemory(): usize {
  return __heap_base;
}
