/** What each exposure covers of a strip, as the graph takes it: lined up, some do not show all (engine/held-border.ts). */
import { Tensor } from 'onnxruntime-node';
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Cover } from '../kernels';
import type { Strip } from './planes';

/** @param order the exposures as the graph has them */
export function coverFeed(covers: readonly (Cover | undefined)[], layout: PlaneLayout, order: readonly number[], { top, rows }: Strip): Tensor {
  const values = new Float32Array(order.length * rows * 2);
  let at = 0;
  for (const exposure of order) {
    const cover = covers[exposure];
    for (let row = 0; row < rows; row += 1, at += 2) {
      // Of an odd height the last row stands for the one that makes it even.
      const y = 2 * Math.min(top + row, layout.height - 1);
      values[at] = cover?.[y] ?? 0;
      values[at + 1] = cover?.[y + 1] ?? layout.width;
    }
  }
  return new Tensor('float32', values, [order.length, rows, 2]);
}
