/** What all exposures show, once they are lined up, as a rectangle; and a picture cut to it. */
import { bytesOf, isInterleaved, planeLayout, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from './cover';

export interface Area {
  /** Even, as chroma is. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** @returns the largest; undefined where that is the whole picture, or nothing */
export function commonArea(covers: readonly (Cover | undefined)[], { width, height }: PlaneLayout): Area | undefined {
  const some = covers.filter((cover) => cover !== undefined);
  if (some.length === 0) return undefined;
  const [from, to] = [new Int32Array(height), new Int32Array(height)];
  for (let y = 0; y < height; y += 1) {
    from[y] = Math.max(0, ...some.map((cover) => cover[2 * y]));
    to[y] = Math.min(width, ...some.map((cover) => cover[2 * y + 1]));
  }
  let best = { left: 0, top: 0, width: 0, height: 0 };
  for (let top = 0; top < height; top += 2) {
    let [left, right] = [0, width];
    // Not even all rows that are left, as wide as this one, would be more.
    if ((to[top] - from[top]) * (height - top) <= best.width * best.height) continue;
    for (let end = top; end < height; end += 1) {
      [left, right] = [Math.max(left, from[end] + (from[end] & 1)), Math.min(right, to[end])];
      if (right - left <= 0 || (right - left) * (height - top) <= best.width * best.height) break;
      const [columns, rows] = [even(right - left, right, width), even(end + 1 - top, end + 1, height)];
      if (columns * rows > best.width * best.height) best = { left, top, width: columns, height: rows };
    }
  }
  return best.width * best.height === 0 || (best.width === width && best.height === height) ? undefined : best;
}

/** A pixel less, unless the picture itself ends there: half a pixel of chroma is none. */
const even = (size: number, end: number, whole: number): number => (end === whole ? size : size - (size & 1));

export function cropPicture(payload: Uint8Array, layout: PlaneLayout, { left, top, width, height }: Area): Uint8Array {
  const small = planeLayout(layout.format, width, height);
  const out = new Uint8Array(small.size);
  for (const [number, to] of small.planes.entries()) {
    const from = layout.planes[number];
    const scale = number === 0 ? 1 : layout.chromaScale;
    const bytes = bytesOf(layout.format) * (number > 0 && isInterleaved(layout.format) ? 2 : 1);
    for (let row = 0; row < to.height; row += 1) {
      const at = from.offset + (top / scale + row) * from.stride + (left / scale) * bytes;
      out.set(payload.subarray(at, at + to.width), to.offset + row * to.stride);
    }
  }
  return out;
}
