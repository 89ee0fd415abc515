/**
 * Rows of a plane whose exposure lies whole samples elsewhere, copied as if it had been moved before (warp/whole-shift.ts): who copies rows
 * anyway moves them for nothing, and to move a picture in memory takes as long as to copy it.
 */
import type { Plane } from '../../core/frames/video-layout';
import { repeat, type Shift } from './warp/whole-shift';

/**
 * Copies rows `first`..`first` + `rows` - 1 of the plane as it is after the move.
 * @param size bytes of a sample
 * @param shift in samples
 */
export function copyMovedRows(frame: Uint8Array, plane: Plane, size: number, { x, y }: Shift, first: number, rows: number, target: Uint8Array, to: number, toStride: number): void {
  const { offset, stride, width, height } = plane;
  const shift = Math.min(Math.max(x * size, size - width), width - size);
  const from = offset + (first + y) * stride + shift;
  const inside = first + y >= 0 && first + y + rows <= height && from >= 0 && from + rows * stride <= frame.length;
  // In one piece; what that puts from one row into the next is overwritten below.
  if (inside && stride === width && toStride === width) target.set(frame.subarray(from, from + rows * width), to);
  else {
    const [left, right] = [Math.max(0, -shift), Math.max(0, shift)];
    for (let row = 0; row < rows; row += 1) {
      const at = offset + Math.min(Math.max(first + row + y, 0), height - 1) * stride;
      target.set(frame.subarray(at + right, at + width - left), to + row * toStride + left);
    }
  }
  if (shift === 0) return;
  const [begin, end, edge] = shift > 0 ? [width - shift, width, width - shift - size] : [0, -shift, -shift];
  for (let row = 0; row < rows; row += 1) repeat(target, to + row * toStride, begin, end, edge, size);
}
