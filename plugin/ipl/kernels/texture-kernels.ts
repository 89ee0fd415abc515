/** Textures of luma (../align/normalise.ts), seen through a homography, and what the steps of tiles between two of them are made of (../align/tile-steps.ts). */
import type { Homography } from './homography';
import type { ReducedLuma } from './reduced-luma';
import { instantiateKernels, placeRegions, type KernelExports } from './wasm';

export interface Texture {
  readonly width: number;
  readonly height: number;
  /** About -2..2; 0 where nothing is known. */
  readonly value: Float32Array;
  readonly valid: Uint8Array;
  /** 1 where the four neighbours are valid, too; not there of a warped one. */
  readonly inner: Uint8Array;
}

/** Numbers of a tile, in the order of assembly/tile-sums.ts. */
export const SUMS = 13;

export class TextureKernels {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<TextureKernels> {
    return new TextureKernels(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** @returns [rows, columns, SUMS]: of tiles from pixel (1, 1) on; good until the next call. @param map the exposure is seen through it */
  sum(reference: Texture, exposure: Texture, size: number, columns: number, rows: number, map?: Homography): Float32Array {
    const { wasm } = this;
    const { width, height } = reference;
    const pixels = width * height;
    const [values, inner, others, valid, out, through, warped, known] = placeRegions(this.wasm, [4 * pixels, pixels, 4 * pixels, pixels, 4 * SUMS * columns * rows, 36, 4 * pixels, pixels]) as
      [number, number, number, number, number, number, number, number];
    const { buffer } = wasm.memory;
    new Float32Array(buffer, values, pixels).set(reference.value);
    new Uint8Array(buffer, inner, pixels).set(reference.inner);
    new Float32Array(buffer, others, pixels).set(exposure.value);
    new Uint8Array(buffer, valid, pixels).set(exposure.valid);
    if (map) {
      new Float32Array(buffer, through, 9).set(map);
      wasm.warpTexture(others, valid, width, height, through, warped, known);
    }
    wasm.tileSums(values, inner, map ? warped : others, map ? known : valid, width, columns, rows, size, out);
    return new Float32Array(buffer, out, SUMS * columns * rows);
  }

  /** What an exposure shows at the reference's pixels. */
  warp({ width, height, value, valid }: Texture, map: Homography): Texture {
    const { wasm } = this;
    const pixels = width * height;
    const [values, flags, through, toValues, toFlags] = placeRegions(this.wasm, [4 * pixels, pixels, 36, 4 * pixels, pixels]) as [number, number, number, number, number];
    const { buffer } = wasm.memory;
    new Float32Array(buffer, values, pixels).set(value);
    new Uint8Array(buffer, flags, pixels).set(valid);
    new Float32Array(buffer, through, 9).set(map);
    wasm.warpTexture(values, flags, width, height, through, toValues, toFlags);
    return { width, height, value: new Float32Array(buffer, toValues, pixels).slice(), valid: new Uint8Array(buffer, toFlags, pixels).slice(), inner: new Uint8Array(0) };
  }

  /** @returns [2 reach + 1, 2 reach + 1]: sums of products of two textures at every shift, as assembly/shift-products.ts has them; good until the next call */
  shifts(reference: Texture, other: Texture, reach: number): Float64Array {
    const { wasm } = this;
    const pixels = reference.width * reference.height;
    const side = 2 * reach + 1;
    const [a, b, out] = placeRegions(this.wasm, [4 * pixels, 4 * pixels, 8 * side * side]) as [number, number, number];
    const { buffer } = wasm.memory;
    new Float32Array(buffer, a, pixels).set(reference.value);
    new Float32Array(buffer, b, pixels).set(other.value);
    wasm.shiftProducts(a, b, reference.width, reference.height, reach, out);
    return new Float64Array(buffer, out, side * side);
  }

  /** @param noise is added to local deviations, in codes */
  normalise({ width, height, luma, valid: told }: Pick<ReducedLuma, 'width' | 'height' | 'luma' | 'valid'>, noise: number): Texture {
    const { wasm } = this;
    const pixels = width * height;
    const scratch = 16 * (width + 64) + pixels;
    const [codes, says, value, valid, inner, rest] = placeRegions(this.wasm, [4 * pixels, pixels, 4 * pixels, pixels, pixels, scratch]) as [number, number, number, number, number, number];
    const { buffer } = wasm.memory;
    const bytes = new Uint8Array(buffer);
    new Float32Array(buffer, codes, pixels).set(luma);
    bytes.set(told, says);
    bytes.fill(0, rest, rest + scratch);
    wasm.normalise(codes, says, width, height, noise, value, valid, inner, rest);
    return { width, height, value: new Float32Array(buffer, value, pixels).slice(), valid: bytes.slice(valid, valid + pixels), inner: bytes.slice(inner, inner + pixels) };
  }
}
