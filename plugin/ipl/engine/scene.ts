/**
 * What frames of one scene and geometry leave for the frames after them, in shared memory, because these may be fused by
 * another thread: the attention cache (tokens, and the survey of all blocks), what shows a scene cut, and what each slice was last evaluated with, so that a
 * slice that stays as it is keeps its coefficients and tokens (reuse.ts).
 *
 * Whoever has the turn (pool/turns.ts) owns it. Its size is fixed by the picture's geometry: it depends neither on the number
 * of frames nor on that of slices.
 */
import { surveyMaps, type ModelCard } from '../network/model-card';
import { BAND_ROWS } from '../kernels/rule.generated';
import type { Slice, SlicePlan } from '../network/slice-plan';

export interface SceneShape {
  readonly plan: SlicePlan;
  readonly exposures: number;
  readonly card: ModelCard;
}

/** Places in the header. */
const BUSY = 0;
const FRAMES = 1;
const HAS_MEANS = 2;
const NUMBER = 3;
const HEADER = 4;

export class Scene {
  static #lastNumber = 0;
  /** [slots, tokenBytes] */
  readonly tokens: Uint8Array;
  /** What each block may add to the picture, by all slices: [K, surveyMaps, mapHeight, w]. */
  readonly survey: Uint8Array;
  /** [slots]: 1 where a slot holds a token, 0 where nothing was learnt yet. */
  readonly occupied: Float32Array;
  /** Mean luma of the reference's blocks in the last frame. */
  readonly means: Float32Array;
  /** Of every slice's last evaluation: [K, coefficients, paddedRows, w]. */
  readonly coefficients: Float32Array;
  /** By slice: the frame of its last evaluation, or one before it, to be due sooner; 0 where there was none. */
  readonly evaluated: Int32Array;
  readonly #header: Int32Array;
  /** By slice: the statistics and the cache that it was last evaluated with. */
  readonly #statistics: Float32Array;
  readonly #caches: Uint8Array;
  readonly #surveys: Uint8Array;
  readonly #bandStatistics: number;
  readonly #plan: SlicePlan;

  constructor({ plan, exposures, card }: SceneShape, buffer: SharedArrayBuffer) {
    this.#plan = plan;
    const sizes = sizesOf({ plan, exposures, card });
    let next = 0;
    const reserve = (bytes: number): number => {
      const at = next;
      next += roundUp(bytes);
      return at;
    };
    this.#header = new Int32Array(buffer, reserve(HEADER * 4), HEADER);
    this.evaluated = new Int32Array(buffer, reserve(sizes.bands * 4), sizes.bands);
    this.occupied = new Float32Array(buffer, reserve(plan.slots * 4), plan.slots);
    this.means = new Float32Array(buffer, reserve(sizes.means * 4), sizes.means);
    this.coefficients = new Float32Array(buffer, reserve(sizes.coefficients * 4), sizes.coefficients);
    this.#bandStatistics = sizes.bandStatistics;
    this.#statistics = new Float32Array(buffer, reserve(sizes.bands * sizes.bandStatistics * 4), sizes.bands * sizes.bandStatistics);
    this.tokens = new Uint8Array(buffer, reserve(sizes.cache), sizes.cache);
    this.#caches = new Uint8Array(buffer, reserve(sizes.bands * sizes.cache), sizes.bands * sizes.cache);
    this.survey = new Uint8Array(buffer, reserve(sizes.survey), sizes.survey);
    this.#surveys = new Uint8Array(buffer, reserve(sizes.bands * sizes.survey), sizes.bands * sizes.survey);
  }

  /** Memory for a scene that knows nothing yet. */
  static allocate(shape: SceneShape): SharedArrayBuffer {
    const { bands, means, coefficients, bandStatistics, cache, survey } = sizesOf(shape);
    const floats = [bands, HEADER, shape.plan.slots, means, coefficients, bands * bandStatistics];
    const bytes = [cache, bands * cache, survey, bands * survey];
    const total = [...floats.map((count) => count * 4), ...bytes].reduce((sum, size) => sum + roundUp(size), 0);
    return new SharedArrayBuffer(total);
  }

