/** What threads do with photographs that are in files, some rows at a time. */
import type { LinedUp } from '../../ipl/engine/fusion-task';
import type { Nodes, Patch } from '../../ipl/engine/mend';
import type { Cover, Motion, OffsetGrid, ReducedLuma, Reach, Shares } from '../../ipl/kernels';
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
  /** By exposure, what is mended first; undefined: that is still to be found, and nodes are wanted. */
  readonly patches: readonly (Patch | undefined)[] | undefined;
}

/** Mends rows, blends them, reduces their noise, and writes them. */
export interface BlendRowsTask extends WindowSet {
  readonly kind: 'blend rows';
  readonly deep: boolean;
  readonly patches: readonly (Patch | undefined)[];
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
  readonly motion: Motion | undefined;
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
  /** Of the exposures up to the reference; undefined where they were not wanted. */
  readonly nodes: readonly Nodes[] | undefined;
}
