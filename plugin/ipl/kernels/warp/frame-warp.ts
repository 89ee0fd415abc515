/**
 * Brings an exposure onto the reference, in place: afterwards each of its pixels shows what the reference's at the same place
 * shows. What the exposure does not have repeats its border; cover.ts tells where that is.
 *
 * Of each plane as many rows are in WebAssembly's memory as the strips to come still need (ring-plan.ts). Offsets of whole
 * pixels only move bytes. The filter is Keys' cubic with a = -1/2 (assembly/warp-keys.ts). Six photographs of 1280x720, moved there
 * and back, luma in whole codes (bench/quality/warp_filters.py); the noise that half a pixel leaves; by how many codes an edge of
 * 160 overshoots; and the time of two exposures of three at 4K, in processor time of statistics and blend, which are less than half of a
 * fusion in which everything moves (bench/speed/kernels.ts):
 *
 * | filter            | half a pixel | 0.5 degrees, 1 % | noise | overshoot | time: half a pixel / 0.5 degrees / and 1 % |
 * |-------------------|--------------|------------------|-------|-----------|--------------------------------------------|
 * | bilinear          | 37.6 dB      | 40.0 dB          | 0.50  | 0         | 0.63 / 0.90 / 1.07                         |
 * | Keys a = -1/2     | 41.5 dB      | 45.0 dB          | 0.64  | 10        | 0.71 / 1.13 / 1.36                         |
 * | Keys a = -3/4     | 42.7 dB      | 46.1 dB          | 0.73  | 15        | as a = -1/2                                |
 * | six taps, cubic   | 42.9 dB      |                  | 0.70  | 13        | 0.84 / 1.29 / 1.56                         |
 * | Lanczos, six taps | 44.5 dB      |                  | 0.79  | 18        | as six taps                                |
 *
 * Four taps give most of what can be had. Of those a = -1/2 is the one that is right for whatever is smooth (its error falls
 * with the third power of the detail), and overshoots least: around lamps in a dark exposure every overshoot is a rim in the
 * fused picture. Moves of whole pixels cost 0.16 of the same, all of it memory.
 */
import { depthOf, type Plane, type PlaneLayout } from '../../../core/frames/video-layout';
import { copyRows } from '../copy-rows';
import { instantiateKernels, placeRegions, type KernelExports } from '../wasm';
import { CELL_HEIGHT, type OffsetGrid } from './offset-grid';
import { frontOf, planRing, stripsOf, type RingPlan, type Strip } from './ring-plan';
import { moveRows, wholeShift } from './whole-shift';


/** Bytes before and after each row in the ring; assembly/warp-ring.ts has the same. */
const MARGIN = 32;

interface Places {
  readonly grid: number;
  readonly out: number;
  readonly outStride: number;
  readonly ring: number;
  readonly ringStride: number;
}

export class FrameWarp {
  private constructor(private readonly wasm: KernelExports) {}

  static async load(): Promise<FrameWarp> {
    return new FrameWarp(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory: what the widest picture and the steepest motion needed so far. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /**
   * Warps a frame.
   * @param grid made for its layout
   * @param only these rows of luma, the first of them one of a cell; of the others what `rowsToWarp` names is needed, and comes to nothing
   */
  warp(frame: Uint8Array, layout: PlaneLayout, grid: OffsetGrid, only?: readonly [number, number]): void {
    for (const [index, plane] of layout.planes.entries()) {
      const scale = index === 0 ? 1 : layout.chromaScale;
      const deep = depthOf(layout.format) === 16;
      const size = deep || (index > 0 && layout.format === 'NV12') ? 2 : 1;
      const shift = wholeShift(grid, scale);
      const rows = only && ([only[0] / scale, Math.ceil(only[1] / scale)] as const);
      if (shift) moveRows(frame, plane, size, shift, rows);
      else this.#warpPlane(frame, plane, grid, scale, size, deep, rows);
    }
  }

  #warpPlane(frame: Uint8Array, plane: Plane, grid: OffsetGrid, scale: number, size: number, deep: boolean, [from, to]: readonly [number, number] = [0, plane.height]): void {
    const { wasm } = this;
    const plan = planRing(grid, plane.height, scale);
    const strips = plan.strips.filter(({ top }) => top >= from && top < to);
    const [least, most] = reachOf(strips);
    const places = this.#layOut(plane, grid, plan);
    const bytes = new Uint8Array(wasm.memory.buffer);
    const corners = new Float32Array(wasm.memory.buffer, places.grid, 4 * grid.columns);
    wasm.openRing(places.ring, places.ringStride, plan.rows, plane.width / size, plane.height);
    const load = (y: number): void => {
      const from = plane.offset + y * plane.stride;
      bytes.set(frame.subarray(from, from + plane.width), places.ring + (y & (plan.rows - 1)) * places.ringStride + MARGIN);
      wasm.closeRow(y, size);
    };
    let front = plan.down ? -1 : plane.height;
    for (const strip of strips) {
      const next = frontOf(strip, plan.down, front);
      // What does not fit any more is not needed any more.
      if (plan.down) for (let y = Math.max(front + 1, next - plan.rows + 1, least); y <= next; y += 1) load(y);
      else for (let y = Math.min(front - 1, next + plan.rows - 1, most); y >= next; y -= 1) load(y);
      front = next;
      const first = (strip.top * scale / CELL_HEIGHT) * grid.columns * 2;
      corners.set(grid.values.subarray(first, first + 4 * grid.columns));
      const rows = strip.end - strip.top;
      if (deep) wasm.warpDeepRows(strip.top, rows, places.grid, grid.columns, places.out, places.outStride);
      else wasm.warpRows(strip.top, rows, places.grid, grid.columns, scale, size === 2, places.out, places.outStride);
      copyRows(bytes, places.out, places.outStride, frame, plane.offset + strip.top * plane.stride, plane.stride, plane.width, rows);
    }
  }

  #layOut(plane: Plane, grid: OffsetGrid, plan: RingPlan): Places {
    const outStride = roundUp(plane.width, 8) + 8;
    const ringStride = roundUp(plane.width + 2 * MARGIN, 64);
    const sizes = [4 * grid.columns * 4, CELL_HEIGHT * outStride, plan.rows * ringStride];
    const [corners, out, ring] = placeRegions(this.wasm, sizes) as [number, number, number];
    return { grid: corners, out, outStride, ring, ringStride };
  }
}

/** The rows of luma that a warp of some of them takes: the first, and the one after the last. */
export function rowsToWarp(grid: OffsetGrid, height: number, [from, to]: readonly [number, number]): readonly [number, number] {
  const [least, most] = reachOf(stripsOf(grid, height, 1).filter(({ top }) => top >= from && top < to));
  return [least, most + 1];
}

/** The first and the last row that strips read or write. */
function reachOf(strips: readonly Strip[]): [number, number] {
  return [Math.min(...strips.map(({ first, top }) => Math.min(first, top))), Math.max(...strips.map(({ last, end }) => Math.max(last, end - 1)))];
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
