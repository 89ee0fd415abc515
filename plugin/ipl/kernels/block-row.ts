/** The statistics of one row of map blocks. */
import { copyMovedRows } from './moved-rows';
import { bitsBelowEight, bytesOf, depthOf, isInterleaved } from '../../core/frames/video-layout';
import { CHANNELS } from './memory-plan';
import { BLOCK_SAMPLES, CONTRAST_STEP } from './rule.generated';
import { inPlane, sampleSize, type Shift } from './warp/whole-shift';
import type { Workspace } from './workspace';

/** Nodes of a block in each direction: every sample, or every second one. The smallest block has as many pixels. */
export const NODES = 8;

/** What is taken of the pictures. */
export interface Taken {
  readonly frames: readonly Uint8Array[];
  /** By exposure, from where it is read. */
  readonly shifts: readonly (Shift | undefined)[];
  /** By exposure, filled with luma of the nodes in 8 bits, row by row; undefined: nobody wants it. */
  readonly nodes: readonly Uint8Array[] | undefined;
}

/** Sampled rows of a plane. */
interface Samples {
  /** That are inside the picture. */
  readonly rows: number;
  /** Of a row. */
  readonly bytes: number;
}

/**
 * Float32 [K][15][mapWidth] of map row `row`, in the kernels' memory until the next call. Only the pixel rows that are
 * sampled are copied there.
 */
export function blockRowStatistics(space: Workspace, taken: Taken, row: number): Float32Array {
  const { wasm, plan, geometry, floats } = space;
  const { block, exposures, reference, layout } = geometry;
  const spacing = Math.max(1, block / BLOCK_SAMPLES);
  const side = block / spacing;
  const planes = layout.planes.map((_, p) => takeSamples(space, taken, row, p, spacing));
  const [luma, chroma] = planes;
  if (spacing === 1) wasm.setNeighbours(-1, 1, -plan.sampleStride, plan.sampleStride);
  else wasm.setNeighbours(...(plan.sampleNeighbours as [number, number, number, number]));
  wasm.lumaStatistics(
    reference, plan.samples, plan.sampleStride, plan.sampleExposure, luma.rows, luma.bytes, side,
    Math.ceil((layout.height - 1 - row * block) / spacing), Math.ceil((layout.width - 1) / spacing), plan.statistics,
  );
  const interleaved = isInterleaved(layout.format);
  wasm.chromaStatistics(
    reference, plan.samples + plan.samplePlanes[1], plan.sampleStride, (BLOCK_SAMPLES / 2) * plan.sampleStride,
    plan.sampleExposure, planes.length - 1, chroma.rows, chroma.bytes, interleaved ? side : side / 2, plan.statistics,
  );
  const first = plan.statistics / 4;
  return floats.subarray(first, first + exposures * CHANNELS * plan.mapWidth);
}

/** Copies the sampled rows of plane `p` in map row `row`, and keeps their samples: of luma every `spacing`-th. */
function takeSamples(space: Workspace, { frames, shifts, nodes }: Taken, row: number, p: number, spacing: number): Samples {
  const { plan, geometry } = space;
  const { block, layout } = geometry;
  const plane = layout.planes[p];
  const together = isPairs(space, p) ? 2 : 1;
  // Of chroma there is a sample for two of luma in each direction, whatever the format: `step` samples of the plane apart.
  const full = p > 0 && layout.chromaScale === 1;
  const step = full ? 2 * spacing : spacing;
  const side = p === 0 || full ? block : block / 2;
  const top = row * side;
  const rows = Math.ceil((Math.min(top + side, plane.height) - top) / step);
  const toNode = block / spacing / NODES;
  frames.forEach((frame, k) => {
    for (let i = 0; i < rows; i++) {
      const y = top + i * step;
      const to = plan.samples + k * plan.sampleExposure + i * plan.sampleStride;
      // The contrast is measured between pixels, at the inner samples of every third row (assembly/contrast.ts).
      const inner = p === 0 && spacing > 1 && i % CONTRAST_STEP === 1 && i < BLOCK_SAMPLES - 1 && y + 1 < layout.height;
      const raw = inner ? takeRowAndNeighbours(space, frame, shifts[k], y, spacing, to) : takeRow(space, frame, shifts[k], p, y, step, to + plan.samplePlanes[p]);
      if (nodes && p === 0 && i % toNode === 0) takeNodes(space, raw, row * NODES + i / toNode, nodes[k]);
    }
  });
  return { rows, bytes: Math.ceil(samplesOf(space, p) / together / step) * together };
}

