/**
 * Brings the exposures of a set onto the reference before anything else is done with them, so that statistics, blend, noise and
 * tones all see exposures that coincide. What a motion says is worked out once and kept while it stays the same: a rig's are.
 *
 * What an exposure does not show repeats its border in the statistics: the network takes that for something that moved, and gives
 * the reference the brightness of its surroundings. On three scenes that are 60 pixels off, the uncovered borders are then 31 to
 * 35 dB from what whole exposures give; had they the reference's own codes there, 25 to 30 dB.
 */
import type { FusionTask } from './fusion-task';
import { coverOf, type Cover } from '../kernels/warp/cover';
import { LumaReducer } from '../kernels/reduced-luma';
import { TextureKernels } from '../kernels/texture-kernels';
import { FrameWarp } from '../kernels/warp/frame-warp';
import { TileWarp } from '../kernels/warp/tile-warp';
import type { Motion } from '../kernels/warp/motion';
import { offsetGrid, type OffsetGrid } from '../kernels/warp/offset-grid';
import { shiftOf, type Shift } from '../kernels/warp/whole-shift';
import { depthOf } from '../../core/frames/video-layout';
import { followedMotions, foundMotions, reduced, type Finders } from './found-motions';

/** What a motion comes to in pictures of one layout. */
interface Known {
  readonly key: string;
  readonly motion: Motion;
  readonly grid: OffsetGrid;
  readonly cover: Cover | undefined;
  /** Where it is whole pixels. */
  readonly shift: Shift | undefined;
}

export class LineUp {
  #warp: FrameWarp | undefined;
  #tileWarp: TileWarp | undefined;
  #finders: Finders | undefined;
  /** By exposure. */
  readonly #known: (Known | undefined)[] = [];

  /** Bytes of WebAssembly memory: none before the first motion. */
  get memoryBytes(): number {
    return (this.#warp?.memoryBytes ?? 0) + (this.#tileWarp?.memoryBytes ?? 0) + (this.#finders?.reducer.memoryBytes ?? 0) + (this.#finders?.kernels.memoryBytes ?? 0);
  }

  /**
   * Warps the payloads of exposures that have a motion, in place; motions that are not given are found or followed, where that is asked for.
   * @param block pixels of the network's blocks
   * @param reading whether who fuses can read exposures whole pixels elsewhere: then such payloads are not moved
   * @returns the task without motions, with what the exposures cover and what was found, seen and put aside
   * @throws RangeError where a motion is none; then no payload was touched
   */
  async run(task: FusionTask, block: number, reading = false): Promise<FusionTask> {
    const { motions, ...rest } = await this.see(task);
    const { layout, payloads, reference } = task;
    const known = payloads.map((_, exposure) => {
      const motion = exposure === reference ? undefined : motions[exposure];
      return motion && this.#learn(exposure, motion, task, block);
    });
    if (known.every((each) => each === undefined)) return rest;
    const depth = depthOf(layout.format);
    // Of 10 bits there is no other way.
    const quick = (task.quick === true || depth === 10) && TileWarp.takes(layout);
    // A strip of a few pixels: nothing is lost by taking it as it is.
    if (!quick && depth === 10) return rest;
    // Who reads them elsewhere reads 8 bits there.
    const shifts = reading && depth === 8 ? known.map((each) => each?.shift) : [];
    const covers = known.map((each) => each?.cover);
    if (known.every((each, exposure) => !each || shifts[exposure])) return { ...rest, covers, shifts };
    const warp = await this.#loadWarp(quick);
    for (const [exposure, payload] of payloads.entries()) {
      const grid = known[exposure]?.grid;
      if (grid && !shifts[exposure]) warp.warp(payload, layout, grid);
    }
    return { ...rest, covers, shifts: shifts.some(Boolean) ? shifts : undefined };
  }

  /** Tile by tile, or pixel by pixel. */
  async #loadWarp(quick: boolean): Promise<FrameWarp | TileWarp> {
    return quick ? (this.#tileWarp ??= await TileWarp.load()) : (this.#warp ??= await FrameWarp.load());
  }

  /** What is to be seen of the exposures before they are moved. @returns the task with the motions that are given or seen */
  async see(task: FusionTask): Promise<FusionTask & { readonly motions: readonly (Motion | undefined)[] }> {
    const { motions: given, align, follow, wanted, ...rest } = task;
    const find = align === true && given === undefined;
    if (!find && !follow && !wanted) return { ...rest, motions: given ?? [] };
    const finders = (this.#finders ??= { reducer: await LumaReducer.load(), kernels: await TextureKernels.load() });
    const aside = wanted && reduced(task, finders.reducer, wanted.most, wanted.exposures);
    const found = find ? foundMotions(task, finders) : undefined;
    const followed = follow && followedMotions(task, follow, finders);
    const motions = task.payloads.map((_, exposure) => given?.[exposure] ?? found?.motions[exposure] ?? followed?.motions[exposure]);
    return { ...rest, motions, linedUp: found?.linedUp, sights: followed?.sights, aside };
  }

  #learn(exposure: number, motion: Motion, { layout }: FusionTask, block: number): Known {
    const key = `${layout.width}x${layout.height} ${block}`;
    const last = this.#known[exposure];
    if (last?.key === key && isSame(last.motion, motion)) return last;
    const grid = offsetGrid(motion, layout, block);
    const now = { key, motion, grid, cover: coverOf(grid, layout), shift: shiftOf(grid, layout) };
    this.#known[exposure] = now;
    return now;
  }
}

const equal = (a: ArrayLike<number> = [], b: ArrayLike<number> = []): boolean => {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return a.length === b.length;
};

const isSame = (a: Motion, b: Motion): boolean => equal(a.homography, b.homography) && equal(a.field, b.field);
