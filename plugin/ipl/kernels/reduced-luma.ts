/** Luma made small, and which of its pixels say anything: clipped and black ones do not. What motions are found in (../align). */
import type { ColourRange } from '../../core/frames/video-caps';
import { growTo, instantiateKernels, type KernelExports } from './wasm';

export interface LumaPlane {
  /** Starts with the plane's first row. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Bits below the 8 highest of a sample; 0 (default) where it has a byte. */
  readonly below?: number | undefined;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly range: ColourRange;
}

export interface ReducedLuma {
  readonly width: number;
  readonly height: number;
  /** Codes as of full range, 0..255. */
  readonly luma: Float32Array;
  /** 1 where luma is neither clipped nor black. */
  readonly valid: Uint8Array;
  /** Pixels of the plane in each direction that make one of these. */
  readonly factor: number;
  /** The plane's own size. */
  readonly plane: { readonly width: number; readonly height: number };
}

/** Codes of full range that are noise and quantisation below, and clipped or in a camera's shoulder above. */
const BLACK = 3;
const CLIPPED = 250;
/** How much of a box has to be neither. */
const WHOLE = 0.75;

/** Rows that sums of 16 bits and counts of 8 hold. */
const LARGEST_BOX = 255;

/** Pixels of a box's side, so that the longer side has `most` boxes at most, or few more where boxes would be too large. */
export function reductionTo(most: number, width: number, height: number): number {
  return Math.min(LARGEST_BOX, Math.max(1, Math.ceil(Math.max(width, height) / most)));
}

export class LumaReducer {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<LumaReducer> {
    return new LumaReducer(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /**
   * Means of boxes of `factor` x `factor` pixels; what is left of the plane at its right and lower end is left out.
   * @param step rows of the plane from one that is looked at to the next
   */
  reduce({ data, stride, range, below = 0, ...plane }: LumaPlane, factor: number, step = 1): ReducedLuma {
    if (!(factor >= 1 && factor <= LARGEST_BOX)) throw new RangeError(`A box has 1 to ${LARGEST_BOX} pixels a side, not ${factor}.`);
    const { wasm } = this;
    const [width, height] = [Math.floor(plane.width / factor), Math.floor(plane.height / factor)];
    const columns = width * factor;
    const padded = Math.ceil(columns / 16) * 16;
    const row = Math.ceil(wasm.freeMemory() / 16) * 16;
    const [sums, counts, means] = [row + padded, row + 3 * padded, row + 4 * padded];
    const known = means + 4 * padded;
    const raw = known + padded;
    growTo(wasm, raw + (below === 0 ? 0 : 2 * padded));
    const bytes = new Uint8Array(wasm.memory.buffer);
    const floats = new Float32Array(wasm.memory.buffer, means, width);
    const [luma, valid] = [new Float32Array(width * height), new Uint8Array(width * height)];
    const [scale, offset] = range === 'limited' ? [255 / 219, 16] : [1, 0];
    const [black, clipped] = [Math.floor(BLACK / scale + offset), Math.ceil(CLIPPED / scale + offset)];
    const lines = Math.ceil(factor / step);
    const pixels = factor * lines;
    for (let y = 0; y < height; y += 1) {
      for (let line = 0, from = y * factor * stride; line < lines; line += 1, from += step * stride) {
        if (below === 0) bytes.set(data.subarray(from, from + columns), row);
        else {
          bytes.set(data.subarray(from, from + 2 * columns), raw);
          wasm.narrowRow(raw, columns, 0, below, row);
        }
        wasm.addBoxRow(row, columns, black, clipped, line === 0, sums, counts);
      }
      wasm.closeBoxes(sums, counts, factor, width, offset * pixels, scale / pixels, Math.ceil(WHOLE * pixels), means, known);
      luma.set(floats, y * width);
      valid.set(bytes.subarray(known, known + width), y * width);
    }
    return { width, height, luma, valid, factor, plane: { width: plane.width, height: plane.height } };
  }
}
