/** Where samples of cells (2x2 pixels) are in a payload, for who looks at some of them only. */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../core/frames/video-layout';

/** Of each cell, where its samples are: upper left, how far the right and the lower ones are, Cb and Cr. */
export interface Places {
  readonly across: number;
  readonly down: number;
  readonly upper: Int32Array;
  readonly right: Int8Array;
  readonly below: Int32Array;
  readonly blue: Int32Array;
  readonly red: Int32Array;
  /** Bits below each sample. */
  readonly shift: number;
}

/** By steps. */
const kept = new Map<string, { readonly layout: string; readonly places: Places }>();

/** @param stepX of cells, from one to the next; @param stepY the same of rows @returns every so many cells, row by row, from the first */
export function cellPlaces(layout: PlaneLayout, stepX: number, stepY: number): Places {
  const { format, width, height } = layout;
  const [key, picture] = [`${stepX} ${stepY}`, `${format} ${width}x${height}`];
  const last = kept.get(key);
  if (last?.layout === picture) return last.places;
  const places = findPlaces(layout, stepX, stepY);
  // Pictures of other sizes are looked at in other steps.
  if (kept.size >= 4) kept.clear();
  kept.set(key, { layout: picture, places });
  return places;
}

function findPlaces({ format, planes, width, height }: PlaneLayout, stepX: number, stepY: number): Places {
  const [luma, first, second = first] = planes as readonly [Plane, Plane, Plane?];
  const bytes = depthOf(format) > 8 ? 2 : 1;
  const turns = isInterleaved(format) ? 2 : 1;
  const across = Math.ceil(Math.ceil(width / 2) / stepX);
  const down = Math.ceil(Math.ceil(height / 2) / stepY);
  const count = across * down;
  const whole = (): Int32Array => new Int32Array(count);
  const places = { across, down, upper: whole(), right: new Int8Array(count), below: whole(), blue: whole(), red: whole(), shift: format === 'P010_10LE' ? 6 : 0 };
  for (let cell = 0; cell < count; cell += 1) {
    const [x, y] = [stepX * (cell % across), stepY * Math.floor(cell / across)];
    const chroma = (plane: Plane, after: number): number => (plane.offset + y * plane.stride) / bytes + turns * x + after;
    places.upper[cell] = (luma.offset + 2 * y * luma.stride) / bytes + 2 * x;
    // Half a cell has its samples twice.
    places.right[cell] = 2 * x + 1 < width ? 1 : 0;
    places.below[cell] = 2 * y + 1 < height ? luma.stride / bytes : 0;
    places.blue[cell] = chroma(first, 0);
    places.red[cell] = chroma(second, turns - 1);
  }
  return places;
}

/** Of 16 bits, where they are. */
export function samplesOf(payload: Uint8Array, { format, size }: PlaneLayout): Uint8Array | Uint16Array {
  if (depthOf(format) === 8) return payload;
  const even = payload.byteOffset % 2 === 0 ? payload : payload.slice();
  return new Uint16Array(even.buffer, even.byteOffset, size >> 1);
}
