/**
 * Fuses one set of exposures. Lives in a worker; knows nothing of streams.
 *
 * 1. Statistics of all blocks, from sparse samples.
 * 2. In the frame's turn, because it needs what the frame before left in the scene: a scene cut is recognized; after one,
 *    and for the first picture, a priming pass runs the network over all slices for the sake of their tokens alone, so that
 *    the first slice, too, knows the whole picture; then slice by slice the network (statistics and cache in, coefficients
 *    and tokens out), but for slices that stay as they are (reuse.ts). Where the slices that are due have, with their halos,
 *    more rows than the whole map, it goes through in one piece: with a full cache that gives the same.
 * 3. The blend of all pixels, and noise reduction where the reference is noisy, while the next frame has its turn in another
 *    thread.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ColourRange } from '../core/video-caps';
import type { PlaneLayout } from '../core/video-layout';
import { surveyMaps } from './model-card';
import { planGeometry, type Geometry } from './geometry';
import { FusionKernels } from './kernels';
import { applyLook, NATURAL, type Look } from './look';
import type { LoadedModel } from './model';
import { noiseLevel } from './noise-level';
import { reachesOf } from './noise-reduction';
import { REUSE, SliceReuse, type ReuseSettings } from './reuse';
import { Scene } from './scene';
import { isCut } from './scene-change';
import type { Slice } from './slice-plan';
import { weightMap } from './weight-map';

export interface FusionTask {
  /** Raw pictures, dark to bright. The reference's is overwritten with the fused picture. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly range: ColourRange;
  /** Index into `payloads`. */
  readonly reference: number;
  readonly look?: Look;
  /** Whether a weight map is wanted. */
  readonly weights?: boolean;
}

export interface EngineSettings {
  /** Bands of a slice; the result does not depend on it, only memory and latency do. */
  readonly sliceBands: number;
  /** `false`: every slice is evaluated every time. */
  readonly reuse?: ReuseSettings | false;
  /** `false`: slice by slice even where the whole map in one piece costs less. */
  readonly whole?: boolean;
}

/** What the engine tells of one fusion. Times in milliseconds. */
export interface FusionReport {
  readonly sceneCut: boolean;
  readonly slices: number;
  /** Slices that kept what they had. */
  readonly reused: number;
  readonly statisticsMs: number;
  /** Until the frames before had had their turns. */
  readonly waitMs: number;
  readonly networkMs: number;
  readonly blendMs: number;
  /** [K, rows, columns], where it was asked for. */
  readonly weights: { readonly columns: number; readonly rows: number; readonly values: Uint8Array } | undefined;
}

/** The frame's turn among those in work. */
export interface Turn {
  wait(): void;
  pass(): void;
}

const ALONE: Turn = { wait: () => undefined, pass: () => undefined };

/**
 * How much of an old token stays when its cell is seen again: half. The flicker of the shipped video in slices falls from
 * 0.159 to 0.147 codes (models/README.md), and after an exposure change three frames leave an eighth of the old. After a
 * priming pass old and new are the same, and it changes nothing.
 */
export const MOMENTUM = 0.5;

export class FusionEngine {
  readonly #session: InferenceSession;
  readonly #card: LoadedModel['card'];
  readonly #kernels: FusionKernels;
  readonly #settings: EngineSettings;
  readonly #reuse: SliceReuse;
  #geometry: Geometry | undefined;
  /** Of pictures that come without a scene. */
  #ownScene: SharedArrayBuffer | undefined;

  constructor(model: LoadedModel, kernels: FusionKernels, settings: EngineSettings) {
    this.#session = model.session;
    this.#card = model.card;
    this.#kernels = kernels;
    this.#settings = settings;
    this.#reuse = new SliceReuse(settings.reuse === false ? undefined : (settings.reuse ?? REUSE));
  }

