/**
 * Which slices keep the coefficients and tokens of an earlier frame: those whose statistics are still those that they
 * were last evaluated with, but for noise, while the rest of the cache is, too. They are compared with what was evaluated,
 * not with the frame before, so that slow changes add up until they count.
 */
import { gatherRows, rowsOfMap, type MapRows } from '../network/map-rows';
import type { Scene } from './scene';
import type { Slice } from '../network/slice-plan';

/** Thresholds: see bench/README.md, "Reuse", for what each costs and gives. */
export interface ReuseSettings {
  /** Mean absolute change over the statistics of one block: above this, something happens there. */
  readonly cell: number;
  /** The same over a whole slice: above this, the light changes. */
  readonly slice: number;
  /** Mean absolute change of the tokens' bytes. */
  readonly cache: number;
  /** Mean absolute change of the survey's bytes: what the picture's brightness is made of. */
  readonly survey: number;
  /** Frames after which a slice is evaluated in any case. */
  readonly refresh: number;
}

export const REUSE: ReuseSettings = { cell: 0.02, slice: 0.002, cache: 2, survey: 1, refresh: 32 };

export class SliceReuse {
  readonly #settings: ReuseSettings | undefined;

  /** @param settings undefined: every slice is evaluated every time */
  constructor(settings: ReuseSettings | undefined) {
    this.#settings = settings;
  }

  /**
   * Whether a slice has to be evaluated, as far as is known before any other is.
   * @param statistics what would go into the network: the slice's and the halo's
   */
  isDue(scene: Scene, index: number, slice: Slice, statistics: MapRows): boolean {
    const settings = this.#settings;
    const last = scene.evaluated[index] ?? 0;
    if (!settings || last === 0 || scene.frames - last >= settings.refresh) return true;
    return !staysWithin(statistics, scene.statisticsOf(slice, statistics.maps * statistics.cells), settings) || this.cacheMoved(scene, slice);
  }

  /** Whether the cache is no longer the one that the slice was evaluated with: others of this frame may have changed it. */
  cacheMoved(scene: Scene, slice: Slice): boolean {
    const settings = this.#settings;
    if (!settings) return true;
    return meanChange(scene.tokens, scene.cacheOf(slice)) > settings.cache || meanChange(scene.survey, scene.surveyOf(slice)) > settings.survey;
  }

  /** Remembers what a slice was evaluated with. To be called once its tokens are in the cache. */
  remember(scene: Scene, index: number, slices: readonly Slice[], statistics: MapRows): void {
    const slice = slices[index];
    if (!slice || !this.#settings) return;
    const first = scene.evaluated[index] === 0;
    // From the first time on, slices are due in different frames.
    const early = first ? Math.floor((index * this.#settings.refresh) / slices.length) : 0;
    // Zero would say that it never was.
    scene.evaluated[index] = scene.frames - early || -1;
    gatherRows(statistics, scene.statisticsOf(slice, statistics.maps * statistics.cells));
    scene.cacheOf(slice).set(scene.tokens);
    scene.surveyOf(slice).set(scene.survey);
  }
}

/** Maps after which changes that have added up are looked at. */
const LOOKED_AT = 8;

function staysWithin(statistics: MapRows, then: Float32Array, limits: ReuseSettings): boolean {
  const { maps, cells } = statistics;
  // Map by map, as they lie in memory.
  const changes = new Float64Array(cells);
  for (let map = 0; map < maps; map += 1) {
    const now = rowsOfMap(statistics, map);
    const before = then.subarray(map * cells, (map + 1) * cells);
    for (let cell = 0; cell < cells; cell += 1) changes[cell] = (changes[cell] ?? 0) + Math.abs((now[cell] ?? 0) - (before[cell] ?? 0));
    // Where something moves, a few maps tell it.
    if ((map + 1) % LOOKED_AT === 0 && changes.some((change) => change > limits.cell * maps)) return false;
  }
  let total = 0;
  for (const change of changes) {
    if (change > limits.cell * maps) return false;
    total += change;
  }
  return total <= limits.slice * maps * cells;
}

function meanChange(now: Uint8Array, then: Uint8Array): number {
  let change = 0;
  for (let index = 0; index < now.length; index += 1) change += Math.abs((now[index] ?? 0) - (then[index] ?? 0));
  return change / now.length;
}