  /**
   * Distinguishes a scene from others where something of it is kept elsewhere, as on a device. One that has no number yet, or has
   * forgotten everything, gets the next. For one thread: the one that has the device.
   */
  static numberOf(memory: SharedArrayBuffer): number {
    const header = new Int32Array(memory, 0, HEADER);
    const number = header[NUMBER] || (Scene.#lastNumber += 1);
    header[NUMBER] = number;
    return number;
  }

  /** True after `begin` until `end`: also when the thread died in between, and what it left is not to be trusted. */
  get busy(): boolean {
    return this.#header[BUSY] === 1;
  }

  /** Frames of this scene so far, the present one included. */
  get frames(): number {
    return this.#header[FRAMES] ?? 0;
  }

  /** False for the first frame. */
  get hasMeans(): boolean {
    return this.#header[HAS_MEANS] === 1;
  }

  begin(): void {
    this.#header[BUSY] = 1;
    this.#header[FRAMES] = this.frames + 1;
  }

  end(): void {
    this.#header[BUSY] = 0;
  }

  keepMeans(means: Float32Array): void {
    this.means.set(means);
    this.#header[HAS_MEANS] = 1;
  }

  /** Forgets everything: another scene, another camera. */
  forget(): void {
    this.#header.fill(0);
    this.evaluated.fill(0);
    this.occupied.fill(0);
    this.tokens.fill(0);
    this.survey.fill(0);
  }

  /** Puts a slice's tokens into its cells. @param tokens [cells, tokenBytes] */
  storeTokens(slice: Slice, tokens: Uint8Array): void {
    this.tokens.set(tokens, (slice.firstSlot * tokens.length) / slice.cells);
    this.occupied.fill(1, slice.firstSlot, slice.firstSlot + slice.cells);
  }

  /** Puts a slice's rows into the survey. @param rows [K, surveyMaps, slice.rows, w]; those of the padding are left out */
  storeSurvey(slice: Slice, rows: Uint8Array): void {
    const { mapHeight, mapWidth } = this.#plan;
    const inside = Math.min(slice.rows, mapHeight - slice.row) * mapWidth;
    const maps = this.survey.length / (mapHeight * mapWidth);
    for (let map = 0; map < maps; map += 1) {
      const from = map * slice.rows * mapWidth;
      this.survey.set(rows.subarray(from, from + inside), (map * mapHeight + slice.row) * mapWidth);
    }
  }

  /** What the slice was last evaluated with, as it goes into the network. */
  statisticsOf(slice: Slice, length: number): Float32Array {
    const start = (slice.row / BAND_ROWS) * this.#bandStatistics;
    return this.#statistics.subarray(start, start + length);
  }

  cacheOf(slice: Slice): Uint8Array {
    const start = (slice.row / BAND_ROWS) * this.tokens.length;
    return this.#caches.subarray(start, start + this.tokens.length);
  }

  surveyOf(slice: Slice): Uint8Array {
    const start = (slice.row / BAND_ROWS) * this.survey.length;
    return this.#surveys.subarray(start, start + this.survey.length);
  }
}

function sizesOf({ plan, exposures, card }: SceneShape): Record<'bands' | 'means' | 'coefficients' | 'bandStatistics' | 'cache' | 'survey', number> {
  return {
    bands: plan.paddedRows / BAND_ROWS,
    means: plan.mapWidth * plan.mapHeight,
    coefficients: exposures * card.coefficients * plan.paddedRows * plan.mapWidth,
    // Slices of one band have the most halo.
    bandStatistics: exposures * card.statistics.length * (BAND_ROWS + 2 * card.halo) * plan.mapWidth,
    cache: plan.slots * card.tokenBytes,
    survey: exposures * surveyMaps(card) * plan.mapHeight * plan.mapWidth,
  };
}

/** Regions begin where every kind of array may begin. */
const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;