/** Whether Cb and Cr take turns in a plane. */
const isPairs = ({ geometry }: Workspace, p: number): boolean => p > 0 && isInterleaved(geometry.layout.format);

/** Samples of a row, of Cb and Cr those of both: bytes, once they have 8 bits. */
const samplesOf = ({ geometry: { layout } }: Workspace, p: number): number => layout.planes[p].width / bytesOf(layout.format);

/** The nodes of a luma row, of what was brought of it. */
function takeNodes({ wasm, geometry: { block, layout }, bytes }: Workspace, raw: number, row: number, nodes: Uint8Array): void {
  const columns = nodesAlong(layout.width, block);
  wasm.compactSamples(raw, raw, layout.width, Math.log2(block / NODES), false);
  nodes.set(bytes.subarray(raw, raw + columns), row * columns);
}

/** Nodes along a side of the picture. */
export const nodesAlong = (size: number, block: number): number => Math.ceil((size * NODES) / block);

/** The samples of one row of a plane. @returns where it lies in 8 bits */
function takeRow(space: Workspace, frame: Uint8Array, shift: Shift | undefined, p: number, y: number, spacing: number, to: number): number {
  const { wasm, plan } = space;
  const count = samplesOf(space, p);
  bringRows(space, frame, shift, p, y, 1);
  wasm.compactSamples(plan.raw, to, count, Math.log2(spacing), isPairs(space, p));
  if (p === 0) wasm.clampSamples(to, Math.ceil(count / spacing));
  return plan.raw;
}

/** The samples of one luma row and of the pixels around each, which are copied with all that lies between them. @returns where the row lies in 8 bits */
function takeRowAndNeighbours(space: Workspace, frame: Uint8Array, shift: Shift | undefined, y: number, spacing: number, to: number): number {
  const { wasm, plan, geometry } = space;
  const { width } = geometry.layout;
  const stride = bringRows(space, frame, shift, 0, y - 1, 3);
  const halvings = Math.log2(spacing);
  const count = Math.ceil(width / spacing);
  const [left, right, upper, lower] = plan.sampleNeighbours;
  wasm.takeSamples(plan.raw + stride, width, halvings, to + plan.samplePlanes[0], to + right, to + left);
  for (const [raw, at] of [[plan.raw, to + upper], [plan.raw + 2 * stride, to + lower]]) {
    wasm.compactSamples(raw, at, width, halvings, false);
    wasm.clampSamples(at, count);
  }
  return plan.raw + stride;
}

/** Rows of a plane, in 8 bits: the nearest of what has 10, the upper ones of what has 16. @param shift of 8 bits only @returns bytes from one to the next */
function bringRows(space: Workspace, frame: Uint8Array, shift: Shift | undefined, p: number, y: number, rows: number): number {
  const { wasm, plan, geometry: { layout }, bytes } = space;
  const { offset, stride, width } = layout.planes[p];
  const from = offset + y * stride;
  const below = bitsBelowEight(layout.format);
  if (below === 0) {
    if (shift) copyMovedRows(frame, layout.planes[p], sampleSize(layout, p), inPlane(shift, layout, p), y, rows, bytes, plan.raw, stride);
    else bytes.set(frame.subarray(from, from + (rows - 1) * stride + width), plan.raw);
    return stride;
  }
  const half = depthOf(layout.format) === 10 ? 1 << (below - 1) : 0;
  for (let row = 0; row < rows; row += 1) {
    bytes.set(frame.subarray(from + row * stride, from + row * stride + width), plan.wide);
    wasm.narrowRow(plan.wide, width / 2, half, below, plan.raw + row * plan.narrowStride);
  }
  return plan.narrowStride;
}
