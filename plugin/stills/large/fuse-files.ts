/**
 * The fusion of exposures whose pixels are in files, by the same steps as of those in memory (../fuse-exposures.ts), and to the same codes: what is
 * whole in memory are small copies of luma, a few pixels and the statistics of blocks, and offsets. Rows pass through the threads twice: to be measured, and to be
 * blended (three times where there is something to mend), each time with as many around as lining up moves them by.
 */
import { planeLayout } from '../../core/frames/video-layout';
import type { LinedUp } from '../../ipl/engine/fusion-task';
import { sharesOf } from '../../ipl/engine/look';
import { findPatchesInNodes, touchesRows, type Patch } from '../../ipl/engine/mend';
import { NOISE_ROWS, noiseTops } from '../../ipl/engine/noise-blocks';
import { noiseLevel } from '../../ipl/engine/noise-level';
import { reachesOf } from '../../ipl/engine/noise-reduction';
import { CELL_HEIGHT, CHANNELS, commonArea, coverOf, offsetGrid, type Area, type Cover, type OffsetGrid } from '../../ipl/kernels';
import { blockSize } from '../../ipl/network/slice-plan';
import type { FusionSettings, Workshop } from '../fuse-exposures';
import type { Size } from '../crop';
import type { Rows } from '../threads/window';
import type { MeasuredRows, WindowSet } from '../threads/window-tasks';
import type { PixelFile } from './pixel-file';

/** Bytes of a thread's windows about, where no exposure has moved far. */
export const WINDOWS = { bytes: 48e6 };

/** Of the work, when exposures are lined up, and when they are measured. */
const [LINED_UP, MEASURED] = [0.1, 0.45];

export interface FusedFile {
  readonly linedUp: readonly LinedUp[] | undefined;
  readonly area: Area | undefined;
}

/** @param files of the exposures, dark to bright @param out takes the fused pixels: of 16 bits where one of the files has them */
export async function fuseFiles(workshop: Workshop, files: readonly PixelFile[], reference: number, out: PixelFile, settings: FusionSettings): Promise<FusedFile> {
  const { threads, pool } = workshop;
  const { look, crop, progress } = settings;
  const { width, height } = out;
  const block = blockSize(width, height);
  const found = settings.align ? await lineUpAll(workshop, files, reference, block) : undefined;
  progress?.(LINED_UP);
  const { grids, covers } = found ?? { grids: files.map(() => undefined), covers: [] };
  const set = { places: files.map(({ place }) => place), reference, block, grids };
  const bands = bandsOf(out, files.length, out.sample === 2, block);
  const inBands = <T>(from: number, to: number, work: (rows: Rows) => Promise<T>): Promise<T[]> => {
    let done = 0;
    return Promise.all(bands.map(async (rows) => {
      const result = await work(rows);
      done += 1;
      progress?.(from + ((to - from) * done) / bands.length);
      return result;
    }));
  };
  const first = await inBands(LINED_UP, MEASURED, (rows) => threads.run({ kind: 'measure', ...set, rows, patches: undefined }));
  const patches = patchesIn(first, reference, covers, out, block);
  // What is mended is measured again, as it is then.
  const isMended = (rows: Rows): boolean => patches.some((patch) => patch && touchesRows(patch, rows));
  const parts = await Promise.all(bands.map(async (rows, index) => (isMended(rows) ? threads.run({ kind: 'measure', ...set, rows, patches }) : first[index])));
  const measured = { statistics: joinMaps(parts, files.length, block, out), noise: look.denoise === 0 ? 0 : noiseIn(parts, reference, files.length, out) };
  await workshop.ready;
  const task = { layout: planeLayout('Y444', width, height), range: 'full' as const, reference, look, covers, planOnly: true, measured };
  const outcome = await pool.fuse(task, files.length, () => Promise.resolve(files.map(() => new Uint8Array(new SharedArrayBuffer(0)))), 'stills');
  if ('death' in outcome) throw outcome.death;
  if ('error' in outcome) throw outcome.error;
  const { plan } = outcome.picture.report;
  if (!plan) throw new TypeError('The fusion was not planned.');
  const blending = {
    ...set, kind: 'blend rows' as const, deep: out.sample === 2, patches, out: out.place, coefficients: shared(plan.coefficients), coefficientRows: plan.rows,
    saturation: look.saturation, shares: sharesOf(look), covers: plan.covers, reaches: reachesOf(plan.noise, look.denoise),
  };
  await inBands(MEASURED, 1, (rows) => threads.run({ ...blending, rows }));
  return { linedUp: found?.linedUp, area: crop ? commonArea(covers, task.layout) : undefined };
}

