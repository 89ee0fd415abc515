/**
 * What a frame does in its turn, so that the scene's cache and coefficients become its own.
 *
 * A scene cut is recognized; after one, and for the first picture, a priming pass runs the network over all slices for the
 * sake of their tokens alone, so that the first slice, too, knows the whole picture; then slice by slice the network
 * (statistics and cache in, coefficients and tokens out), but for slices that stay as they are (reuse.ts). Where the slices
 * that are due have, with their halos, more rows than the whole map, it goes through in one piece: with a full cache that
 * gives the same.
 */
import { Tensor } from 'onnxruntime-node';
import type { Geometry } from './geometry';
import type { LoadedModel } from './model';
import { surveyMaps } from './model-card';
import { REUSE, SliceReuse, type ReuseSettings } from './reuse';
import type { Scene } from './scene';
import { isCut } from './scene-change';
import type { Slice } from './slice-plan';

/**
 * How much of an old token stays when its cell is seen again: half. The flicker of the shipped video in slices falls from
 * 0.159 to 0.147 codes (models/README.md), and after an exposure change three frames leave an eighth of the old. After a
 * priming pass old and new are the same, and it changes nothing.
 */
export const MOMENTUM = 0.5;

export interface UpdateSettings {
  /** `false`: every slice is evaluated every time. */
  readonly reuse?: ReuseSettings | false;
  /** `false`: slice by slice even where the whole map in one piece costs less. */
  readonly whole?: boolean;
}

export class SceneUpdate {
  readonly #session: LoadedModel['session'];
  readonly #card: LoadedModel['card'];
  readonly #reuse: SliceReuse;
  readonly #whole: boolean;

  constructor({ session, card }: LoadedModel, { reuse = REUSE, whole = true }: UpdateSettings) {
    this.#session = session;
    this.#card = card;
    this.#reuse = new SliceReuse(reuse === false ? undefined : reuse);
    this.#whole = whole;
  }

  /** Brings the scene up to date. @param geometry with the statistics of the frame */
  async run(geometry: Geometry, scene: Scene, reference: number): Promise<{ sceneCut: boolean; reused: number }> {
    const means = meansOf(this.#card, geometry, reference);
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
    if (!this.#whole) return false;
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
}

/** The mean luma of one exposure's blocks. */
export function meansOf({ halo, statistics: channels }: LoadedModel['card'], { plan, statistics, allRows }: Geometry, exposure: number): Float32Array {
  const channel = Math.max(0, channels.indexOf('mean Yk'));
  const start = ((exposure * channels.length + channel) * allRows + halo) * plan.mapWidth;
  return statistics.subarray(start, start + plan.mapHeight * plan.mapWidth);
}
