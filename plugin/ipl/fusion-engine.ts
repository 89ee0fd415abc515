/**
 * Fuses one set of exposures after the other, slice by slice. Lives in the worker; knows nothing of streams.
 *
 * 1. Statistics of all blocks, from sparse samples: they order nothing and cost next to nothing, but they show a scene
 *    cut before any of the picture is fused.
 * 2. After a cut, and for the first picture, a priming pass: the network runs over all slices for the sake of their
 *    tokens alone, so that the first slice, too, knows the whole picture.
 * 3. Slice by slice: network (statistics and cache in, coefficients and tokens out), then the blend of the slice's
 *    pixels.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ColourRange } from '../core/video-caps';
import type { PlaneLayout } from '../core/video-layout';
import { AttentionCache } from './attention-cache';
import { columnPool, onesAt } from './column-pool';
import { FusionKernels } from './kernels';
import type { LoadedModel } from './model';
import { SceneChange } from './scene-change';
import { planSlices, type Slice, type SlicePlan } from './slice-plan';

export interface FusionTask {
  /** Raw pictures, dark to bright. The reference's is overwritten with the fused picture. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  /** Index into `payloads`. */
  readonly reference: number;
}

export interface EngineSettings {
  /** Bands of a slice; the result does not depend on it, only memory and latency do. */
  readonly sliceBands: number;
}

/**
 * How much of an old token stays when its cell is seen again: half. The flicker of the shipped video in slices falls from
 * 0.159 to 0.147 codes (models/README.md), and after an exposure change three frames leave an eighth of the old. After a
 * priming pass old and new are the same, and it changes nothing.
 */
const MOMENTUM = 0.5;

interface Geometry {
  readonly key: string;
  readonly plan: SlicePlan;
  readonly cache: AttentionCache;
  readonly exposures: number;
  /** [K, 10, halo + paddedRows + halo, w] */
  readonly statistics: Float32Array;
  readonly columnPool: Tensor;
  readonly placements: readonly Tensor[];
}

export class FusionEngine {
  readonly #session: InferenceSession;
  readonly #card: LoadedModel['card'];
  readonly #kernels: FusionKernels;
  readonly #settings: EngineSettings;
  readonly #sceneChange = new SceneChange();
  #geometry: Geometry | undefined;

  constructor(model: LoadedModel, kernels: FusionKernels, settings: EngineSettings) {
    this.#session = model.session;
    this.#card = model.card;
    this.#kernels = kernels;
    this.#settings = settings;
  }

  /** Bytes of state that stay from one picture to the next, whatever the number of slices. */
  get stateBytes(): number {
    const { cache, statistics } = this.#geometry ?? {};
    return (cache?.bytes ?? 0) + (statistics?.byteLength ?? 0) + this.#kernels.memoryBytes;
  }

  /** Forgets the scene: the next picture is treated as the first. */
  reset(): void {
    this.#geometry?.cache.reset();
    this.#sceneChange.reset();
  }

  /** Fuses in place: afterwards the payload of the reference holds the result. */
  async fuse(task: FusionTask): Promise<{ sceneCut: boolean }> {
    const geometry = this.#prepare(task);
    this.#measure(task, geometry);
    const sceneCut = this.#sceneChange.isCut(this.#referenceMeans(task, geometry));
    if (sceneCut) geometry.cache.reset();
    if (geometry.cache.empty) {
      for (const index of geometry.plan.slices.keys()) await this.#runNetwork(geometry, index, 0);
    }
    for (const [index, slice] of geometry.plan.slices.entries()) {
      const coefficients = await this.#runNetwork(geometry, index, MOMENTUM);
      this.#blend(task, slice, coefficients);
    }
    return { sceneCut };
  }

