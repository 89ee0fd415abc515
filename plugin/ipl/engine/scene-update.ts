/**
 * What a frame does in its turn, so that the scene's cache and coefficients become its own.
 *
 * A scene cut is recognized. Then slices whose statistics have changed (reuse.ts) pass through the network: statistics and
 * cache in, coefficients and what they leave in the cache out. No slice reads a cache that an earlier frame left of
 * something that has moved since: that showed, as a tail behind it and a halo around it. So
 *
 * - one changed slice passes alone, as the network puts the slice's own part into the cache before it reads it;
 * - where more have changed, the whole map passes in one piece, or, where that has fewer rows, halos included, first all of
 *   them for the sake of the cache alone, and then again for their coefficients.
 *
 * The other slices keep what they have while the rest of the cache is as they were evaluated with.
 */
import { Tensor } from 'onnxruntime-node';
import type { Geometry } from '../network/geometry';
import type { LoadedModel } from '../network/model';
import { surveyMaps } from '../network/model-card';
import { REUSE, SliceReuse, type ReuseSettings } from './reuse';
import type { Scene } from './scene';
import { isCut } from './scene-change';
import type { Slice } from '../network/slice-plan';

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

  /** Whether the slices that are due, each of them twice where there are several, have more cells than the whole map. */
  #costsLessWhole(geometry: Geometry, due: readonly boolean[]): boolean {
    if (!this.#whole) return false;
    const { slices, whole } = geometry.plan;
    const cells = slices.reduce((sum, slice, index) => sum + (due[index] ? geometry.cellsOf(slice) : 0), 0);
    return passesOf(due) * cells > geometry.cellsOf(whole);
  }

  /** @returns how many slices kept what they had: none */
  async #evaluateWhole(geometry: Geometry, scene: Scene): Promise<number> {
    const { slices, whole } = geometry.plan;
    await this.#evaluate(geometry, scene, whole);
    for (const [index, slice] of slices.entries()) this.#reuse.remember(scene, index, slices, geometry.rowsOf(slice));
    return 0;
  }

  /** @returns how many slices kept what they had */
  async #evaluateDue(geometry: Geometry, scene: Scene, due: readonly boolean[]): Promise<number> {
    const { slices } = geometry.plan;
    // What a slice leaves in the cache follows from its statistics alone.
    for (let pass = 1; pass < passesOf(due); pass += 1) {
      for (const [index, slice] of slices.entries()) if (due[index]) await this.#evaluate(geometry, scene, slice);
    }
    let reused = 0;
    // Those that are due first: only they change the cache, and where there is one alone, it was not changed before.
    const order = [...slices.entries()].sort(([a], [b]) => Number(due[b]) - Number(due[a]) || a - b);
    for (const [index, slice] of order) {
      if (!due[index] && !this.#reuse.cacheMoved(scene, slice)) {
        reused += 1;
        continue;
      }
      await this.#evaluate(geometry, scene, slice);
      this.#reuse.remember(scene, index, slices, geometry.rowsOf(slice));
    }
    return reused;
  }

  /** Runs the network over one slice: its tokens and coefficients go into the scene. */
  async #evaluate(geometry: Geometry, scene: Scene, slice: Slice): Promise<void> {
    const { plan, exposures } = geometry;
    const { tokenBytes, coefficients: per, halo, statistics: channels } = this.#card;
    const feeds = {
      statistics: new Tensor('float32', geometry.cut(slice), [exposures, channels.length, slice.rows + 2 * halo, plan.mapWidth]),
      ...geometry.constants.get(slice),
      // onnxruntime takes no shared memory.
      tokens: new Tensor('uint8', scene.tokens.slice(), [plan.slots, tokenBytes]),
      occupied: new Tensor('float32', scene.occupied.slice(), [plan.slots]),
      survey: new Tensor('uint8', scene.survey.slice(), [exposures, surveyMaps(this.#card), plan.mapHeight, plan.mapWidth]),
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

/** Several slices need each other's part of the cache first. */
const passesOf = (due: readonly boolean[]): number => (due.filter(Boolean).length > 1 ? 2 : 1);

/** The mean luma of one exposure's blocks. */
export function meansOf({ halo, statistics: channels }: LoadedModel['card'], { plan, statistics, allRows }: Geometry, exposure: number): Float32Array {
  const channel = Math.max(0, channels.indexOf('mean Yk'));
  const start = ((exposure * channels.length + channel) * allRows + halo) * plan.mapWidth;
  return statistics.subarray(start, start + plan.mapHeight * plan.mapWidth);
}
