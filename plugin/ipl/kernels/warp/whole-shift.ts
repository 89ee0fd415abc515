/** Offsets of whole samples, the same all over a plane: rows move, and nothing is computed. */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../../core/frames/video-layout';
import type { OffsetGrid } from './offset-grid';

export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** Luma pixels, where that is whole samples of all planes; undefined where it is not, or nothing. */
export function shiftOf(grid: OffsetGrid, { planes, chromaScale }: PlaneLayout): Shift | undefined {
  const whole = planes.every((_, plane) => wholeShift(grid, plane === 0 ? 1 : chromaScale));
  const shift = whole ? wholeShift(grid, 1) : undefined;
  return shift && (shift.x !== 0 || shift.y !== 0) ? shift : undefined;
}

/** Bytes of a sample of a plane. */
export const sampleSize = ({ format }: PlaneLayout, plane: number): number => (depthOf(format) > 8 ? 2 : 1) * (plane > 0 && isInterleaved(format) ? 2 : 1);

/** Moves all planes. @param shift from `shiftOf` */
export function moveWhole(frame: Uint8Array, layout: PlaneLayout, shift: Shift): void {
  for (const [number, plane] of layout.planes.entries()) moveRows(frame, plane, sampleSize(layout, number), inPlane(shift, layout, number));
}

/** In samples of a plane. */
export function inPlane({ x, y }: Shift, { chromaScale }: PlaneLayout, plane: number): Shift {
  const scale = plane === 0 ? 1 : chromaScale;
  return { x: x / scale, y: y / scale };
}

/** In samples of the plane; undefined where it is not one shift of whole samples. @param scale luma pixels of a sample */
export function wholeShift({ values }: OffsetGrid, scale: number): Shift | undefined {
  const [x = 0, y = 0] = values;
  if (!Number.isInteger(x / scale) || !Number.isInteger(y / scale)) return undefined;
  for (let at = 0; at < values.length; at += 2) if (values[at] !== x || values[at + 1] !== y) return undefined;
  return { x: x / scale, y: y / scale };
}

/** Moves a plane in place; its borders are repeated, and bytes between rows stay. @param size bytes of a sample @param only these rows */
export function moveRows(frame: Uint8Array, plane: Plane, size: number, { x, y }: Shift, only?: readonly [number, number]): void {
  if (x === 0 && y === 0) return;
  const { offset, stride, width, height } = plane;
  const shift = Math.min(Math.max(x * size, size - width), width - size);
  const rows = Math.min(Math.abs(y), height - 1);
  if (stride !== width || only) return moveEach(frame, plane, size, shift, y, only ?? [0, height]);
  const [upper, lower] = y >= 0 ? [0, rows] : [rows, 0];
  // All rows that stay, in one piece; what that puts from one row into the next is overwritten.
  const from = offset + lower * stride + Math.max(0, shift);
  const to = offset + upper * stride + Math.max(0, -shift);
  frame.copyWithin(to, from, from + (height - rows) * stride - Math.abs(shift));
  const [begin, end, edge] = shift > 0 ? [width - shift, width, width - shift - size] : [0, -shift, -shift];
  for (let row = upper; shift !== 0 && row < height - lower; row += 1) repeat(frame, offset + row * stride, begin, end, edge, size);
  for (let row = 0; row < upper; row += 1) frame.copyWithin(offset + row * stride, offset + upper * stride, offset + upper * stride + width);
  for (let row = height - lower; row < height; row += 1) frame.copyWithin(offset + row * stride, offset + (height - lower - 1) * stride, offset + (height - lower) * stride);
}

/** Fills bytes `begin`..`end` - 1 of a row with the sample at `edge`. */
export function repeat(frame: Uint8Array, row: number, begin: number, end: number, edge: number, size: number): void {
  if (size === 1) frame.fill(frame[row + edge], row + begin, row + end);
  else for (let at = begin; at < end; at += size) frame.copyWithin(row + at, row + edge, row + edge + size);
}

/** Row by row, as something lies between them. */
function moveEach(frame: Uint8Array, { offset, stride, width, height }: Plane, size: number, shift: number, y: number, [begin, end]: readonly [number, number]): void {
  for (let step = 0; step < end - begin; step += 1) {
    // A row is read before it is overwritten.
    const row = y >= 0 ? begin + step : end - 1 - step;
    const from = offset + Math.min(Math.max(row + y, 0), height - 1) * stride;
    const to = offset + row * stride;
    const [left, right] = [Math.max(0, -shift), Math.max(0, shift)];
    frame.copyWithin(to + left, from + right, from + width - left);
    if (shift > 0) repeat(frame, to, width - shift, width, width - shift - size, size);
    else if (shift < 0) repeat(frame, to, 0, -shift, -shift, size);
  }
}