  #prepare(task: FusionTask): Geometry {
    const { format, width, height } = task.layout;
    const exposures = task.payloads.length;
    const key = [format, width, height, exposures, task.reference, task.range].join(' ');
    if (this.#geometry?.key === key) return this.#geometry;
    const { tokenColumns, tokenBytes, halo, statistics } = this.#card;
    const plan = planSlices(width, height, this.#settings.sliceBands, tokenColumns);
    this.#kernels.configure({ ...task, exposures, block: plan.block });
    this.#sceneChange.reset();
    this.#geometry = {
      key,
      plan,
      exposures,
      cache: new AttentionCache(plan.slots, tokenBytes),
      statistics: new Float32Array(exposures * statistics.length * (plan.paddedRows + 2 * halo) * plan.mapWidth),
      columnPool: columnPool(plan.mapWidth, tokenColumns),
      placements: plan.slices.map(({ firstSlot, cells }) => onesAt(firstSlot, cells, plan.slots)),
    };
    return this.#geometry;
  }

  /** Fills the map with block statistics, and repeats its first and last row outside of the picture. */
  #measure(task: FusionTask, { plan, statistics }: Geometry): void {
    const { halo } = this.#card;
    const rows = plan.paddedRows + 2 * halo;
    const { mapWidth: width, mapHeight } = plan;
    this.#kernels.statistics(task.payloads, 0, mapHeight, statistics, rows, halo);
    for (let start = 0; start < statistics.length; start += rows * width) {
      const first = start + halo * width;
      const last = first + (mapHeight - 1) * width;
      for (let row = start; row < first; row += width) statistics.copyWithin(row, first, first + width);
      for (let row = last + width; row < start + rows * width; row += width) {
        statistics.copyWithin(row, last, last + width);
      }
    }
  }

  #referenceMeans(task: FusionTask, { plan, statistics }: Geometry): Float32Array {
    const { halo, statistics: channels } = this.#card;
    const rows = plan.paddedRows + 2 * halo;
    const start = (task.reference * channels.length * rows + halo) * plan.mapWidth;
    return statistics.subarray(start, start + plan.mapHeight * plan.mapWidth);
  }

  /** Runs one slice: its tokens go into the cache. @returns coefficients [K, 6, rows + 2, w] */
  async #runNetwork(geometry: Geometry, index: number, momentum: number): Promise<Float32Array> {
    const { plan, cache } = geometry;
    const slice = plan.slices[index];
    const placement = geometry.placements[index];
    if (!slice || !placement) throw new RangeError(`There is no slice ${index}.`);
    const outputs = await this.#session.run({
      statistics: this.#cut(geometry, slice),
      column_pool: geometry.columnPool,
      cache: new Tensor('uint8', cache.tokens, [plan.slots, this.#card.tokenBytes]),
      occupied: new Tensor('float32', cache.occupied, [plan.slots]),
      placement,
      momentum: new Tensor('float32', Float32Array.of(momentum), [1]),
    });
    cache.store(slice.firstSlot, outputs.tokens?.data as Uint8Array);
    return outputs.coefficients?.data as Float32Array;
  }

  /** The map rows of a slice and of its halo, [K, 10, rows + 2 halo, w]. */
  #cut({ plan, statistics, exposures }: Geometry, slice: Slice): Tensor {
    const { halo, statistics: channels } = this.#card;
    const width = plan.mapWidth;
    const allRows = plan.paddedRows + 2 * halo;
    const rows = slice.rows + 2 * halo;
    const part = new Float32Array(exposures * channels.length * rows * width);
    for (let channel = 0; channel < exposures * channels.length; channel += 1) {
      const from = (channel * allRows + slice.row) * width;
      part.set(statistics.subarray(from, from + rows * width), channel * rows * width);
    }
    return new Tensor('float32', part, [exposures, channels.length, rows, width]);
  }

  /** The reference's rows are read before they are written, strip by strip, so its payload can be the output. */
  #blend(task: FusionTask, slice: Slice, coefficients: Float32Array): void {
    const output = task.payloads[task.reference];
    if (!output) throw new RangeError(`There is no exposure ${task.reference}.`);
    const { payloads } = task;
    this.#kernels.blend(payloads, coefficients, slice.row - 1, slice.rows + 2, slice.top, slice.bottom, output);
  }
}
