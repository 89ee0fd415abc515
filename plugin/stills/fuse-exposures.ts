/**
 * The fusion of one bracket on all cores: exposures are lined up side by side, a thread of the pool measures them and asks the network, and
 * the blend goes band by band. What a band changed is added to the reference's own codes (kernels/packed-pixels.ts) as soon as it is
 * there, so that it can be encoded while others are blended.
 */
import { planeLayout, type PlaneLayout } from '../core/frames/video-layout';
import type { LinedUp } from '../ipl/engine/fusion-task';
import { sharesOf, type Look } from '../ipl/engine/look';
import { mendWith } from '../ipl/engine/mend';
import { reachesOf } from '../ipl/engine/noise-reduction';
import { commonArea, type Area, type Cover, type PackedKernels, type Pixels } from '../ipl/kernels';
import { blockSize } from '../ipl/network/slice-plan';
import type { FusionPool } from '../ipl/pool/fusion-pool';
import { makeGrey } from './grey';
import type { PlaneMemory } from './plane-memory';
import type { StillPixels } from './read-bracket';
import type { ExposurePlanes, Planes } from './threads/still-tasks';
import type { StillThreads } from './threads/still-threads';

/** Threads, kernels and the network. */
export interface Workshop {
  readonly pool: FusionPool;
  /** Rejects where the pool could not start. */
  readonly ready: Promise<void>;
  readonly threads: StillThreads;
  readonly kernels: PackedKernels;
  readonly memory: PlaneMemory;
}

export interface FusionSettings {
  readonly align: boolean;
  readonly crop: boolean;
  /** Where exposures were lined up already. */
  readonly linedUp?: AllLinedUp | undefined;
  readonly look: Look;
  /** Hears which share of the work is done. */
  readonly progress?: ((share: number) => void) | undefined;
}

export interface Fused {
  readonly linedUp: readonly LinedUp[] | undefined;
  /** The part of the picture that all exposures show, where it is to be cut to that, and that is not all. */
  readonly area: Area | undefined;
  /** Resolves when these rows of the reference's pixels are fused. */
  readonly ready: (from: number, to: number) => Promise<void>;
}

/** Bands for each thread: few enough to cost nothing, enough that none waits long for the last. */
const BANDS = 4;

/** Of the work, when it is known how exposures are blended. */
const PLANNED = 0.7;

/** Rows of a band are a multiple of this: those of the kernels' strips. */
const STRIP = 16;

/** Planes in shared memory. @param deep whether such of 16 bits are wanted, too */
export function planesOf({ kernels, memory }: Pick<Workshop, 'kernels' | 'memory'>, pixels: StillPixels, width: number, height: number, deep: boolean): ExposurePlanes {
  const make = (layout: PlaneLayout, from: Pixels): Planes => {
    const payload = memory.take(layout.size);
    kernels.unpack(from, layout, payload);
    return { layout, payload };
  };
  return {
    eight: make(planeLayout('Y444', width, height), pixels.eight),
    deep: deep ? make(planeLayout('Y444_16LE', width, height), pixels.deep ?? pixels.eight) : undefined,
  };
}

/**
 * @param planes of the exposures, dark to bright; the reference's are overwritten
 * @param pixels the reference's: of 16 bits where there are planes of 16, else of 8; changed in place
 */
export async function fuseExposures({ pool, ready, threads, kernels }: Workshop, planes: readonly ExposurePlanes[], reference: number, pixels: Pixels, { align, crop, linedUp, look, progress }: FusionSettings): Promise<Fused> {
  const { layout } = planes[reference].eight;
  const found = linedUp ?? (align ? await lineUpAll(threads, planes, reference) : undefined);
  const covers = found?.covers ?? [];
  await ready;
  const task = { layout, range: 'full' as const, reference, look, covers, planOnly: true };
  const outcome = await pool.fuse(task, planes.length, () => Promise.resolve(planes.map(({ eight }) => eight.payload)), 'stills');
  if ('death' in outcome) throw outcome.death;
  if ('error' in outcome) throw outcome.error;
  progress?.(PLANNED);
  const { plan } = outcome.picture.report;
  if (!plan) throw new TypeError('The fusion was not planned.');
  const blended = planes.map(({ eight, deep }) => deep ?? eight);
  const own = blended[reference];
  // Those of 8 bits are what was measured, and mended.
  if (own.layout !== layout) mendWith(plan.patches, blended.map(({ payload }) => payload), own.layout, reference);
  const common = { layout: own.layout, reference, block: plan.block };
  const blend = (rows: readonly [number, number]) => threads.run({
    kind: 'blend', ...common, payloads: blended.map(({ payload }) => payload), coefficients: plan.coefficients, coefficientRows: plan.rows,
    saturation: look.saturation, shares: sharesOf(look), covers: plan.covers, rows,
  });
  const reaches = reachesOf(plan.noise, look.denoise);
  const smooth = (plane: number) => threads.run({ kind: 'smooth', ...common, fused: own.payload, exposures: planes.length, plane, reaches });
  const bands = bandsOf(layout.height, BANDS * threads.count);
  const blends = bands.map(blend);
  // Noise is reduced with neighbours: of all rows, once they are there.
  const whole = reaches.length > 0 ? Promise.all(blends).then(() => Promise.all([0, 1, 2].map(smooth))) : undefined;
  let changed = 0;
  const done = bands.map(async (rows, index) => {
    await (whole ?? blends[index]);
    changed += 1;
    progress?.(PLANNED + ((1 - PLANNED) * changed) / bands.length);
    kernels.change(pixels, layout.width, own.payload, own.layout, { left: 0, top: 0 }, rows);
    if (look.saturation === 0) makeGrey(pixels.subarray(3 * layout.width * rows[0], 3 * layout.width * rows[1]));
  });
  for (const one of [...blends, ...done]) one.catch(() => undefined); // Whoever waits for its rows hears of it.
  return {
    linedUp: found?.linedUp,
    area: crop ? commonArea(covers, layout) : undefined,
    ready: async (from, to) => {
      await Promise.all(done.filter((_, index) => bands[index][0] < to && bands[index][1] > from));
    },
  };
}

export interface AllLinedUp {
  readonly linedUp: readonly LinedUp[];
  readonly covers: readonly (Cover | undefined)[];
}

/** Moves all onto the reference. */
export async function lineUpAll(threads: StillThreads, planes: readonly ExposurePlanes[], reference: number): Promise<AllLinedUp> {
  const { width, height } = planes[reference].eight.layout;
  const block = blockSize(width, height);
  const found = await Promise.all(planes.map(async (exposure, index) =>
    (index === reference ? undefined : threads.run({ kind: 'line up', reference: planes[reference], exposure, block }))));
  return {
    linedUp: found.map((one): LinedUp => one?.linedUp ?? { pixels: 0, reason: 'lines up' }),
    covers: found.map((one) => one?.cover),
  };
}

/** @param count how many about */
function bandsOf(height: number, count: number): (readonly [number, number])[] {
  const rows = Math.max(STRIP, Math.ceil(height / count / STRIP) * STRIP);
  return Array.from({ length: Math.ceil(height / rows) }, (_, index) => [index * rows, Math.min(height, (index + 1) * rows)] as const);
}