  /** Bytes of state that stay from one picture to the next, whatever the number of slices. */
  get stateBytes(): number {
    return (this.#geometry?.bytes ?? 0) + (this.#ownScene?.byteLength ?? 0) + this.#kernels.memoryBytes;
  }

  /** Forgets the scene: the next picture is treated as the first. For pictures that come without a scene. */
  reset(): void {
    this.#ownScene = undefined;
  }

  /**
   * Fuses in place: afterwards the payload of the reference holds the result.
   * @param memory of the scene, made by Scene.allocate for this geometry; without it the engine keeps one of its own
   */
  async fuse(task: FusionTask, memory?: SharedArrayBuffer, turn: Turn = ALONE): Promise<FusionReport> {
    const start = performance.now();
    const geometry = this.#prepare(task);
    this.#measure(task, geometry);
    // The blend overwrites the reference.
    const noise = noiseOf(task);
    const measured = performance.now();
    turn.wait();
    const began = performance.now();
    const scene = new Scene(geometry, memory ?? (this.#ownScene ??= Scene.allocate(geometry)));
    const { sceneCut, reused } = await this.#think(task, geometry, scene);
    // The next frame's turn changes it while this one is blended.
    geometry.coefficients.set(scene.coefficients);
    turn.pass();
    const thought = performance.now();
    const weights = this.#blend(task, geometry);
    this.reduceNoise(task, payloadOf(task), noise);
    return {
      sceneCut,
      slices: geometry.plan.slices.length,
      reused,
      statisticsMs: measured - start,
      waitMs: began - measured,
      networkMs: thought - began,
      blendMs: performance.now() - thought,
      weights,
    };
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

  /** Fills the map with block statistics, and repeats its first and last row outside of the picture. */
  #measure(task: FusionTask, { plan, statistics, allRows }: Geometry): void {
    const { halo } = this.#card;
    const { mapWidth: width, mapHeight } = plan;
    this.#kernels.statistics(task.payloads, 0, mapHeight, statistics, allRows, halo);
    for (let start = 0; start < statistics.length; start += allRows * width) {
      const first = start + halo * width;
      const last = first + (mapHeight - 1) * width;
      for (let row = start; row < first; row += width) statistics.copyWithin(row, first, first + width);
      for (let row = last + width; row < start + allRows * width; row += width) {
        statistics.copyWithin(row, last, last + width);
      }
    }
  }

  /** What a frame does in its turn: brings the scene up to date. */
  async #think(task: FusionTask, geometry: Geometry, scene: Scene): Promise<{ sceneCut: boolean; reused: number }> {
    const means = this.#means(geometry, task.reference);
    const sceneCut = !scene.busy && isCut(scene, means);
    if (scene.busy || sceneCut) scene.forget();
    scene.begin();
    scene.keepMeans(means);
    if (scene.empty) await this.#prime(geometry, scene);
    const due = this.#due(geometry, scene);
    const reused = due === 'whole' ? await this.#evaluateWhole(geometry, scene) : await this.#evaluateDue(geometry, scene, due);
    scene.end();
    return { sceneCut, reused };
  }

  /** Which slices have to be evaluated; the rest is not looked at once the whole map costs less. */
  #due(geometry: Geometry, scene: Scene): readonly boolean[] | 'whole' {
    const due: boolean[] = [];
    for (const [index, slice] of geometry.plan.slices.entries()) {
      due.push(this.#reuse.isDue(scene, index, slice, geometry.rowsOf(slice)));
      if (this.#costsLessWhole(geometry, due)) return 'whole';
    }
    return due;
  }

  /** All slices, for what they leave in the cache. */
  async #prime(geometry: Geometry, scene: Scene): Promise<void> {
    const { slices, whole } = geometry.plan;
    const parts = this.#costsLessWhole(geometry, slices.map(() => true)) ? [whole] : slices;
    for (const slice of parts) await this.#evaluate(geometry, scene, slice, 0);
  }

  /** Whether the slices that are due, halos included, have more cells than the whole map with its halo. */
  #costsLessWhole(geometry: Geometry, due: readonly boolean[]): boolean {
    if (this.#settings.whole === false) return false;
    const { slices, whole } = geometry.plan;
    const cells = slices.reduce((sum, slice, index) => sum + (due[index] ? geometry.cellsOf(slice) : 0), 0);
    return cells > geometry.cellsOf(whole);
  }

  /** @returns how many slices kept what they had: none */
  async #evaluateWhole(geometry: Geometry, scene: Scene): Promise<number> {
    const { slices, whole } = geometry.plan;
    await this.#evaluate(geometry, scene, whole, MOMENTUM);
    for (const [index, slice] of slices.entries()) this.#reuse.remember(scene, index, slices, geometry.rowsOf(slice));
    return 0;
  }

  /** @returns how many slices kept what they had */
  async #evaluateDue(geometry: Geometry, scene: Scene, due: readonly boolean[]): Promise<number> {
    const { slices } = geometry.plan;
    let reused = 0;
    for (const [index, slice] of slices.entries()) {
      // As long as none has been evaluated, the cache is still the one that `due` was found with.
      const cacheMayHaveMoved = index > reused;
      if (!due[index] && !(cacheMayHaveMoved && this.#reuse.cacheMoved(scene, slice))) {
        reused += 1;
        continue;
      }
      await this.#evaluate(geometry, scene, slice, MOMENTUM);
      this.#reuse.remember(scene, index, slices, geometry.rowsOf(slice));
    }
    return reused;
  }

  /** The mean luma of one exposure's blocks. */
  #means({ plan, statistics, allRows }: Geometry, exposure: number): Float32Array {
    const { halo, statistics: channels } = this.#card;
    const channel = Math.max(0, channels.indexOf('mean Yk'));
    const start = ((exposure * channels.length + channel) * allRows + halo) * plan.mapWidth;
    return statistics.subarray(start, start + plan.mapHeight * plan.mapWidth);
  }

