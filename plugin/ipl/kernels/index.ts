/**
 * The full-resolution part of the fusion: statistics of the exposures per map block, and the blend of the exposures
 * with the coefficients that the network makes from them. WebAssembly SIMD, in constant memory: the pictures pass
 * through it in strips. Exposures that do not coincide are lined up before (warp/frame-warp.ts).
 */
import { bitsBelowEight, depthOf, isInterleaved } from '../../core/frames/video-layout';
import { blendStrip, strips } from './blend-strip';
import { StagedRows } from './staged-rows';
import { blockRowStatistics, nodesAlong } from './block-row';
import { smoothPlane, type Reach } from './smooth-plane';
import { blendOrder, CHANNELS, checkGeometry, planMemory, type KernelGeometry } from './memory-plan';
import type { Cover } from './warp/cover';
import type { Shift } from './warp/whole-shift';
import { COEFFICIENTS, RANGES } from './rule.generated';
import { ALL, checkShares, type Shares } from './shares';
import { growTo, instantiateKernels, type KernelExports } from './wasm';
import { checkFrames, checkLength, type Workspace } from './workspace';

export { PackedKernels, type Pixels } from './packed-pixels';
export { compiledKernels, takeKernels } from './wasm';
export { FrameWarp, rowsToWarp } from './warp/frame-warp';
export { LumaReducer, reductionTo, type LumaPlane, type ReducedLuma } from './reduced-luma';
export { commonArea, cropPicture, type Area } from './warp/common-area';
export { TextureKernels } from './texture-kernels';
export { coverOf, type Cover } from './warp/cover';
export { moveWhole, shiftOf, type Shift } from './warp/whole-shift';
export { CELL_HEIGHT, offsetGrid, type OffsetGrid } from './warp/offset-grid';
export type { Motion } from './warp/motion';
export { NODES, nodesAlong } from './block-row';
export { eightBitsOf } from './eight-bit-samples';
export { meanLuma } from './mean-luma';
export type { KernelGeometry } from './memory-plan';
export type { Reach } from './smooth-plane';
export { ALL, shareOf, type Shares } from './shares';

/** Channels of the statistics of an exposure. */
export { CHANNELS } from './memory-plan';

/** Of a reach, so that four differences add up to a byte (assembly/smooth.ts). */
const LARGEST_TWICE = 126;

export class FusionKernels {
  private space: Workspace | undefined;

  private constructor(private readonly wasm: KernelExports) {}

  /** A new instance with memory of its own. `configure` it before use. */
  static async load(): Promise<FusionKernels> {
    return new FusionKernels(await instantiateKernels());
  }

  /** Takes the memory that pictures of this geometry need: the only time that memory grows. */
  configure(geometry: KernelGeometry): void {
    checkGeometry(geometry);
    const { wasm } = this;
    const { exposures, block, layout, range } = geometry;
    const plan = planMemory(geometry, wasm.freeMemory());
    growTo(wasm, plan.end);
    const bytes = new Uint8Array(wasm.memory.buffer);
    const floats = new Float32Array(wasm.memory.buffer);
    const [black, span, chromaSpan] = RANGES[range];
    wasm.configure(exposures, block, layout.width, plan.mapWidth, black, span, chromaSpan);
    const [luma, blue, red] = plan.planes;
    const depth = depthOf(layout.format);
    wasm.layOutStrips(
      plan.codes, plan.exposureStride, plan.fused, luma.stride, blue.start, blue.stride, red ? red.start - blue.start : 0,
      layout.chromaScale === 1, depth > 8, 8 - bitsBelowEight(layout.format), depth === 10 ? 6 : 0,
    );
    this.space = { wasm, geometry, plan, order: blendOrder(geometry), bytes, floats };
  }