interface AllFound extends Pick<WindowSet, 'grids'> {
  readonly linedUp: readonly LinedUp[];
  readonly covers: readonly (Cover | undefined)[];
}

async function lineUpAll({ threads }: Workshop, files: readonly PixelFile[], reference: number, block: number): Promise<AllFound> {
  const layout = planeLayout('Y444', files[0].width, files[0].height);
  const small = await Promise.all(files.map(({ place }) => threads.run({ kind: 'reduce', place })));
  const found = await Promise.all(small.map(async (exposure, index) => (index === reference ? undefined : threads.run({ kind: 'find', reference: small[reference], exposure }))));
  const grids = found.map((one): OffsetGrid | undefined => {
    const grid = one?.motion && offsetGrid(one.motion, layout, block);
    return grid && { ...grid, values: shared(grid.values) };
  });
  return { grids, linedUp: found.map((one): LinedUp => one?.linedUp ?? { pixels: 0, reason: 'lines up' }), covers: grids.map((grid) => grid && shared(coverOf(grid, layout))) };
}

/** Rows that are whole blocks, and whole cells of offsets. */
function bandsOf({ width, height }: Size, exposures: number, deep: boolean, block: number): Rows[] {
  const unit = Math.max(block, CELL_HEIGHT);
  const row = 3 * width * (deep ? 2 : 1) * (exposures + 1);
  const rows = unit * Math.max(1, Math.floor(WINDOWS.bytes / row / unit));
  return Array.from({ length: Math.ceil(height / rows) }, (_, index) => [index * rows, Math.min(height, (index + 1) * rows)] as const);
}

/** What stands in one exposure only (ipl/engine/mend), found in the nodes of all bands. */
function patchesIn(parts: readonly MeasuredRows[], reference: number, covers: readonly (Cover | undefined)[], size: Size, block: number): (Patch | undefined)[] {
  const patches = findPatchesInNodes(parts.map(({ nodes }) => nodes ?? []), reference, covers, size, block);
  return patches.map((patch) => patch && { ...patch, shares: shared(patch.shares), ground: { ...patch.ground, known: shared(patch.ground.known), means: patch.ground.means.map(shared) } });
}

/** Of bands one below the other. */
function joinMaps(parts: readonly MeasuredRows[], exposures: number, block: number, { width, height }: Size): Float32Array {
  const [maps, cells] = [exposures * CHANNELS, Math.ceil(width / block) * Math.ceil(height / block)];
  const out = new Float32Array(maps * cells);
  let at = 0;
  for (const { statistics } of parts) {
    const length = statistics.length / maps;
    for (let map = 0; map < maps; map += 1) out.set(statistics.subarray(map * length, (map + 1) * length), map * cells + at);
    at += length;
  }
  return out;
}

/** From the rows that it is found in, which become pictures of their own. */
function noiseIn(parts: readonly MeasuredRows[], reference: number, exposures: number, { width, height }: Size): number {
  const tops = noiseTops(height);
  const pictures = Array.from({ length: exposures }, () => new Uint8Array(tops.length * NOISE_ROWS * width));
  for (const { y, codes } of parts.flatMap(({ noise }) => noise)) {
    for (const [index, top] of tops.entries()) {
      if (y < top || y >= top + NOISE_ROWS) continue;
      for (const [exposure, own] of codes.entries()) pictures[exposure].set(own, (index * NOISE_ROWS + y - top) * width);
    }
  }
  return noiseLevel(pictures, reference, { offset: 0, stride: width, width, height }, 'full', { tops: tops.map((_, index) => index * NOISE_ROWS) });
}

/** So that it goes to threads without a copy. */
function shared<T extends Float32Array | Int32Array | Uint16Array | undefined>(array: T): T {
  if (!array) return array;
  const bytes = new Uint8Array(new SharedArrayBuffer(array.byteLength));
  bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const Kind = array.constructor as new (memory: SharedArrayBuffer) => T;
  return new Kind(bytes.buffer);
}
