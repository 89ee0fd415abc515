/** Refuses exposures that cannot be fused, in words that say which branch differs and what to do. */
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frame';
import type { Fraction, VideoCaps } from '../core/video-caps';

/** @throws GstIplError `bad-exposures` */
export function checkBranches(frames: readonly Frame[], names: readonly string[]): void {
  const [first] = frames;
  if (!first) return;
  for (const [index, frame] of frames.entries()) {
    const name = names[index] ?? '';
    if (frame.caps.interlaced) {
      throw refuse(name, `Branch "${name}" is interlaced; only progressive video can be fused.`, [
        `Put \`deinterlace\` into the launch fragment of "${name}".`,
      ]);
    }
    if (frame.caps !== first.caps) compare(first.caps, frame.caps, names[0] ?? '', name);
  }
}

function compare(a: VideoCaps, b: VideoCaps, nameA: string, nameB: string): void {
  const rows: [what: string, valueA: string, valueB: string, remedy: string][] = [
    ['size', sizeOf(a), sizeOf(b), 'Put `videoscale` and a caps filter with the common width and height'],
    ['format', a.format, b.format, 'Put `videoconvert ! video/x-raw,format=I420`'],
    ['range', a.range, b.range, 'Put `videoconvert` and a caps filter with the common colorimetry'],
  ];
  for (const [what, valueA, valueB, remedy] of rows) {
    if (valueA === valueB) continue;
    throw refuse(
      nameB,
      `The exposures differ in ${what}: "${nameA}" has ${valueA}, "${nameB}" has ${valueB}.`,
      [`${remedy} at the end of both launch fragments.`],
    );
  }
}

/**
 * Other rates than the first branch's are no fault, but whoever wants a constant rate must know.
 * @returns whether that was told
 */
export function warnOfRates(frames: readonly Frame[], names: readonly string[], warn: (message: string) => void): boolean {
  const [first] = frames;
  if (!first) return false;
  const differs = frames.findIndex(({ caps }) => !sameRate(caps.framerate, first.caps.framerate));
  const other = frames[differs];
  if (!other) return false;
  warn(
    `Branch "${names[0]}" has ${rateOf(first.caps.framerate)}, "${names[differs]}" has ${rateOf(other.caps.framerate)}; ` +
      'there is one set for each frame of the slowest branch that gives any.',
  );
  return true;
}

/**
 * The frames that can be fused with one another; the others are replaced by undefined, and `tell` hears of it.
 * @param partly without it, all are replaced unless all agree
 */
export function agreeing(
  given: readonly (Frame | undefined)[],
  names: readonly string[],
  partly: boolean,
  tell: (message: string) => void,
): (Frame | undefined)[] {
  const present = given.filter((frame) => frame !== undefined);
  const fits = (a: Frame, b: Frame): boolean => pictureOf(a.caps) === pictureOf(b.caps);
  if (present.every((frame) => present[0] && fits(frame, present[0]))) {
    tell('');
    return [...given];
  }
  const pictures = given.flatMap((frame, index) => (frame ? [`"${names[index]}" ${pictureOf(frame.caps)}`] : []));
  tell(`The exposures differ now: ${pictures.join(', ')}.`);
  if (!partly) return given.map(() => undefined);
  const followers = (frame: Frame): number => present.filter((other) => fits(frame, other)).length;
  const leader = present.reduce((best, frame) => (followers(frame) > followers(best) ? frame : best));
  return given.map((frame) => (frame && fits(frame, leader) ? frame : undefined));
}

function refuse(node: string, sentence: string, hints: readonly string[]): GstIplError {
  return new GstIplError('bad-exposures', sentence, { place: { node }, hint: hints.join(' ') });
}

const sizeOf = (caps: VideoCaps): string => `${caps.width}x${caps.height}`;
const pictureOf = (caps: VideoCaps): string => `${sizeOf(caps)} ${caps.format} ${caps.range} range`;

/** Unknown rates do not differ from any. */
function sameRate(a: Fraction, b: Fraction): boolean {
  return a.numerator === 0 || b.numerator === 0 || a.numerator * b.denominator === b.numerator * a.denominator;
}

function rateOf({ numerator, denominator }: Fraction): string {
  return `${Number((numerator / denominator).toFixed(3))} frames/s`;
}