  /** Runs the network over one slice: its tokens and coefficients go into the scene. */
  async #evaluate(geometry: Geometry, scene: Scene, slice: Slice, momentum: number): Promise<void> {
    const { plan, exposures } = geometry;
    const { tokenBytes, coefficients: per, halo, statistics: channels } = this.#card;
    const feeds = {
      statistics: new Tensor('float32', geometry.cut(slice), [exposures, channels.length, slice.rows + 2 * halo, plan.mapWidth]),
      ...geometry.constants.get(slice),
      // onnxruntime takes no shared memory.
      tokens: new Tensor('uint8', scene.tokens.slice(), [plan.slots, tokenBytes]),
      occupied: new Tensor('float32', scene.occupied.slice(), [plan.slots]),
      survey: new Tensor('uint8', scene.survey.slice(), [exposures, surveyMaps(this.#card), plan.mapHeight, plan.mapWidth]),
      momentum: new Tensor('float32', Float32Array.of(momentum), [1]),
    };
    // The arrays of the first time hold the results of all later ones: V8 lets arrays of its own lie for long.
    const outputs = await this.#session.run(feeds, geometry.results.get(slice) ?? {});
    geometry.results.set(slice, outputs);
    scene.storeTokens(slice, outputs.new_tokens?.data as Uint8Array);
    scene.storeSurvey(slice, outputs.new_survey?.data as Uint8Array);
    const rows = outputs.coefficients?.data as Float32Array;
    const length = slice.rows * plan.mapWidth;
    for (let plane = 0; plane < exposures * per; plane += 1) {
      scene.coefficients.set(rows.subarray(plane * length, (plane + 1) * length), (plane * plan.paddedRows + slice.row) * plan.mapWidth);
    }
  }

  /** The reference's rows are read before they are written, strip by strip, so its payload can be the output. */
  #blend(task: FusionTask, geometry: Geometry): FusionReport['weights'] {
    const { payloads, layout, reference, look = NATURAL } = task;
    const { coefficients, plan, exposures } = geometry;
    const output = payloadOf(task);
    const per = this.#card.coefficients;
    applyLook(coefficients, exposures, per, reference, look);
    this.#kernels.blend(payloads, coefficients, 0, plan.paddedRows, 0, layout.height, output, look.saturation);
    if (!task.weights) return undefined;
    const { mapWidth: columns, mapHeight: rows, paddedRows: coefficientRows } = plan;
    const means = payloads.map((_, exposure) => this.#means(geometry, exposure));
    const values = weightMap({ means, coefficients, per, coefficientRows, rows, columns, reference });
    return { columns, rows, values };
  }
}

/** The reference's. */
function payloadOf({ payloads, reference }: FusionTask): Uint8Array {
  const payload = payloads[reference];
  if (!payload) throw new RangeError(`There is no exposure ${reference}.`);
  return payload;
}

/** The noise of the reference, in codes; 0 where it does not matter. */
export function noiseOf(task: FusionTask): number {
  const [luma] = task.layout.planes;
  if (!luma || task.look?.denoise === 0) return 0;
  return noiseLevel(task.payloads, task.reference, luma, task.range);
}
