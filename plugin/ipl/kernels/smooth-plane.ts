/** Noise reduction of one plane, in place and in strips. */
import { bitsBelowEight, depthOf, type Plane } from '../../core/frames/video-layout';
import { copyRows } from './copy-rows';
import { STRIP_ROWS } from './memory-plan';
import type { Workspace } from './workspace';

/** Codes up to which neighbours count in full (assembly/smooth.ts). */
export interface Reach {
  readonly luma: number;
  readonly chroma: number;
}

/**
 * @param step samples from one of a component to the next
 * @param twice twice the reach (assembly/smooth.ts)
 */
export function smoothPlane({ wasm, plan, bytes, geometry }: Workspace, frame: Uint8Array, plane: Plane, step: number, twice: number): void {
  const { offset, stride, width, height } = plane;
  const { noisy, smooth, smoothStride } = plan;
  const { format } = geometry.layout;
  const depth = depthOf(format);
  const below = bitsBelowEight(format);
  // What 10 bits lie above is not made of finer ones.
  const rounded = depth === 10 ? below - 2 : 0;
  const place = (row: number): number => noisy + row * smoothStride;
  const repeat = (from: number, to: number, rows = 1): void => {
    bytes.copyWithin(place(to), place(from), place(from + rows - 1) + width);
  };
  const bring = (first: number, end: number, to: number): void => {
    copyRows(frame, offset + first * stride, stride, bytes, place(to), smoothStride, width, end - first);
  };
  // Of every strip the row above is needed as it was, and the row below.
  bring(0, Math.min(STRIP_ROWS + 1, height), 0);
  repeat(0, -1);
  for (let top = 0; top < height; top += STRIP_ROWS) {
    const rows = Math.min(STRIP_ROWS, height - top);
    if (top > 0) {
      repeat(STRIP_ROWS - 1, -1, 2);
      bring(top + 1, Math.min(top + STRIP_ROWS + 1, height), 1);
    }
    if (top + rows === height) repeat(rows - 1, rows);
    if (depth > 8) wasm.smoothDeepRows(noisy, smooth, smoothStride, rows, width, 2 * step, twice << below, rounded);
    else wasm.smoothRows(noisy, smooth, smoothStride, rows, width, step, twice);
    copyRows(bytes, smooth, smoothStride, frame, offset + top * stride, stride, width, rows);
  }
}
