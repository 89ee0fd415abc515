/** What each exposure covers of a strip, as the graph takes it: lined up, some do not show all (kernels/warp/cover.ts). */
import { Tensor } from 'onnxruntime-node';
import type { FusionTask } from '../engine/fusion-task';
import type { Strip } from './planes';

/** @param order the exposures as the graph has them */
export function coverFeed({ covers, layout }: FusionTask, order: readonly number[], { top, rows }: Strip): Tensor {
  const values = new Float32Array(order.length * rows * 2);
  let at = 0;
  for (const exposure of order) {
    const cover = covers?.[exposure];
    for (let row = 0; row < rows; row += 1, at += 2) {
      // Of an odd height the last row stands for the one that makes it even.
      const y = 2 * Math.min(top + row, layout.height - 1);
      values[at] = cover?.[y] ?? 0;
      values[at + 1] = cover?.[y + 1] ?? layout.width;
    }
  }
  return new Tensor('float32', values, [order.length, rows, 2]);
}
