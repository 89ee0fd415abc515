/** The statistics of one row of map blocks. */
import { BLOCK_SAMPLES } from './memory-plan';
import type { Workspace } from './workspace';

/**
 * Float32 [K][10][mapWidth] of map row `row`, in the kernels' memory until the next call. Only the pixel rows that are
 * sampled are copied there.
 */
export function blockRowStatistics(space: Workspace, frames: readonly Uint8Array[], row: number): Float32Array {
  const { wasm, plan, geometry, bytes, floats } = space;
  const { block, layout, exposures } = geometry;
  const luma = layout.planes[0];
  const spacing = Math.max(1, block / BLOCK_SAMPLES);
  const exposureStride = BLOCK_SAMPLES * plan.sampleStride;
  const top = row * block;
  const rows = Math.ceil((Math.min(top + block, layout.height) - top) / spacing);
  frames.forEach((frame, k) => {
    for (let i = 0; i < rows; i++) {
      const from = luma.offset + (top + i * spacing) * luma.stride;
      const to = plan.samples + k * exposureStride + i * plan.sampleStride;
      bytes.set(frame.subarray(from, from + layout.width), to);
      wasm.compactSamples(to, layout.width, Math.log2(spacing));
    }
  });
  wasm.blockStatistics(
    geometry.reference, plan.samples, plan.sampleStride, exposureStride,
    rows, Math.ceil(layout.width / spacing), block / spacing, plan.statistics,
  );
  const first = plan.statistics / 4;
  return floats.subarray(first, first + exposures * 10 * plan.mapWidth);
}
