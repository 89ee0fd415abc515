/**
 * The planes of raw pictures as the graph takes them: rows without padding, of even width, and an even number of them.
 * Most pictures lie so already, and are read where they are; others (odd sizes, padded rows, shared memory) are copied.
 */
import { bytesOf, type Plane, type PlaneLayout } from '../../core/frames/video-layout';

export interface Strip {
  /** First pixel row, even. */
  readonly top: number;
  /** Pixel rows, even: of a picture of odd height the last is repeated. */
  readonly rows: number;
}

const even = (size: number): number => size + (size % 2);

export class GraphPlanes {
  readonly width: number;
  readonly height: number;
  /** Chroma is [components, rows, chromaWidth, interleaved]. */
  readonly components: number;
  readonly interleaved: number;
  readonly chromaWidth: number;
  /** Bytes of a sample. */
  readonly sample: 1 | 2;
  readonly #layout: PlaneLayout;
  readonly #luma: Plane;
  readonly #chroma: readonly Plane[];
  /** Rows of the payload are rows of the graph. */
  readonly #tight: boolean;

  constructor(layout: PlaneLayout) {
    const [luma, ...chroma] = layout.planes;
    if (!luma) throw new RangeError('A picture has planes.');
    this.#layout = layout;
    this.#luma = luma;
    this.#chroma = chroma;
    this.width = even(layout.width);
    this.height = even(layout.height);
    this.components = chroma.length;
    this.interleaved = 2 / chroma.length;
    this.chromaWidth = this.width / 2;
    this.sample = bytesOf(layout.format);
    const bytes = this.chromaWidth * this.interleaved * this.sample;
    this.#tight =
      layout.width % 2 === 0 && layout.height % 2 === 0 && luma.stride === luma.width && chroma.every(({ stride }) => stride === bytes);
  }

  /** Dimensions of the strip's tensors: of two bytes a sample, these are the last. */
  lumaShape({ rows }: Strip): number[] {
    return this.sample === 1 ? [rows, this.width] : [rows, this.width, this.sample];
  }

  chromaShape({ rows }: Strip): number[] {
    const shape = [this.components, rows / 2, this.chromaWidth, this.interleaved];
    return this.sample === 1 ? shape : [...shape, this.sample];
  }

  /** @returns the payload's own bytes where that is possible */
  luma(payload: Uint8Array, strip: Strip): Uint8Array {
    const view = this.#lumaView(payload, strip);
    if (view) return view;
    const bytes = this.width * this.sample;
    const out = new Uint8Array(strip.rows * bytes);
    copyIn(payload, this.#luma, strip.top, strip.rows, out, 0, bytes, this.sample);
    return out;
  }

  /** @returns the payload's own bytes where that is possible */
  chroma(payload: Uint8Array, strip: Strip): Uint8Array {
    const { top, rows } = strip;
    const bytes = this.chromaWidth * this.interleaved * this.sample;
    const view = this.#chromaView(payload, strip);
    if (view) return view;
    const out = new Uint8Array((rows / 2) * this.width * this.sample);
    for (const [index, plane] of this.#chroma.entries()) {
      copyIn(payload, plane, top / 2, rows / 2, out, index * (rows / 2) * bytes, bytes, this.interleaved * this.sample);
    }
    return out;
  }

  /** Where the graph writes the strip: into the payload where that is possible. */
  lumaTarget(payload: Uint8Array, strip: Strip): Uint8Array {
    return this.#lumaView(payload, strip) ?? new Uint8Array(strip.rows * this.width * this.sample);
  }

  chromaTarget(payload: Uint8Array, strip: Strip): Uint8Array {
    return this.#chromaView(payload, strip) ?? new Uint8Array((strip.rows / 2) * this.width * this.sample);
  }

  /** Puts planes that came out of the graph into a payload, unless they were written there. */
  store(luma: Uint8Array, chroma: Uint8Array, payload: Uint8Array, { top, rows }: Strip): void {
    const bytes = this.chromaWidth * this.interleaved * this.sample;
    if (luma.buffer !== payload.buffer) copyOut(luma, 0, this.width * this.sample, payload, this.#luma, top, rows);
    if (chroma.buffer === payload.buffer) return;
    for (const [index, plane] of this.#chroma.entries()) {
      copyOut(chroma, index * (rows / 2) * bytes, bytes, payload, plane, top / 2, rows / 2);
    }
  }

  /**
   * Every `stride`-th row of luma (`chroma` false) or of each chroma component, or the one `shift` rows below it, into
   * `out` from `at` on; the last is repeated until there are `rows`. @returns bytes written
   */
  sampleRows(payload: Uint8Array, chroma: boolean, stride: number, rows: number, out: Uint8Array, at: number, shift = 0): number {
    const bytes = chroma ? this.chromaWidth * this.interleaved : this.width;
    let to = at;
    for (const plane of chroma ? this.#chroma : [this.#luma]) {
      const last = Math.ceil(plane.height / stride) - 1;
      for (let row = 0; row < rows; row += 1) {
        const pixelRow = Math.min(plane.height - 1, Math.max(0, Math.min(row, last) * stride + shift));
        const from = plane.offset + pixelRow * plane.stride;
        out.set(payload.subarray(from, from + plane.width), to);
        to += bytes;
      }
    }
    return to - at;
  }

  #lumaView(payload: Uint8Array, { top, rows }: Strip): Uint8Array | undefined {
    const { offset } = this.#luma;
    if (!this.#tight || isShared(payload)) return undefined;
    const bytes = this.width * this.sample;
    return payload.subarray(offset + top * bytes, offset + (top + rows) * bytes);
  }

  /** The whole of the planes lies in one piece; parts of them do only where there is one plane. */
  #chromaView(payload: Uint8Array, { top, rows }: Strip): Uint8Array | undefined {
    const [first] = this.#chroma;
    if (!this.#tight || !first || isShared(payload)) return undefined;
    if (this.components > 1 && rows !== this.#layout.height) return undefined;
    // Each row of chroma, of both components, has as many bytes as one of luma.
    const bytes = this.width * this.sample;
    const from = first.offset + (top / 2) * bytes;
    return payload.subarray(from, from + (rows / 2) * bytes);
  }
}

/** onnxruntime takes no tensors in shared memory. */
const isShared = ({ buffer }: Uint8Array): boolean => buffer instanceof SharedArrayBuffer;

/** Rows of a plane to rows of `bytes`; what the plane lacks to the right and below repeats its border. */
function copyIn(payload: Uint8Array, plane: Plane, top: number, rows: number, out: Uint8Array, at: number, bytes: number, sample: number): void {
  for (let row = 0; row < rows; row += 1) {
    const from = plane.offset + Math.min(top + row, plane.height - 1) * plane.stride;
    const to = at + row * bytes;
    out.set(payload.subarray(from, from + plane.width), to);
    for (let x = plane.width; x < bytes; x += 1) out[to + x] = out[to + x - sample] ?? 0;
  }
}

function copyOut(values: Uint8Array, at: number, bytes: number, payload: Uint8Array, plane: Plane, top: number, rows: number): void {
  for (let row = 0; row < Math.min(rows, plane.height - top); row += 1) {
    const from = at + row * bytes;
    payload.set(values.subarray(from, from + plane.width), plane.offset + (top + row) * plane.stride);
  }
}
