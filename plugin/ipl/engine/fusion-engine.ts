/**
 * Fuses one set of exposures. Lives in a worker; knows nothing of streams.
 *
 * 1. Exposures that have a motion are lined up with the reference (line-up.ts).
 * 2. Statistics of all blocks, from sparse samples.
 * 3. What stands in one of them only, before ground that the reference lost, is taken out of it (mend/index.ts), and blocks with it are measured again.
 * 4. In the frame's turn, because it needs what the frame before left in the scene: the network (scene-update.ts).
 * 5. The blend of all pixels, and noise reduction where the reference is noisy, while the next frame has its turn in another
 *    thread.
 */
import { ALONE, payloadOf, type BlendPlan, type FusionReport, type FusionTask, type Turn } from './fusion-task';
import { planGeometry, type Geometry } from '../network/geometry';
import type { FusionKernels } from '../kernels';
import { shownShare } from './blank-exposure';
import { fadeOut } from './cover-fade';
import { heldCovers } from './held-border';
import { LineUp } from './line-up';
import { blockRowsOf, mend, type Patch } from './mend';
import { applyLook, NATURAL, sharesOf } from './look';
import type { LoadedModel } from '../network/model';
import { noiseOf, reachesOf } from './noise-reduction';
import { Scene } from './scene';
import { meansOf, SceneUpdate, type UpdateSettings } from './scene-update';
import { weightMap } from './weight-map';

export interface EngineSettings extends UpdateSettings {
  /** Bands of a slice; the result does not depend on it, only memory and latency do. */
  readonly sliceBands: number;
}

/** What is known of a set before it is blended. */
interface Thought {
  /** With its mended exposures. */
  readonly task: FusionTask;
  /** By exposure, what was mended. */
  readonly patches: readonly (Patch | undefined)[];
  /** With the set's coefficients. */
  readonly geometry: Geometry;
  /** Of the reference, in codes. */
  readonly noise: number;
  readonly report: Omit<FusionReport, 'weights'>;
}

export class FusionEngine {
  readonly #card: LoadedModel['card'];
  readonly #kernels: FusionKernels;
  readonly #settings: EngineSettings;
  readonly #update: SceneUpdate;
  readonly #lineUp: LineUp;
  #geometry: Geometry | undefined;
  /** Of pictures that come without a scene. */
  #ownScene: SharedArrayBuffer | undefined;

  constructor(model: LoadedModel, kernels: FusionKernels, settings: EngineSettings, lineUp = new LineUp()) {
    this.#card = model.card;
    this.#kernels = kernels;
    this.#lineUp = lineUp;
    this.#settings = settings;
    this.#update = new SceneUpdate(model, settings);
  }

