/**
 * Black borders of an exposure that another program has lined up: what it does not cover there. The exposure shows nothing in them, but the block statistics
 * would take them for a picture: a sky beside 15 black rows of the bright exposure came out 8 codes too dark, two blocks far in.
 * Its border is repeated into them, as in strips that our own lining up leaves (ipl/engine/held-border.ts), and as far: where strips are wider, that would show.
 */
import type { Pixels } from '../ipl/kernels';

/** Of 255: what a JPEG makes of black beside white. */
const BLANK = 12;
/** Of 255, what lies beyond a border has at least: darks of a picture fade, a border ends. */
const ENDS = 28;
/** Of 255, what the reference has there at least: a brighter exposure is not black then, a darker one not up to 4 EV below. */
const SHOWN = { brighter: 24, darker: 96 };
/** Pixels in which a border ends: lined-up pictures are interpolated, and compressed. */
const SOFT = 3;
/** Of a side, that has a border: less is a dark thing that touches it. */
const LEAST = 1 / 8;
/** Of the lines with a border, where it has to end so, and to be shown by the reference. */
const MOST = 0.9;

/** Red, green, blue of a picture, or of a part of it. */
export interface Area {
  readonly pixels: Pixels;
  readonly width: number;
  readonly height: number;
}

export type Side = 'top' | 'bottom' | 'left' | 'right';
export const SIDES: readonly Side[] = ['top', 'bottom', 'left', 'right'];

/** Pixels of a line that are looked at. @param most of them that a border may have */
export const reachOf = (most: number): number => Math.floor(most) + SOFT + 1;

/** By line (column, or row) at one side of a picture, how many pixels are blank. */
export interface Border {
  readonly side: Side;
  readonly runs: Int32Array;
}

/**
 * @param exposure whole, or as much of it as `most` and what is beyond takes
 * @param reference the same part of it
 * @param brighter whether the exposure is the brighter one
 * @param most pixels
 * @returns undefined where there is none at that side
 */
export function findBorder(exposure: Area, reference: Area, side: Side, brighter: boolean, most: number): Border | undefined {
  const { lines, depth, at } = linesOf(exposure, side);
  const runs = new Int32Array(lines);
  let [bordered, plain] = [0, 0];
  for (let line = 0; line < lines; line += 1) {
    let run = 0;
    while (run <= most && run < depth && brightest(exposure.pixels, at(line, run)) <= BLANK) run += 1;
    if (run === 0 || run > most || run + SOFT >= depth) continue;
    runs[line] = run;
    bordered += 1;
    const ends = brightest(exposure.pixels, at(line, run + SOFT)) >= ENDS;
    const shown = brightest(reference.pixels, at(line, run >> 1)) >= SHOWN[brighter ? 'brighter' : 'darker'];
    if (ends && shown) plain += 1;
  }
  return bordered >= LEAST * lines && plain >= MOST * bordered ? { side, runs } : undefined;
}

/** Repeats what lies beyond a border into it, in place. @returns pixels of its widest line */
export function fillBorder(area: Area, { side, runs }: Border): number {
  const { pixels } = area;
  const { at } = linesOf(area, side);
  for (const [line, run] of runs.entries()) {
    if (run === 0) continue;
    const from = at(line, run + SOFT);
    for (let pixel = 0; pixel < run + SOFT; pixel += 1) pixels.copyWithin(at(line, pixel), from, from + 3);
  }
  return runs.reduce((most, run) => Math.max(most, run), 0);
}

export const borderNews = (name: string, pixels: number): string => `${name}: a black border of ${pixels} pixels, as of a picture that was lined up before, is filled with what is beside it.`;

/** Where the pixel of a line is that lies so deep in the picture. */
function linesOf({ width, height }: Area, side: Side): { lines: number; depth: number; at: (line: number, deep: number) => number } {
  const upright = side === 'top' || side === 'bottom';
  const far = side === 'bottom' || side === 'right';
  const [lines, depth] = upright ? [width, height] : [height, width];
  const inward = (deep: number): number => (far ? depth - 1 - deep : deep);
  return { lines, depth, at: (line, deep) => 3 * (upright ? inward(deep) * width + line : line * width + inward(deep)) };
}

/** The greatest of a pixel's three, of 255. */
function brightest(pixels: Pixels, at: number): number {
  const code = Math.max(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
  return pixels instanceof Uint16Array ? code >> 8 : code;
}
