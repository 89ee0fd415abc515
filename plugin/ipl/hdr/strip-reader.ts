/** Brings strips of pictures of all formats into the kernels' memory, as rows of 16 bits, and takes the merged ones out. */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../core/frames/video-layout';
import type { KernelExports } from '../kernels/wasm';
import { ROWS_BELOW, STRIP_ROWS, type MergePlan } from './merge-plan';

export class StripReader {
  readonly width: number;
  /** Of a row: 2x2 pixels each. */
  readonly cells: number;
  readonly #wasm: KernelExports;
  readonly #plan: MergePlan;
  readonly #layout: PlaneLayout;
  readonly #bytes: Uint8Array;
  readonly #unpack: (luma: boolean, to: number, second: number, count: number) => void;

  /** @param wasm with all the memory that it will have */
  constructor(wasm: KernelExports, plan: MergePlan, layout: PlaneLayout) {
    this.#wasm = wasm;
    this.#plan = plan;
    this.#layout = layout;
    this.width = layout.width;
    this.cells = Math.ceil(layout.width / 2);
    this.#bytes = new Uint8Array(wasm.memory.buffer);
    this.#unpack = this.#unpacking();
  }

  /** The rows of a strip that begins at pixel row `top`, and those below it that its veto looks at. Strips come from the top, one after the other. */
  bring(frame: Uint8Array, place: number, top: number): void {
    const { strips, exposureStride, lumaStride, chromaStride, blue, red } = this.#plan;
    const start = strips + place * exposureStride;
    const [luma, first, second] = this.#layout.planes;
    if (!luma || !first) throw new RangeError('A picture has planes of luma and chroma.');
    const rows = Math.min(STRIP_ROWS + ROWS_BELOW, this.#layout.height - top);
    // Those below the last strip are here already.
    const kept = top === 0 ? 0 : Math.min(ROWS_BELOW, rows);
    if (kept > 0) for (const [at, stride, count] of [[0, lumaStride, ROWS_BELOW], [blue, chromaStride, ROWS_BELOW / 2], [red, chromaStride, ROWS_BELOW / 2]] as const) {
      const from = start + at + (STRIP_ROWS / ROWS_BELOW) * count * stride;
      this.#bytes.copyWithin(start + at, from, from + count * stride);
    }
    this.#rows(frame, luma, top + kept, rows - kept, start + kept * lumaStride, 0, lumaStride, true);
    if (rows % 2 === 1) this.#bytes.copyWithin(start + rows * lumaStride, start + (rows - 1) * lumaStride, start + rows * lumaStride);
    const [cellRows, keptCells] = [Math.ceil(rows / 2), Math.ceil(kept / 2)];
    const chroma = (plane: Plane, to: number, other: number): void => {
      const skip = keptCells * chromaStride;
      this.#rows(frame, plane, top / 2 + keptCells, cellRows - keptCells, start + to + skip, other && start + other + skip, chromaStride, false);
    };
    chroma(first, blue, second ? 0 : red);
    if (second) chroma(second, red, 0);
  }

  /** The merged strip, into a picture of I420_10LE. */
  take(to: Uint8Array, { planes, height }: PlaneLayout, top: number): void {
    const { merged, lumaStride, chromaStride, blue, red } = this.#plan;
    const rows = Math.min(STRIP_ROWS, height - top);
    const places = [merged, merged + blue, merged + red];
    for (const [number, plane] of planes.entries()) {
      const [first, count, stride] = number === 0 ? [top, rows, lumaStride] : [top / 2, Math.ceil(rows / 2), chromaStride];
      if (plane.stride === stride && plane.width === stride) {
        const from = places[number] ?? merged;
        to.set(this.#bytes.subarray(from, from + count * stride), plane.offset + first * stride);
        continue;
      }
      for (let row = 0; row < count; row += 1) {
        const from = (places[number] ?? merged) + row * stride;
        to.set(this.#bytes.subarray(from, from + plane.width), plane.offset + (first + row) * plane.stride);
      }
    }
  }

  /** Luma, Cb and Cr of a row of cells, from the start of a strip. */
  rowIn(row: number): readonly [luma: number, blue: number, red: number] {
    const { lumaStride, chromaStride, blue, red } = this.#plan;
    return [2 * row * lumaStride, blue + row * chromaStride, red + row * chromaStride];
  }

  #rows(frame: Uint8Array, plane: Plane, first: number, rows: number, to: number, second: number, stride: number, luma: boolean): void {
    const { raw } = this.#plan;
    const count = luma ? this.width : this.cells;
    const asIs = this.#layout.format === 'I420_10LE';
    if (asIs && plane.stride === stride && plane.width === stride) {
      const from = plane.offset + first * stride;
      this.#bytes.set(frame.subarray(from, from + rows * stride), to);
      return;
    }
    for (let row = 0; row < rows; row += 1) {
      const from = plane.offset + (first + row) * plane.stride;
      const at = to + row * stride;
      this.#bytes.set(frame.subarray(from, from + plane.width), asIs ? at : raw);
      if (!asIs) this.#unpack(luma, at, second + row * stride, count);
      // The last cell of an odd width is half a cell.
      if (luma && count % 2 === 1) this.#bytes.copyWithin(at + 2 * count, at + 2 * count - 2, at + 2 * count);
    }
  }

  #unpacking(): (luma: boolean, to: number, second: number, count: number) => void {
    const wasm = this.#wasm;
    const { raw } = this.#plan;
    const { format } = this.#layout;
    const deep = depthOf(format) > 8;
    const one = (to: number, count: number): void => (deep ? wasm.unpackHigh(raw, to, count) : wasm.unpackBytes(raw, to, count));
    const two = (to: number, second: number, count: number): void =>
      deep ? wasm.unpackHighPairs(raw, to, second, count) : wasm.unpackBytePairs(raw, to, second, count);
    if (!isInterleaved(format)) return (_, to, __, count) => one(to, count);
    return (luma, to, second, count) => (luma ? one(to, count) : two(to, second, count));
  }
}