  /** Bytes of WebAssembly memory. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /**
   * Statistics of map rows `row0`..`row1` - 1 of K frames, dark to bright, into `out`: float32 [K, 15, mapRows, w],
   * where map row `row0` goes to row `outRow0`. Channels: mean, standard deviation, least and greatest of Yk; mean and
   * deviation of Yr; mean |Yk - Yr|; ten times the covariance of Yk and Yr; (k - r) / 4; K / 5; contrast
   * (mean magnitude of Yk's Laplacian); saturation (mean |Cb| + |Cr|); mean |Cb_k - Cb_r| + |Cr_k - Cr_r|; mean Cb and Cr. Exposures that
   * have one of `shifts` are read as if they had been moved by it. `nodes`: by exposure, is filled with the luma of eight by eight pixels
   * of each of these blocks, the first of each eighth, in codes of 8 bits: uint8 [ceil(8 height / block), ceil(8 width / block)] of the picture.
   */
  statistics(
    frames: readonly Uint8Array[],
    row0: number,
    row1: number,
    out: Float32Array,
    mapRows: number,
    outRow0 = row0,
    shifts: readonly (Shift | undefined)[] = [],
    nodes?: readonly Uint8Array[],
  ): void {
    const space = this.configured();
    const { exposures, layout, block } = space.geometry;
    const { mapWidth, mapHeight } = space.plan;
    checkFrames(space, frames);
    checkLength(out, exposures * CHANNELS * mapRows * mapWidth, 'The statistics array');
    for (let k = 0; nodes && k < exposures; k++) checkLength(nodes[k], nodesAlong(layout.width, block) * nodesAlong(layout.height, block), 'The nodes');
    if (row0 < 0 || row1 > mapHeight) throw new RangeError(`Map rows ${row0}..${row1} are not all in the picture.`);
    if (outRow0 < 0 || outRow0 + row1 - row0 > mapRows) throw new RangeError('The statistics array has too few rows.');
    for (let row = row0; row < row1; row++) {
      const values = blockRowStatistics(space, { frames, shifts, nodes }, row);
      for (let channel = 0; channel < exposures * CHANNELS; channel++) {
        const from = channel * mapWidth;
        const to = (channel * mapRows + outRow0 + row - row0) * mapWidth;
        out.set(values.subarray(from, from + mapWidth), to);
      }
    }
  }

  /**
   * Fuses pixel rows `y0`..`y1` - 1 (`y0` even; `y1` even or the height) of K frames, dark to bright, into `out`, a
   * frame of the same layout, which may be one of the inputs. Bytes between rows stay as they are.
   *
   * `coefficients` is float32 [K, 6, coefRows, w], whose first row is map row `coefRow0`. Map rows that are not in it
   * are taken from its nearest. Chroma is moved away from grey `chromaGain` times: 0..2, in steps of 1/256. `shares` are 0..1. An
   * exposure gives nothing to what its one of `covers` leaves out, and is read as if it had been moved by its one of `shifts`.
   */
  blend(
    frames: readonly Uint8Array[],
    coefficients: Float32Array,
    coefRow0: number,
    coefRows: number,
    y0: number,
    y1: number,
    out: Uint8Array,
    chromaGain = 1,
    shares: Shares = ALL,
    covers: readonly (Cover | undefined)[] = [],
    shifts: readonly (Shift | undefined)[] = [],
  ): void {
    const space = this.configured();
    const { exposures, layout, reference } = space.geometry;
    checkFrames(space, frames);
    checkLength(out, layout.size, 'The output');
    checkLength(coefficients, exposures * COEFFICIENTS * coefRows * space.plan.mapWidth, 'The coefficient array');
    if (coefRows < 1) throw new RangeError('At least one row of coefficients is needed.');
    checkPairs(y0, y1, layout.height);
    if (!(chromaGain >= 0 && chromaGain <= 2)) throw new RangeError(`chromaGain must be 0..2, not ${chromaGain}.`);
    checkShares(shares);
    for (const cover of covers) if (cover) checkLength(cover, 2 * layout.height, 'A cover');
    this.wasm.setShares(shares.darker, shares.brighter, reference);
    const rows = new StagedRows(space, { values: coefficients, firstRow: coefRow0, rows: coefRows });
    for (const [from, to] of strips(y0, y1)) blendStrip(space, frames, rows, from, to, out, chromaGain, covers, shifts);
  }

  /**
   * Reduces noise of a frame in place: each code moves towards its four neighbours where they differ by no more than about
   * `reach` codes, of luma and of chroma: 0..63, in steps of 1/2; below 1 it leaves a plane as it is. Of the one plane `only`, where that is given.
   */
  smooth(frame: Uint8Array, reach: Reach, only?: number): void {
    const space = this.configured();
    const { layout } = space.geometry;
    checkLength(frame, layout.size, 'The frame');
    for (const [number, plane] of layout.planes.entries()) {
      if (only !== undefined && number !== only) continue;
      const twice = Math.round(2 * (number === 0 ? reach.luma : reach.chroma));
      if (!(twice >= 0 && twice <= LARGEST_TWICE)) throw new RangeError(`A reach must be 0..${LARGEST_TWICE / 2} codes.`);
      if (twice >= 2) smoothPlane(space, frame, plane, number > 0 && isInterleaved(layout.format) ? 2 : 1, twice);
    }
  }

  private configured(): Workspace {
    if (!this.space) throw new Error('FusionKernels must be configured before use.');
    return this.space;
  }
}

function checkPairs(y0: number, y1: number, height: number): void {
  const whole = y0 >= 0 && y0 % 2 === 0 && y1 <= height && (y1 % 2 === 0 || y1 === height);
  if (!whole) throw new RangeError(`Rows ${y0}..${y1} are not whole pairs of rows of the picture.`);
}
