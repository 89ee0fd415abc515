/**
 * How old recordings are: a clock that is set must make none older. What this process records ages by the steady clock.
 * What it finds at its start can only be asked for its name and its last change, against the clock on the wall; so this
 * is done once, and from then on the steady clock counts for it, too.
 */
import { JUMP_MS, JumpWatch, type Clocks } from './clocks';
import type { Segment } from './segment-files';

/** A machine that starts with a wrong clock has it set by NTP within a few minutes; nothing that was found goes before. */
const SETTLE_MS = 10 * 60_000;

export class Ages {
  readonly #limit: number;
  readonly #clocks: Clocks;
  readonly #warn: (message: string) => void;
  readonly #jumps: JumpWatch;
  /** When recordings ended by the steady clock. */
  readonly #ends = new Map<string, number>();
  #found = new Map<string, Segment>();
  #settledAt = 0;
  #doubtful = false;

  /** @param limit milliseconds */
  constructor(limit: number, clocks: Clocks, warn: (message: string) => void) {
    this.#limit = limit;
    this.#clocks = clocks;
    this.#warn = warn;
    this.#jumps = new JumpWatch(clocks);
  }

  find(segments: readonly Segment[]): void {
    this.#found = new Map(segments.map((segment) => [segment.name, segment]));
    this.#jumps.check();
    this.#assess();
  }

  add({ name }: Segment): void {
    this.#ends.set(name, this.#clocks.steady());
  }

  forget({ name }: Segment): void {
    this.#ends.delete(name);
    this.#found.delete(name);
  }

  tooOld({ name }: Segment): boolean {
    const now = this.#clocks.steady();
    if (now < this.#settledAt && this.#found.has(name)) return false;
    return now - (this.#ends.get(name) ?? now) > this.#limit;
  }

  /**
   * Looks whether the clock on the wall was set.
   * @returns what the last changes of this process's recordings would be by the new time, where it is a later one: the
   *   next start must not take them for older than they are. Milliseconds since 1970, by name.
   */
  watch(): ReadonlyMap<string, number> {
    const by = this.#jumps.check();
    if (by === 0) return new Map();
    this.#warn(`The clock was set ${describe(Math.abs(by))} ${by > 0 ? 'ahead' : 'back'}. Recordings are as old as they were: none is removed for it.`);
    // Set soon after the start, or a clock that recordings had shown to be slow: now it is right.
    if (this.#clocks.steady() < this.#settledAt || this.#doubtful) this.#assess();
    if (by < 0) return new Map();
    const ahead = this.#clocks.wall() - this.#clocks.steady();
    return new Map([...this.#ends].filter(([name]) => !this.#found.has(name)).map(([name, end]) => [name, end + ahead]));
  }

  #assess(): void {
    const [now, steady] = [this.#clocks.wall(), this.#clocks.steady()];
    this.#settledAt = steady + SETTLE_MS;
    const times = [...this.#found.values()].map(timeOf);
    const future = times.filter((time) => time > now + JUMP_MS).length;
    this.#doubtful = future > 0;
    if (this.#doubtful) this.#warn(`${future} recordings bear a time that is still to come; they age from now on. Is the clock right?`);
    const ages = times.map((time) => Math.max(0, now - time));
    const youngest = ages.reduce((least, age) => Math.min(least, age), Infinity);
    // All would go at once. A long pause, or a clock that is or was wrong: nobody can tell.
    const doubted = youngest > this.#limit && youngest !== Infinity ? youngest : 0;
    if (doubted) this.#warn(`The newest recording is ${describe(doubted)} old, more than is kept. The clock may be wrong: recordings age from now on, and none is removed at once.`);
    for (const [index, name] of [...this.#found.keys()].entries()) this.#ends.set(name, steady - (ages[index] ?? 0) + doubted);
  }
}

/** When a recording ended, by the later of its name and its last change: either may come from a clock that was slow. */
export function timeOf({ startedAt, changedAt }: Segment): number {
  return Math.max(startedAt, changedAt);
}

function describe(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return `${(hours / 24).toFixed(1)} days`;
  return hours >= 1 ? `${hours.toFixed(1)} hours` : `${(hours * 60).toFixed(1)} minutes`;
}
