/** What threads do with photographs that are in files, some rows at a time. */
import type { LinedUp } from '../../ipl/engine/fusion-task';
import type { Cover, OffsetGrid, ReducedLuma, Reach, Shares } from '../../ipl/kernels';
import type { PixelPlace } from '../large/pixel-file';
import type { Rows } from './window';

/** Makes the luma of an exposure small. */
export interface ReduceTask {
  readonly kind: 'reduce';
  readonly place: PixelPlace;
}

/** Finds where an exposure lies. */
export interface FindTask {
  readonly kind: 'find';
  readonly reference: ReducedLuma;
  readonly exposure: ReducedLuma;
}

/** Exposures dark to bright, and how they are moved. */
export interface WindowSet {
  readonly places: readonly PixelPlace[];
  readonly reference: number;
  readonly block: number;
  readonly grids: readonly (OffsetGrid | undefined)[];
  /** Whole rows of blocks and of cells, but for the picture's end. */
  readonly rows: Rows;
}

export interface MeasureTask extends WindowSet {
  readonly kind: 'measure';
}

/** Blends rows, reduces their noise, and writes them. */
export interface BlendRowsTask extends WindowSet {
  readonly kind: 'blend rows';
  readonly deep: boolean;
  readonly out: PixelPlace;
  /** [K, coefficients, coefficientRows, columns] */
  readonly coefficients: Float32Array;
  readonly coefficientRows: number;
  readonly saturation: number;
  readonly shares: Shares;
  readonly covers: readonly (Cover | undefined)[];
  readonly reaches: readonly Reach[];
}

export type WindowTask = ReduceTask | FindTask | MeasureTask | BlendRowsTask;

export interface Found {
  readonly linedUp: LinedUp;
  readonly homography: LinedUp['map'];
}

/** Rows of luma of each exposure. */
export interface NoiseRow {
  readonly y: number;
  readonly codes: readonly Uint8Array[];
}

export interface MeasuredRows {
  /** [K, statistics, rows of the map, w] */
  readonly statistics: Float32Array;
  readonly noise: readonly NoiseRow[];
}
