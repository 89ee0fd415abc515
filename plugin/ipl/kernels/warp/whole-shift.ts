/** Offsets of whole samples, the same all over a plane: rows move, and nothing is computed. */
import type { Plane } from '../../../core/frames/video-layout';
import type { OffsetGrid } from './offset-grid';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** In samples of the plane; undefined where it is not one shift of whole samples. @param scale luma pixels of a sample */
export function wholeShift({ values }: OffsetGrid, scale: number): Point | undefined {
  const [x = 0, y = 0] = values;
  if (!Number.isInteger(x / scale) || !Number.isInteger(y / scale)) return undefined;
  for (let at = 0; at < values.length; at += 2) if (values[at] !== x || values[at + 1] !== y) return undefined;
  return { x: x / scale, y: y / scale };
}

/** Moves a plane in place; its borders are repeated. @param size bytes of a sample */
export function moveRows(frame: Uint8Array, { offset, stride, width, height }: Plane, size: number, { x, y }: Point): void {
  if (x === 0 && y === 0) return;
  const shift = Math.min(Math.max(x * size, size - width), width - size);
  for (let step = 0; step < height; step += 1) {
    // A row is read before it is overwritten.
    const row = y >= 0 ? step : height - 1 - step;
    const from = offset + Math.min(Math.max(row + y, 0), height - 1) * stride;
    const to = offset + row * stride;
    const [left, right] = [Math.max(0, -shift), Math.max(0, shift)];
    const edge = frame.slice(shift > 0 ? from + width - size : from, (shift > 0 ? from + width - size : from) + size);
    frame.copyWithin(to + left, from + right, from + width - left);
    const [begin, end] = shift > 0 ? [to + width - right, to + width] : [to, to + left];
    for (let at = begin; at < end; at += size) frame.set(edge, at);
  }
}
