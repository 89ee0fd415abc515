/** What the steps of tiles are made of: sums over the pixels of each tile that are known in two textures. */
import { instantiateKernels, type KernelExports } from './wasm';

export interface Comparable {
  readonly width: number;
  readonly height: number;
  readonly value: Float32Array;
  readonly valid: Uint8Array;
  /** 1 where the four neighbours are valid, too; not there of a warped one. */
  readonly inner: Uint8Array;
}

/** Numbers of a tile, in the order of assembly/tile-sums.ts. */
export const SUMS = 13;

const PAGE = 65536;

export class TileSummer {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<TileSummer> {
    return new TileSummer(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** @returns [rows, columns, SUMS]: of tiles from pixel (1, 1) on; good until the next call */
  sum(reference: Comparable, warped: Comparable, size: number, columns: number, rows: number): Float32Array {
    const { wasm } = this;
    const pixels = reference.width * reference.height;
    let next = Math.ceil(wasm.freeMemory() / 16) * 16;
    const reserve = (bytes: number): number => {
      const at = next;
      next = Math.ceil((next + bytes + 16) / 16) * 16;
      return at;
    };
    const [values, others, inner, valid, out] = [reserve(4 * pixels), reserve(4 * pixels), reserve(pixels), reserve(pixels), reserve(4 * SUMS * columns * rows)] as const;
    const missing = next - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE));
    const { buffer } = wasm.memory;
    new Float32Array(buffer, values, pixels).set(reference.value);
    new Float32Array(buffer, others, pixels).set(warped.value);
    new Uint8Array(buffer, inner, pixels).set(reference.inner);
    new Uint8Array(buffer, valid, pixels).set(warped.valid);
    wasm.tileSums(values, inner, others, valid, reference.width, columns, rows, size, out);
    return new Float32Array(buffer, out, SUMS * columns * rows);
  }
}
