/** Finds in the brightness of the last frames whether exposures go round, and of how many. */
import { between, difference, type Brightness } from './brightness';

/** A frame by its number: frames that were lost on the way have numbers, too. */
export interface Seen {
  readonly slot: number;
  readonly brightness: Brightness;
}

/** The brightness of each exposure of a cycle, beginning with the darkest. */
export interface Cycle {
  readonly levels: readonly Brightness[];
  /** A slot at which the cycle begins. */
  readonly start: number;
}

/** Rounds that must agree before a cycle is believed: two can agree by chance. */
const ROUNDS = 3;

/**
 * Codes. Two exposures of a cycle differ by more; so do not the flicker of lamps or a waving tree. Half a stop of
 * exposure is 10 codes at the brightness of grass.
 */
export const DISTINCT = 6;

/** A cycle's exposures differ from one another by so many times more than one exposure from its next. */
const CLEARLY = 3;

/** @param frames the last frames, in order, all of them with trusted numbers */
export function findCycle(frames: readonly Seen[], lengths: readonly number[]): Cycle | undefined {
  for (const length of lengths) {
    const cycle = tryLength(frames, length);
    if (cycle) return cycle;
  }
  return undefined;
}

function tryLength(frames: readonly Seen[], length: number): Cycle | undefined {
  const newest = frames.at(-1)?.slot ?? 0;
  const recent = frames.filter(({ slot }) => slot > newest - (ROUNDS + 1) * length);
  if (recent.length < ROUNDS * length) return undefined;
  const rounds = Array.from({ length }, (_, phase) => recent.filter(({ slot }) => modulo(slot, length) === phase));
  if (rounds.some((round) => round.length < 2)) return undefined;
  const levels = rounds.map((round) => meanOf(round));
  const changes = rounds.flatMap((round) => round.slice(1).map((seen, index) => differenceOf(seen, round[index])));
  const noise = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  if (contrastOf(levels) < Math.max(DISTINCT, CLEARLY * noise)) return undefined;
  const start = darkestOf(levels);
  const turned = levels.map((_, index) => levels[(index + start) % length]);
  if (!recent.every(({ slot, brightness }) => isCertain(brightness, modulo(slot - start, length), turned))) return undefined;
  return { levels: turned, start };
}

/** How much the cycle differs from itself turned, at least: a cycle of 2 is not one of 4. */
function contrastOf(levels: readonly Brightness[]): number {
  const { length } = levels;
  const turns = Array.from({ length: length - 1 }, (_, turn) =>
    levels.reduce((sum, level, index) => sum + difference(level, levels[(index + turn + 1) % length]), 0) / length,
  );
  return Math.min(...turns);
}

/**
 * The picture is that of its exposure, by its brightness: nearer to it than half the way to any other that can be told
 * from it.
 */
export function isCertain(brightness: Brightness, phase: number, levels: readonly (Brightness | undefined)[]): boolean {
  const own = levels[phase];
  if (!own) return true;
  const off = difference(brightness, own);
  return levels.every((other, index) => {
    if (!other || index === phase) return true;
    const distance = difference(own, other);
    return distance < DISTINCT || off < distance / 2;
  });
}

/** Brightness can tell the exposure from all others. */
export function isTold(phase: number, levels: readonly (Brightness | undefined)[]): boolean {
  const own = levels[phase];
  return levels.every((other, index) => index === phase || (own && other && difference(own, other) >= DISTINCT));
}

export function darkestOf(levels: readonly (Brightness | undefined)[]): number {
  const means = levels.map((level) => level?.[0] ?? Infinity);
  return means.indexOf(Math.min(...means));
}

function meanOf(seen: readonly Seen[]): Brightness {
  const [first] = seen;
  return seen.slice(1).reduce((mean, { brightness }, index) => between(mean, brightness, 1 / (index + 2)), first?.brightness);
}

function differenceOf(a: Seen, b: Seen | undefined): number {
  return b ? difference(a.brightness, b.brightness) : 0;
}

export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
