/**
 * Says of each frame which exposure of the cycle it is, or that it is not sure.
 *
 * Two witnesses: the count of frames by their time stamps, and the brightness of the picture beside that of the exposures
 * so far, which follows slow changes. Both must agree. Where they do not for two frames of a cycle, the lock is lost;
 * it is found again where one turn of the known cycle, and no other, fits a whole round, or as at first: in three rounds.
 */
import { between, type Brightness } from './brightness';
import { darkestOf, findCycle, isCertain, isTold, modulo, type Seen } from './find-cycle';
import type { Slot } from './slot-counter';

export interface TrackerSettings {
  /** Exposures of a cycle that may be found. */
  readonly lengths: readonly number[];
  /** The place in the cycle of the first frame, where that is known. */
  readonly first: number | undefined;
}

export type CycleChange = 'locked' | 'lost';

/** Slots after which counting is not believed any more: two clocks that differ by 1e-3 are half a frame apart at 500. */
const LONGEST_GAP = 100;

/** How much of a new picture's brightness goes into that of its exposure: slow changes are followed within three rounds. */
const GAIN = 0.5;

/** Frames that are remembered in search of a cycle: four rounds of five. */
const MEMORY = 20;

/** Frames in doubt among those of one round that cost the lock. One may be a flash. */
const STRIKES = 2;

export class CycleTracker {
  readonly #settings: TrackerSettings;
  readonly #onChange: (change: CycleChange) => void;
  #levels: (Brightness | undefined)[] = [];
  /** A slot at which the cycle begins; undefined while the lock is lost. */
  #start: number | undefined;
  /** Frames since the lock was lost, or of the last round. */
  #seen: Seen[] = [];
  #doubts: number[] = [];
  /** Which place of the cycle is the darkest: the first, unless the first frame was said to be another. */
  #darkest = 0;

  constructor(settings: TrackerSettings, onChange: (change: CycleChange) => void) {
    this.#settings = settings;
    this.#onChange = onChange;
    const [length = 0] = settings.lengths;
    if (settings.first === undefined) return;
    this.#levels = Array.from({ length }, () => undefined);
    this.#start = -settings.first;
    onChange('locked');
  }

  /** Exposures of the cycle; 0 before it is known. */
  get length(): number {
    return this.#levels.length;
  }

  get locked(): boolean {
    return this.#start !== undefined;
  }

  /** The exposures from dark to bright, as places in the cycle. */
  get darkToBright(): number[] {
    const mean = (phase: number): number => this.#levels[phase]?.[0] ?? 0;
    return this.#levels.map((_, phase) => phase).sort((a, b) => mean(a) - mean(b));
  }

  /** @returns the place in the cycle, from 0; undefined where it is not certain */
  next({ slot, steps }: Slot, brightness: Brightness): number | undefined {
    const lapsed = steps === undefined ? !this.#isTold(slot) : steps > LONGEST_GAP;
    if (lapsed) this.#unlock();
    if (steps === undefined || lapsed) this.#seen = [];
    this.#seen = [...this.#seen, { slot, brightness }].slice(-MEMORY);
    if (this.#start === undefined) this.#search();
    else if (!this.#follow(slot, brightness, this.#start)) return undefined;
    return this.#start === undefined ? undefined : modulo(slot - this.#start, this.length);
  }

  #isTold(slot: number): boolean {
    return this.#start !== undefined && isTold(modulo(slot - this.#start, this.length), this.#levels);
  }

  /** @returns whether the frame is what the count says */
  #follow(slot: number, brightness: Brightness, start: number): boolean {
    const phase = modulo(slot - start, this.length);
    if (isCertain(brightness, phase, this.#levels)) {
      const level = this.#levels[phase];
      this.#levels[phase] = level ? between(level, brightness, GAIN) : brightness;
      if (this.#levels.every((known) => known)) this.#darkest = darkestOf(this.#levels);
      return true;
    }
    this.#doubts = [...this.#doubts.filter((doubt) => doubt > slot - this.length), slot];
    if (this.#doubts.length >= STRIKES) this.#unlock();
    return false;
  }

  #unlock(): void {
    if (this.#start === undefined) return;
    this.#start = undefined;
    const [since = Infinity] = this.#doubts;
    this.#seen = this.#seen.filter(({ slot }) => slot >= since);
    this.#doubts = [];
    this.#onChange('lost');
  }

  #search(): void {
    const turned = this.#findTurn();
    if (turned !== undefined) return this.#lock(turned);
    const cycle = findCycle(this.#seen, this.#settings.lengths);
    if (!cycle) return;
    const { length } = cycle.levels;
    // The cycle was found from its darkest exposure on, which may be any of those that have names.
    const darkest = length === this.length ? this.#darkest : 0;
    this.#levels = cycle.levels.map((_, phase) => cycle.levels[modulo(phase - darkest, length)]);
    this.#darkest = darkest;
    this.#lock(cycle.start - darkest);
  }

  /** The start of the known cycle, if all of the last round fit one turn of it and no other. */
  #findTurn(): number | undefined {
    const { length } = this;
    const round = this.#seen.slice(-length - 1);
    if (length === 0 || round.length <= length || this.#levels.includes(undefined)) return undefined;
    const first = round[0]?.slot ?? 0;
    if ((round.at(-1)?.slot ?? 0) - first !== length) return undefined;
    const turns = this.#levels
      .map((_, turn) => first - turn)
      .filter((start) => round.every(({ slot, brightness }) => isCertain(brightness, modulo(slot - start, length), this.#levels)));
    return turns.length === 1 ? turns[0] : undefined;
  }

  #lock(start: number): void {
    this.#start = start;
    this.#doubts = [];
    this.#onChange('locked');
  }
}
