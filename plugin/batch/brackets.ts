/** Which photographs of a folder are one bracket. */
import { byName } from './by-name';

export interface Photograph {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly camera: string;
  /** Milliseconds; undefined where its camera did not say. */
  readonly taken: number | undefined;
  /** EV and seconds; undefined where its camera did not say. */
  readonly exposure: { readonly value: number; readonly time: number } | undefined;
  /** EV; undefined where its camera did not say. */
  readonly bias: number | undefined;
}

export interface Brackets {
  readonly brackets: readonly (readonly Photograph[])[];
  /** What belongs to none. */
  readonly single: readonly Photograph[];
}

/** As drones shoot them; `gst-ipl fuse` takes as many. */
export const MOST_PICTURES = 9;

/** EV: exposures that are nearer are one and the same. */
const LEAST_STEP = 0.15;

/** Milliseconds that may lie between the end of one exposure and the begin of the next: many cameras note whole seconds, and write slowly. */
const LONGEST_PAUSE = 3000;

/**
 * By what cameras noted: pictures of one camera and size, each taken right after the one before, until an exposure comes again.
 * @param photographs of one folder; several cameras may have been at work at the same time
 */
export function findBrackets(photographs: readonly Photograph[]): Brackets {
  const ordered = [...photographs].sort((a, b) => (a.taken ?? 0) - (b.taken ?? 0) || byName(a.file, b.file));
  const groups: Photograph[][] = [];
  /** Of each camera and size, its last. */
  const open = new Map<string, Photograph[]>();
  for (const one of ordered) {
    const source = JSON.stringify([one.camera, one.width, one.height]);
    const last = open.get(source);
    if (last && belongs(one, last)) last.push(one);
    else {
      const group = [one];
      open.set(source, group);
      groups.push(group);
    }
  }
  return divide(groups);
}

function belongs(one: Photograph, group: readonly Photograph[]): boolean {
  const before = group[group.length - 1];
  const { exposure, taken } = one;
  if (!exposure || taken === undefined || !before.exposure || before.taken === undefined || group.length === MOST_PICTURES) return false;
  if (taken - before.taken > 1000 * before.exposure.time + LONGEST_PAUSE) return false;
  return !isNextRow(one, group) && group.every((other) => Math.abs((other.exposure?.value ?? 0) - exposure.value) >= LEAST_STEP);
}

/** A camera that brackets by bias, and is at one again: it measures anew for each row, so that exposures may differ. By hand all have one bias. */
function isNextRow({ bias }: Photograph, group: readonly Photograph[]): boolean {
  const biases = group.map((other) => other.bias);
  return bias !== undefined && biases.includes(bias) && new Set(biases).size > 1;
}

/**
 * As many in a row, by name.
 * @param unread files that cannot be read: each has its place in the row, or all behind it would be of two scenes, and its bracket is none
 */
export function groupByNumber(photographs: readonly Photograph[], count: number, unread: readonly string[] = []): Brackets {
  const read = new Map(photographs.map((one) => [one.file, one]));
  const row = [...read.keys(), ...unread].sort(byName);
  const groups = Array.from({ length: Math.ceil(row.length / count) }, (_, index) => row.slice(index * count, (index + 1) * count).flatMap((file) => read.get(file) ?? []));
  return { brackets: groups.filter(({ length }) => length === count), single: groups.filter(({ length }) => length < count).flat() };
}

/** Those of whose names the pattern's groups hold the same. @param nameOf a photograph's name */
export function groupByPattern(photographs: readonly Photograph[], pattern: RegExp, nameOf: (file: string) => string): Brackets {
  const groups = new Map<string, Photograph[]>();
  const single: Photograph[] = [];
  for (const one of photographs) {
    const found = pattern.exec(nameOf(one.file));
    if (!found) single.push(one);
    else groups.set(found.slice(1).join('\0'), [...(groups.get(found.slice(1).join('\0')) ?? []), one]);
  }
  const divided = divide([...groups.values()]);
  return { brackets: divided.brackets, single: [...single, ...divided.single] };
}

function divide(groups: readonly Photograph[][]): Brackets {
  const isBracket = ({ length }: readonly Photograph[]): boolean => length >= 2 && length <= MOST_PICTURES;
  return { brackets: groups.filter(isBracket), single: groups.filter((group) => !isBracket(group)).flat() };
}
