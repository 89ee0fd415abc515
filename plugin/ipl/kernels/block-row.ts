/** The statistics of one row of map blocks. */
import { copyMovedRows } from './moved-rows';
import { CHANNELS } from './memory-plan';
import { BLOCK_SAMPLES, CONTRAST_STEP } from './rule.generated';
import { inPlane, sampleSize, type Shift } from './warp/whole-shift';
import type { Workspace } from './workspace';

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
export function blockRowStatistics(space: Workspace, frames: readonly Uint8Array[], shifts: readonly (Shift | undefined)[], row: number): Float32Array {
  const { wasm, plan, geometry, floats } = space;
  const { block, exposures, reference, layout } = geometry;
  const spacing = Math.max(1, block / BLOCK_SAMPLES);
  const side = block / spacing;
  const planes = layout.planes.map((_, p) => takeSamples(space, frames, shifts, row, p, spacing));
  const [luma, chroma] = planes;
  if (spacing === 1) wasm.setNeighbours(-1, 1, -plan.sampleStride, plan.sampleStride);
  else wasm.setNeighbours(...(plan.sampleNeighbours as [number, number, number, number]));
  wasm.lumaStatistics(
    reference, plan.samples, plan.sampleStride, plan.sampleExposure, luma.rows, luma.bytes, side,
    Math.ceil((layout.height - 1 - row * block) / spacing), Math.ceil((layout.width - 1) / spacing), plan.statistics,
  );
  const interleaved = layout.format === 'NV12';
  wasm.chromaStatistics(
    reference, plan.samples + plan.samplePlanes[1], plan.sampleStride, (BLOCK_SAMPLES / 2) * plan.sampleStride,
    plan.sampleExposure, planes.length - 1, chroma.rows, chroma.bytes, interleaved ? side : side / 2, plan.statistics,
  );
  const first = plan.statistics / 4;
  return floats.subarray(first, first + exposures * CHANNELS * plan.mapWidth);
}

/** Copies the sampled rows of plane `p` in map row `row`, and keeps their samples: of luma every `spacing`-th. */
function takeSamples(
  space: Workspace, frames: readonly Uint8Array[], shifts: readonly (Shift | undefined)[], row: number, p: number, spacing: number,
): Samples {
  const { plan, geometry } = space;
  const { block, layout } = geometry;
  const plane = layout.planes[p];
  const sampleBytes = p > 0 && layout.format === 'NV12' ? 2 : 1;
  // Of chroma there is a sample for two of luma in each direction, whatever the format: `step` samples of the plane apart.
  const full = p > 0 && layout.chromaScale === 1;
  const step = full ? 2 * spacing : spacing;
  const side = p === 0 || full ? block : block / 2;
  const top = row * side;
  const rows = Math.ceil((Math.min(top + side, plane.height) - top) / step);
  frames.forEach((frame, k) => {
    for (let i = 0; i < rows; i++) {
      const y = top + i * step;
      const to = plan.samples + k * plan.sampleExposure + i * plan.sampleStride;
      // The contrast is measured between pixels, at the inner samples of every third row (assembly/contrast.ts).
      const inner = p === 0 && spacing > 1 && i % CONTRAST_STEP === 1 && i < BLOCK_SAMPLES - 1 && y + 1 < layout.height;
      if (inner) takeRowAndNeighbours(space, frame, shifts[k], y, spacing, to);
      else takeRow(space, frame, shifts[k], p, y, step, to + plan.samplePlanes[p]);
    }
  });
  return { rows, bytes: Math.ceil(plane.width / sampleBytes / step) * sampleBytes };
}

/** The samples of one row of a plane. */
function takeRow(space: Workspace, frame: Uint8Array, shift: Shift | undefined, p: number, y: number, spacing: number, to: number): void {
  const { wasm, plan, geometry, bytes } = space;
  const { format, planes } = geometry.layout;
  const { offset, stride, width } = planes[p];
  const from = offset + y * stride;
  if (shift) copyMovedRows(frame, planes[p], sampleSize(geometry.layout, p), inPlane(shift, geometry.layout, p), y, 1, bytes, plan.raw, stride);
  else bytes.set(frame.subarray(from, from + width), plan.raw);
  wasm.compactSamples(plan.raw, to, width, Math.log2(spacing), p > 0 && format === 'NV12');
  if (p === 0) wasm.clampSamples(to, Math.ceil(width / spacing));
}

/** The samples of one luma row and of the pixels around each, which are copied with all that lies between them. */
function takeRowAndNeighbours(space: Workspace, frame: Uint8Array, shift: Shift | undefined, y: number, spacing: number, to: number): void {
  const { wasm, plan, geometry, bytes } = space;
  const { offset, stride, width } = geometry.layout.planes[0];
  const from = offset + (y - 1) * stride;
  if (shift) copyMovedRows(frame, geometry.layout.planes[0], 1, shift, y - 1, 3, bytes, plan.raw, stride);
  else bytes.set(frame.subarray(from, from + 2 * stride + width), plan.raw);
  const halvings = Math.log2(spacing);
  const count = Math.ceil(width / spacing);
  const [left, right, upper, lower] = plan.sampleNeighbours;
  wasm.takeSamples(plan.raw + stride, width, halvings, to + plan.samplePlanes[0], to + right, to + left);
  for (const [raw, at] of [[plan.raw, to + upper], [plan.raw + 2 * stride, to + lower]]) {
    wasm.compactSamples(raw, at, width, halvings, false);
    wasm.clampSamples(at, count);
  }
}
