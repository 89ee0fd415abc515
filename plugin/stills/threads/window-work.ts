/** What a thread does with photographs that are in files: what the whole is made of, so that both come to the same codes. */
import { motionsIn, searchedIn } from '../../ipl/engine/found-motions';
import { mendWith, nodesIn } from '../../ipl/engine/mend';
import { NOISE_ROWS, noiseTops } from '../../ipl/engine/noise-blocks';
import { CELL_HEIGHT, CHANNELS, FrameWarp, FusionKernels, LumaReducer, rowsToWarp, TextureKernels, type Pixels, type ReducedLuma } from '../../ipl/kernels';
import { makeGrey } from '../grey';
import { writeRows, type PixelPlace } from '../large/pixel-file';
import { widened } from '../widened';
import { partOf, windowLayout, WindowReader, type Rows } from './window';
import type { BlendRowsTask, FindTask, Found, MeasuredRows, MeasureTask, ReduceTask, WindowSet } from './window-tasks';

/** Of a pair. */
const [REFERENCE, EXPOSURE] = [0, 1];

/** Pixels of what is read at a time where little is made of it. */
const READ = 2e6;

/** Rows that each pass of noise reduction sees above and below. */
const SEEN = 1;

export class WindowWork {
  private constructor(
    private readonly reader: WindowReader,
    private readonly kernels: FusionKernels,
    private readonly warp: FrameWarp,
    private readonly reducer: LumaReducer,
    private readonly texture: TextureKernels,
  ) {}

  static async load(): Promise<WindowWork> {
    return new WindowWork(await WindowReader.load(), await FusionKernels.load(), await FrameWarp.load(), await LumaReducer.load(), await TextureKernels.load());
  }

  reduce({ place }: ReduceTask): ReducedLuma {
    const { width, height } = place;
    const factor = searchedIn(width, height);
    const small = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
    const [luma, valid] = [new Float32Array(small.width * small.height), new Uint8Array(small.width * small.height)];
    const lines = Math.max(1, Math.floor(READ / width / factor));
    for (let line = 0; line < small.height; line += lines) {
      const rows: Rows = [line * factor, Math.min(small.height, line + lines) * factor];
      const data = this.reader.planes('Y444', this.reader.pixels(place, rows), width, 0);
      const [{ stride }] = windowLayout('Y444', width, height, rows).planes;
      const part = this.reducer.reduce({ data, width, height: rows[1] - rows[0], stride, range: 'full' }, factor);
      luma.set(part.luma, line * small.width);
      valid.set(part.valid, line * small.width);
    }
    return { ...small, luma, valid, factor, plane: { width, height } };
  }

  find({ reference, exposure }: FindTask): Found {
    const { motions, linedUp } = motionsIn([reference, exposure], REFERENCE, this.texture);
    const found = linedUp[EXPOSURE];
    if (!found) throw new TypeError('Nothing was looked for.');
    return { linedUp: found, motion: motions[EXPOSURE] };
  }

  measure(task: MeasureTask): MeasuredRows {
    const { places, reference, block, patches, rows: [from, to] } = task;
    const [{ width, height }] = places;
    const { layout, payloads } = this.#exposures(task, [from, to], 'Y444');
    if (patches) mendWith(patches, payloads, layout, reference, [from, to]);
    this.kernels.configure({ layout, range: 'full', reference, exposures: places.length, block });
    const [first, end] = [from / block, Math.ceil(to / block)];
    const statistics = new Float32Array(places.length * CHANNELS * (end - first) * Math.ceil(width / block));
    this.kernels.statistics(payloads, first, end, statistics, end - first, 0);
    const [{ offset, stride }] = layout.planes;
    const wanted = noiseTops(height).flatMap((top) => Array.from({ length: NOISE_ROWS }, (_, row) => top + row)).filter((y) => y >= from && y < to);
    const nodes = patches ? undefined : payloads.map((payload) => nodesIn(payload, layout, block, [from, to]));
    return { statistics, nodes, noise: wanted.map((y) => ({ y, codes: payloads.map((payload) => payload.slice(offset + y * stride, offset + y * stride + width)) })) };
  }

  blend(task: BlendRowsTask): undefined {
    const { reference, block, deep, patches, out, coefficients, coefficientRows, saturation, shares, covers, reaches, rows: [from, to] } = task;
    const { width, height } = out;
    // Noise is reduced with neighbours; kernels take whole pairs of rows.
    const around = 2 * Math.ceil((SEEN * reaches.length) / 2);
    const blended: Rows = [Math.max(0, from - around), Math.min(height, to + around)];
    const { layout, payloads, own, rows } = this.#exposures(task, blended, deep ? 'Y444_16LE' : 'Y444');
    const fused = payloads[reference];
    if (!fused) throw new RangeError(`There is no exposure ${reference}.`);
    mendWith(patches, payloads, layout, reference, blended);
    this.kernels.configure({ layout, range: 'full', reference, exposures: payloads.length, block });
    this.kernels.blend(payloads, coefficients, 0, coefficientRows, ...blended, fused, saturation, shares, covers);
    if (reaches.length > 0) this.kernels.configure({ layout: partOf(layout, blended), range: 'full', reference, exposures: payloads.length, block });
    for (const reach of reaches) this.kernels.smooth(fused, reach);
    const start = 3 * width * (from - rows[0]);
    const part = own.subarray(start, start + 3 * width * (to - from));
    const pixels = deep && part instanceof Uint8Array ? widened(part) : part;
    this.reader.change(pixels, width, fused, partOf(layout, [from, to]), { left: 0, top: 0 }, [0, to - from]);
    if (saturation === 0) makeGrey(pixels);
    writeRows(out, from, pixels);
    return undefined;
  }

  /** Windows of all exposures, lined up in the rows that are asked for. The reference's pixels hold until the next call. */
  #exposures({ places, reference, grids }: WindowSet, asked: Rows, format: 'Y444' | 'Y444_16LE') {
    const [{ width, height }] = places;
    const moved: Rows = [Math.floor(asked[0] / CELL_HEIGHT) * CELL_HEIGHT, Math.min(height, Math.ceil(asked[1] / CELL_HEIGHT) * CELL_HEIGHT)];
    const needed = grids.flatMap((grid) => (grid ? [rowsToWarp(grid, height, moved)] : []));
    const rows: Rows = [Math.min(asked[0], ...needed.map(([first]) => first)), Math.max(asked[1], ...needed.map(([, end]) => end))];
    const layout = windowLayout(format, width, height, rows);
    const payloads = new Array<Uint8Array>(places.length);
    const load = (place: PixelPlace, index: number): Pixels => {
      const pixels = this.reader.pixels(place, rows);
      const payload = this.reader.planes(format, pixels, width, index);
      const grid = grids[index];
      if (grid) this.warp.warp(payload, layout, grid, moved);
      payloads[index] = payload;
      return pixels;
    };
    for (const [index, place] of places.entries()) if (index !== reference) load(place, index);
    const own = load(places[reference], reference);
    return { layout, payloads, own, rows };
  }
}