  /** Bytes of state that stay from one picture to the next, whatever the number of slices. */
  get stateBytes(): number {
    return (this.#geometry?.bytes ?? 0) + (this.#ownScene?.byteLength ?? 0) + this.#kernels.memoryBytes + this.#lineUp.memoryBytes;
  }

  /** Forgets the scene: the next picture is treated as the first. For pictures that come without a scene. */
  reset(): void {
    this.#ownScene = undefined;
  }

  /**
   * Lines up the exposures that have a motion, or whose motion is to be found, in their payloads. `fuse` does it, too; alone it is for who looks at the
   * exposures before.
   * @param reading whether only `fuse` reads the payloads then, which moves exposures that lie whole pixels elsewhere for nothing
   * @returns the same task, with nothing left to line up
   */
  lineUp(task: FusionTask, reading = false): Promise<FusionTask> {
    return task.motions || task.align || task.follow || task.wanted ? this.#lineUp.run(task, this.#prepare(task).plan.block, reading) : Promise.resolve(task);
  }

  /** What stands before lost ground, taken out of the exposures' payloads. `fuse` does it, too; alone it is for who has a device fuse. @returns by exposure, what was mended */
  mend(task: FusionTask): readonly (Patch | undefined)[] {
    if (task.measured) return []; // By whoever has the pictures.
    return mend(task, this.#prepare(task).plan.block);
  }

  /**
   * Fuses in place: afterwards the payload of the reference holds the result.
   * @param memory of the scene, made by Scene.allocate for this geometry; without it the engine keeps one of its own
   */
  async fuse(given: FusionTask, memory?: SharedArrayBuffer, turn: Turn = ALONE): Promise<FusionReport> {
    const { task, geometry, noise, report } = await this.#think(await this.lineUp(given, true), memory, turn);
    const thought = performance.now();
    const weights = this.#blend(task, geometry);
    this.reduceNoise(task, payloadOf(task), noise);
    return { ...report, blendMs: performance.now() - thought, weights };
  }

  /** All of `fuse` but the blend and noise reduction, for who does these elsewhere. The reference's payload stays as it is; others are lined up and mended. */
  async plan(given: FusionTask, memory?: SharedArrayBuffer, turn: Turn = ALONE): Promise<FusionReport & { readonly plan: BlendPlan }> {
    const { task, patches, geometry, noise, report } = await this.#think(await this.lineUp(given), memory, turn);
    this.#applyLook(task, geometry);
    const { plan, coefficients } = geometry;
    return { ...report, weights: undefined, plan: { block: plan.block, coefficients: coefficients.slice(), rows: plan.paddedRows, noise, patches, covers: heldCovers(task, plan.block) } };
  }

  /** Statistics, what is mended, and in the frame's turn the network. */
  async #think(given: FusionTask, memory: SharedArrayBuffer | undefined, turn: Turn): Promise<Thought> {
    const start = performance.now();
    const geometry = this.#prepare(given);
    const { task, patches } = this.#measure(given, geometry);
    // The blend overwrites the reference.
    const noise = noiseOf(task);
    const measured = performance.now();
    turn.wait();
    const began = performance.now();
    const scene = new Scene(geometry, memory ?? (this.#ownScene ??= Scene.allocate(geometry)));
    const { sceneCut, reused } = await this.#update.run(geometry, scene, task.reference);
    // The next frame's turn changes it while this one is blended.
    geometry.coefficients.set(scene.coefficients);
    turn.pass();
    const report = {
      sceneCut, slices: geometry.plan.slices.length, reused,
      statisticsMs: measured - start, waitMs: began - measured, networkMs: performance.now() - began, blendMs: 0,
    };
    return { task, patches, geometry, noise, report };
  }

  /** All that is changed in coefficients behind the network. */
  #applyLook({ reference, look = NATURAL, covers = [], layout: { width } }: FusionTask, geometry: Geometry): void {
    const { coefficients: values, exposures, plan } = geometry;
    const map = { values, exposures, per: this.#card.coefficients, reference };
    const shares = Array.from({ length: exposures }, (_, exposure) => (exposure === reference ? 1 : shownShare(meansOf(this.#card, geometry, exposure))));
    fadeOut(map, { covers, shares }, { columns: plan.mapWidth, rows: plan.mapHeight, block: plan.block, width });
    applyLook(map, meansOf(this.#card, geometry, reference), look);
  }

  /**
   * The last step of a fusion, by whomever it was done.
   * @param fused the fused picture, changed in place
   * @param noise of the reference, from noiseOf
   */
  reduceNoise(task: FusionTask, fused: Uint8Array, noise: number): void {
    const passes = reachesOf(noise, (task.look ?? NATURAL).denoise);
    if (passes.length > 0) this.#prepare(task);
    for (const reach of passes) this.#kernels.smooth(fused, reach);
  }

  #prepare(task: FusionTask): Geometry {
    const { payloads, layout, range, reference } = task;
    const exposures = payloads.length;
    const key = [layout.format, layout.width, layout.height, exposures, reference, range].join(' ');
    if (this.#geometry?.key === key) return this.#geometry;
    const geometry = planGeometry(key, layout, exposures, this.#settings.sliceBands, this.#card);
    this.#kernels.configure({ layout, range, reference, exposures, block: geometry.plan.block });
    this.#ownScene = undefined;
    return (this.#geometry = geometry);
  }

  /** Fills the map with block statistics of the mended exposures, and repeats its first and last row outside of the picture. */
  #measure(given: FusionTask, geometry: Geometry): Pick<Thought, 'task' | 'patches'> {
    const { halo } = this.#card;
    const { plan: { mapWidth: width, mapHeight }, statistics, allRows } = geometry;
    const { measured } = given;
    const mended = measured ? { task: given, patches: [] } : this.#measureAndMend(given, geometry);
    if (measured) placeMaps(measured.statistics, mapHeight * width, statistics, allRows * width, halo * width);
    for (let start = 0; start < statistics.length; start += allRows * width) {
      const first = start + halo * width;
      const last = first + (mapHeight - 1) * width;
      for (let row = start; row < first; row += width) statistics.copyWithin(row, first, first + width);
      for (let row = last + width; row < start + allRows * width; row += width) {
        statistics.copyWithin(row, last, last + width);
      }
    }
    return mended;
  }

  /** All that mending looks at where there is nothing to mend is among the statistics' samples, so it comes behind them; rows of blocks that it changed are measured again. */
  #measureAndMend(given: FusionTask, { plan, statistics, allRows, nodes }: Geometry): Pick<Thought, 'task' | 'patches'> {
    const { halo } = this.#card;
    const { payloads, shifts } = given;
    this.#kernels.statistics(payloads, 0, plan.mapHeight, statistics, allRows, halo, shifts, nodes);
    const patches = mend({ ...given, nodes }, plan.block);
    const touched = patches.flatMap((patch) => (patch ? [blockRowsOf(patch)] : []));
    if (touched.length === 0) return { task: given, patches };
    // What was mended was moved before.
    const task = { ...given, shifts: shifts?.map((shift, exposure) => (patches[exposure] ? undefined : shift)) };
    for (let row = 0; row < plan.mapHeight; row += 1) {
      if (touched.some(([first, end]) => row >= first && row < end)) this.#kernels.statistics(payloads, row, row + 1, statistics, allRows, halo + row, task.shifts);
    }
    return { task, patches };
  }

  /** The reference's rows are read before they are written, strip by strip, so its payload can be the output. */
  #blend(task: FusionTask, geometry: Geometry): FusionReport['weights'] {
    const { payloads, layout, reference, look = NATURAL, shifts } = task;
    const { coefficients, plan } = geometry;
    const covers = heldCovers(task, plan.block);
    const output = payloadOf(task);
    const per = this.#card.coefficients;
    const shares = sharesOf(look);
    this.#applyLook(task, geometry);
    this.#kernels.blend(payloads, coefficients, 0, plan.paddedRows, 0, layout.height, output, look.saturation, shares, covers, shifts);
    if (!task.weights) return undefined;
    const { mapWidth: columns, mapHeight: rows, paddedRows: coefficientRows } = plan;
    const means = payloads.map((_, exposure) => meansOf(this.#card, geometry, exposure));
    const values = weightMap({ means, coefficients, per, coefficientRows, rows, columns, reference, shares, covers, block: plan.block });
    return { columns, rows, values };
  }
}

/** Maps of `cells` each, to `stride` from one to the next, from `first` on. */
function placeMaps(maps: Float32Array, cells: number, to: Float32Array, stride: number, first: number): void {
  if (maps.length * stride !== to.length * cells) throw new RangeError('What was measured is of other pictures.');
  for (let from = 0, at = first; from < maps.length; from += cells, at += stride) to.set(maps.subarray(from, from + cells), at);
}
