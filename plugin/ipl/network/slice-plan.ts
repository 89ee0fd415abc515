/**
 * How a picture is cut: into blocks (one cell of the map each), the map into bands of four rows (one row of tokens
 * each), and the bands into slices.
 *
 * The map has nearly the same number of rows for every picture size (fewer where a picture is low and wide), so the network costs the same and sees the same
 * scale at 720p and at 16K; only what is done per pixel grows.
 */

import { BAND_ROWS, MAP_COLUMNS, MAP_ROWS, SMALLEST_BLOCK } from '../kernels/rule.generated';

export interface Slice {
  /** First map row. */
  readonly row: number;
  /** Map rows, a multiple of BAND_ROWS; the last slice reaches into the padding. */
  readonly rows: number;
  /** First pixel row, even. */
  readonly top: number;
  /** Pixel row after the last. */
  readonly bottom: number;
  /** First slot of the attention cache. */
  readonly firstSlot: number;
  readonly cells: number;
}

export interface SlicePlan {
  /** Pixels. */
  readonly block: number;
  /** Cells. */
  readonly mapWidth: number;
  /** Cells, without padding. */
  readonly mapHeight: number;
  /** Rows of the map after padding to whole bands. */
  readonly paddedRows: number;
  /** Tokens that the attention cache holds. */
  readonly slots: number;
  readonly slices: readonly Slice[];
  /** The map as one slice. */
  readonly whole: Slice;
}

/** Pixels along a block's side, a power of two; models/train/network/rule.py has the same, test/ipl/network/blocks.json holds both to it. */
export function blockSize(width: number, height: number): number {
  let block = SMALLEST_BLOCK;
  while (height > block * MAP_ROWS || width > block * MAP_COLUMNS) block *= 2;
  return block;
}

/**
 * @param width pixels
 * @param height pixels
 * @param sliceBands bands a slice, 1 or more
 * @param tokenColumns tokens that a band leaves (tokenColumns in the model's card)
 */
export function planSlices(width: number, height: number, sliceBands: number, tokenColumns: number): SlicePlan {
  const block = blockSize(width, height);
  const mapHeight = Math.ceil(height / block);
  const bands = Math.ceil(mapHeight / BAND_ROWS);
  const sliceOf = (band: number, count: number): Slice => ({
    row: band * BAND_ROWS,
    rows: count * BAND_ROWS,
    top: band * BAND_ROWS * block,
    bottom: Math.min(height, (band + count) * BAND_ROWS * block),
    firstSlot: band * tokenColumns,
    cells: count * tokenColumns,
  });
  const slices: Slice[] = [];
  for (let band = 0; band < bands; band += sliceBands) slices.push(sliceOf(band, Math.min(sliceBands, bands - band)));
  return {
    block,
    mapWidth: Math.ceil(width / block),
    mapHeight,
    paddedRows: bands * BAND_ROWS,
    slots: bands * tokenColumns,
    slices,
    whole: sliceOf(0, bands),
  };
}
