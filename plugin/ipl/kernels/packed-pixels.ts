/**
 * Photographs as their libraries have them, red, green and blue in turns, to what is fused: luma and colour differences of every pixel
 * (JPEG's: ITU-T T.871, BT.601 at full range); and back. Back is the way of the reference: what the fusion changed of it is added to its own
 * codes. So what was not changed is what it was, to the code, and rounding does not add up.
 */
import { depthOf, type PlaneLayout } from '../../core/frames/video-layout';
import { copyRows } from './copy-rows';
import { instantiateKernels, placeRegions, type KernelExports } from './wasm';

export type Pixels = Uint8Array | Uint16Array;

/** Rows at a time: with their planes they fit the second-level cache for pictures of 24 megapixels. */
const ROWS = 8;

/** Rows above and below that tell a dot (assembly/dots.ts). */
const AROUND = 2;

/** Pixels that vectors reach past the end. */
const BEYOND = 16;

interface Place {
  readonly left: number;
  readonly top: number;
}

interface Strip {
  readonly bytes: Uint8Array;
  readonly pixels: number;
  readonly pixelStride: number;
  /** Of luma; those of the colour differences follow, `planeBytes` apart. */
  readonly planes: number;
  readonly planeStride: number;
  readonly planeBytes: number;
}

export class PackedKernels {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<PackedKernels> {
    return new PackedKernels(await instantiateKernels());
  }

  /**
   * @param pixels of 8 or 16 bits a sample; the layout's depth is no less
   * @param layout of Y444 or Y444_16LE
   * @param out a payload of that layout
   */
  unpack(pixels: Pixels, layout: PlaneLayout, out: Uint8Array): void {
    const { width, height } = layout;
    const source = bytesOf(pixels);
    const sample = pixels.BYTES_PER_ELEMENT;
    const strip = this.#strip(width, layout, 3 * width * sample);
    const work = this.wasm[depthOf(layout.format) === 8 ? 'unpack8' : sample === 1 ? 'widen8' : 'unpack16'].bind(this.wasm);
    for (let top = 0; top < height; top += ROWS) {
      const rows = Math.min(ROWS, height - top);
      copyRows(source, 3 * top * width * sample, 3 * width * sample, strip.bytes, strip.pixels, strip.pixelStride, 3 * width * sample, rows);
      for (let row = 0; row < rows; row += 1) {
        const [luma, blue, red] = [0, 1, 2].map((plane) => strip.planes + plane * strip.planeBytes + row * strip.planeStride) as [number, number, number];
        work(strip.pixels + row * strip.pixelStride, luma, blue, red, width);
      }
      for (const [index, plane] of layout.planes.entries()) {
        copyRows(strip.bytes, strip.planes + index * strip.planeBytes, strip.planeStride, out, plane.offset + top * plane.stride, plane.stride, plane.width, rows);
      }
    }
  }

  /**
   * Changes pixels, in place, by what three planes differ from theirs.
   * @param pixels of the planes' depth, `width` a row
   * @param layout of the planes
   * @param place of the planes' first pixel among the pixels
   * @param rows of the planes
   */
  change(pixels: Pixels, width: number, fused: Uint8Array, layout: PlaneLayout, { left, top }: Place, [from, to]: readonly [number, number]): void {
    const target = bytesOf(pixels);
    const sample = pixels.BYTES_PER_ELEMENT;
    if (8 * sample !== depthOf(layout.format)) throw new RangeError('Pixels and planes have one depth.');
    const bytes = 3 * layout.width * sample;
    const strip = this.#strip(layout.width, layout, bytes);
    const work = this.wasm[sample === 1 ? 'change8' : 'change16'].bind(this.wasm);
    for (let y = from; y < to; y += ROWS) {
      const rows = Math.min(ROWS, to - y);
      const at = 3 * ((top + y) * width + left) * sample;
      copyRows(target, at, 3 * width * sample, strip.bytes, strip.pixels, strip.pixelStride, bytes, rows);
      for (const [index, plane] of layout.planes.entries()) {
        copyRows(fused, plane.offset + y * plane.stride, plane.stride, strip.bytes, strip.planes + index * strip.planeBytes, strip.planeStride, plane.width, rows);
      }
      for (let row = 0; row < rows; row += 1) {
        const [luma, blue, red] = [0, 1, 2].map((plane) => strip.planes + plane * strip.planeBytes + row * strip.planeStride) as [number, number, number];
        work(strip.pixels + row * strip.pixelStride, luma, blue, red, layout.width);
      }
      copyRows(strip.bytes, strip.pixels, strip.pixelStride, target, at, 3 * width * sample, bytes, rows);
    }
  }

  /**
   * The places of samples that are more than `least` codes above the four two pixels away: what may be a dot. Two pixels at the borders are
   * left out.
   * @param only these rows, of those that are not
   */
  *dots(pixels: Uint8Array, width: number, height: number, least: number, [from, to]: readonly [number, number] = [AROUND, height - AROUND]): Generator<number> {
    const row = 3 * width;
    if (width <= 2 * AROUND || height <= 2 * AROUND) return;
    const stride = Math.ceil((row + 3 * BEYOND) / 16) * 16;
    const [rows, found] = placeRegions(this.wasm, [(ROWS + 2 * AROUND) * stride, 4 * row]) as [number, number];
    const { buffer } = this.wasm.memory;
    const bytes = new Uint8Array(buffer);
    for (let top = from; top < to; top += ROWS) {
      const end = Math.min(top + ROWS, to);
      copyRows(pixels, (top - AROUND) * row, row, bytes, rows, stride, row, end - top + 2 * AROUND);
      for (let y = top; y < end; y += 1) {
        const count = this.wasm.findDots(rows + (y - top + AROUND) * stride, stride, 3 * AROUND, row - 3 * AROUND, least, found);
        for (const x of new Int32Array(buffer, found, count)) yield y * row + x;
      }
    }
  }

  #strip(width: number, layout: PlaneLayout, rowBytes: number): Strip {
    const sample = depthOf(layout.format) / 8;
    const pixelStride = Math.ceil((rowBytes + 6 * BEYOND) / 16) * 16;
    const planeStride = Math.ceil(((width + BEYOND) * sample) / 16) * 16;
    const planeBytes = ROWS * planeStride;
    const [pixels, planes] = placeRegions(this.wasm, [ROWS * pixelStride, 3 * planeBytes]) as [number, number];
    return { bytes: new Uint8Array(this.wasm.memory.buffer), pixels, pixelStride, planes, planeStride, planeBytes };
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Pixels): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
