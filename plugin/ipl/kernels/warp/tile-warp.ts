/**
 * The warp for streams: as FrameWarp, in place, but tile by tile (assembly/tiles.ts). Each tile of 16 x 16 samples has one offset, to a
 * quarter of a sample by Keys' cubic, and where the picture is so large that nobody sees that, to a half by means. So a tap is a load, and
 * no weight is computed: a third of FrameWarp's time at 1080p, a fourth at 4K. Of 10 bits (assembly/tile-filter-deep.ts) it is Keys' cubic at all sizes.
 *
 * What it costs: fused pictures of a real bracket whose outer exposures were turned by 0.3 and -0.2 degrees, against those of exposures that
 * coincide (bench/align/live.ts --only rig):
 *
 * |           | as they are | whole pixels | halves, means / cubic | quarters, means / cubic | FrameWarp |
 * |-----------|-------------|--------------|-----------------------|-------------------------|-----------|
 * | 960x540   | 28.6 dB     | 40.3 dB      | 41.9 / 43.1 dB        | 42.7 / 44.7 dB          | 45.3 dB   |
 * | 1920x1080 | 30.7 dB     | 45.1 dB      | 47.0 / 48.3 dB        | 48.0 / 50.5 dB          | 51.7 dB   |
 * | 3840x2160 | 32.7 dB     | 48.9 dB      | 51.3 / 51.3 dB        | 52.6 / 53.3 dB          | 55.2 dB   |
 */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../../core/frames/video-layout';
import { copyRows } from '../copy-rows';
import { instantiateKernels, placeRegions, type KernelExports } from '../wasm';
import { CELL_HEIGHT, type OffsetGrid } from './offset-grid';
import { planTiles, type TilePlan } from './tile-plan';
import { moveRows, wholeShift } from './whole-shift';


/** Bytes of a tile's rows: narrower planes have none. */
const TILE = 16;

/** Of one plane. */
interface Samples {
  readonly layout: PlaneLayout;
  /** Luma pixels of one. */
  readonly scale: number;
  /** Bytes from one to the next of its kind. */
  readonly size: number;
  readonly finest: number;
}

const sampleBytes = ({ format }: PlaneLayout): number => (depthOf(format) > 8 ? 2 : 1);

interface Places {
  readonly grid: number;
  readonly out: number;
  readonly source: number;
}

export class TileWarp {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<TileWarp> {
    return new TileWarp(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory: what the widest picture and the steepest motion needed so far. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** Whether it can move pictures of a layout: those of 16 bits are photographs. */
  static takes({ format, planes }: PlaneLayout): boolean {
    return depthOf(format) < 16 && planes.every(({ width }) => width >= TILE);
  }

  /** Warps a frame. @param grid made for its layout */
  warp(frame: Uint8Array, layout: PlaneLayout, grid: OffsetGrid): void {
    const finest = Math.max(layout.width, layout.height) >= HALVES_FROM ? 2 : 1;
    for (const [index, plane] of layout.planes.entries()) {
      const scale = index === 0 ? 1 : layout.chromaScale;
      const size = sampleBytes(layout) * (index > 0 && isInterleaved(layout.format) ? 2 : 1);
      const shift = wholeShift(grid, scale);
      if (shift) moveRows(frame, plane, size, shift);
      else this.#warpPlane(frame, plane, grid, { layout, scale, size, finest });
    }
  }

  #warpPlane(frame: Uint8Array, plane: Plane, grid: OffsetGrid, { layout, scale, size, finest }: Samples): void {
    const { wasm } = this;
    const { offset, stride, width, height } = plane;
    const plan = planTiles(grid, height, scale);
    const places = this.#layOut(plane, grid, plan);
    const bytes = new Uint8Array(wasm.memory.buffer);
    const corners = new Float32Array(wasm.memory.buffer, places.grid, 4 * grid.columns);
    wasm.openTiles(places.source, stride, width, height, size, scale, finest, depthOf(layout.format) > 8, layout.format === 'P010_10LE');
    // Source rows `first`..`front` are there.
    let [first, front] = [0, -1];
    for (const step of plan.steps) {
      if (step.front - first >= plan.rows) {
        bytes.copyWithin(places.source, places.source + (step.keep - first) * stride, places.source + (front + 1 - first) * stride);
        first = step.keep;
      }
      const [from, to] = [offset + (front + 1) * stride, offset + step.front * stride + width];
      if (step.front > front) bytes.set(frame.subarray(from, to), places.source + (front + 1 - first) * stride);
      front = step.front;
      const row = ((step.top * scale) / CELL_HEIGHT) * grid.columns * 2;
      corners.set(grid.values.subarray(row, row + 4 * grid.columns));
      wasm.moveTiles(step.top, step.end - step.top, first, places.grid, grid.columns, places.out);
      copyRows(bytes, places.out, stride, frame, offset + step.top * stride, stride, width, step.end - step.top);
    }
  }

  #layOut({ stride }: Plane, grid: OffsetGrid, plan: TilePlan): Places {
    const sizes = [4 * grid.columns * 4, CELL_HEIGHT * stride + TILE, plan.rows * stride + TILE];
    const [corners, out, source] = placeRegions(this.wasm, sizes) as [number, number, number];
    return { grid: corners, out, source };
  }
}

/** Pixels of the longer side, of which half a pixel is what a quarter is of half of them. */
const HALVES_FROM = 3200;
