/** What the engine keeps for pictures of one kind: the plan of slices, arrays that are filled anew for every picture. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PlaneLayout } from '../../core/frames/video-layout';
import { nodesAlong } from '../kernels';
import { columnPool, onesAt } from './column-pool';
import { gatherRows, type MapRows } from './map-rows';
import type { ModelCard } from './model-card';
import { mapPyramid, ownRows, upRows, type PyramidFeeds } from './pyramid-feeds';
import { planSlices, type Slice, type SlicePlan } from './slice-plan';

/** What the network takes of a slice whatever is in the picture. */
export type SliceConstants = PyramidFeeds & Readonly<Record<'column_pool' | 'placement' | 'own_rows' | 'up_rows', Tensor>>;

export interface Geometry {
  readonly key: string;
  readonly plan: SlicePlan;
  readonly card: ModelCard;
  readonly exposures: number;
  /** Rows of the map of statistics: halo, paddedRows, halo. */
  readonly allRows: number;
  /** [K, statistics, allRows, w] */
  readonly statistics: Float32Array;
  /** By exposure, luma of eight by eight pixels of a block (FusionKernels.statistics). */
  readonly nodes: readonly Uint8Array[];
  /** [K, coefficients, paddedRows, w] */
  readonly coefficients: Float32Array;
  /** Inputs of the network that stay the same, for each slice and for the whole. */
  readonly constants: ReadonlyMap<Slice, SliceConstants>;
  /** The network's, for each of them, once it has run. */
  readonly results: Map<Slice, InferenceSession.ReturnType>;
  readonly bytes: number;
  /** The map rows of a slice and of its halo. */
  rowsOf(slice: Slice): MapRows;
  /** A copy of them, [K, statistics, rows + 2 halo, w]. Holds until the next slice is cut. */
  cut(slice: Slice): Float32Array;
  /** Cells of one map of those. */
  cellsOf(slice: Slice): number;
}

export function planGeometry(key: string, layout: PlaneLayout, exposures: number, sliceBands: number, card: ModelCard): Geometry {
  const { tokenColumns, halo, coefficients: per } = card;
  const plan = planSlices(layout.width, layout.height, sliceBands, tokenColumns);
  const { mapWidth: width, paddedRows } = plan;
  const allRows = paddedRows + 2 * halo;
  const maps = exposures * card.statistics.length;
  const statistics = new Float32Array(maps * allRows * width);
  // One slice is never more than the whole map.
  const part = new Float32Array(maps * allRows * width);
  const coefficients = new Float32Array(exposures * per * paddedRows * width);
  const nodes = Array.from({ length: exposures }, () => new Uint8Array(nodesAlong(layout.width, plan.block) * nodesAlong(layout.height, plan.block)));
  const pyramid = mapPyramid(plan.mapHeight, width);
  const pool = columnPool(width, tokenColumns);
  const constantsOf = ({ row, rows, firstSlot, cells }: Slice): SliceConstants => ({
    ...pyramid.feeds,
    column_pool: pool,
    placement: onesAt(firstSlot, cells, plan.slots),
    own_rows: ownRows(plan.mapHeight, row, rows),
    up_rows: upRows(pyramid, row - halo, rows + 2 * halo),
  });
  const constants = new Map([...plan.slices, plan.whole].map((slice) => [slice, constantsOf(slice)]));
  const cellsOf = (slice: Slice): number => (slice.rows + 2 * halo) * width;
  const rowsOf = (slice: Slice): MapRows => ({ values: statistics, start: slice.row * width, stride: allRows * width, maps, cells: cellsOf(slice) });
  return {
    key,
    plan,
    card,
    exposures,
    allRows,
    statistics,
    nodes,
    coefficients,
    constants,
    results: new Map(),
    bytes: statistics.byteLength + part.byteLength + coefficients.byteLength + nodes.reduce((sum, { byteLength }) => sum + byteLength, 0),
    cellsOf,
    rowsOf,
    cut(slice) {
      const rows = rowsOf(slice);
      gatherRows(rows, part);
      return part.subarray(0, maps * rows.cells);
    },
  };
}
