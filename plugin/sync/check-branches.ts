/** Refuses exposures that cannot be fused, in words that say which branch differs and what to do. */
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import type { Fraction, VideoCaps } from '../core/frames/video-caps';
import { depthOf } from '../core/frames/video-layout';

/** @throws GstIplError `bad-exposures` */
export function checkBranches(frames: readonly Frame[], names: readonly string[]): void {
  const [first] = frames;
  if (!first) return;
  for (const [index, frame] of frames.entries()) {
    const name = names[index] ?? '';
    if (frame.caps.interlaced) {
      const hint = `Put \`deinterlace\` into the launch fragment of "${name}".`;
      throw refuse(name, `Branch "${name}" is interlaced; only progressive video can be fused.`, hint);
    }
    compare(first.caps, frame.caps, names[0] ?? '', name);
  }
}

/** Something that all exposures must have in common. */
interface Fact {
  readonly what: string;
  /** In words; undefined where nothing is known, which differs from nothing. */
  readonly of: (caps: VideoCaps) => string | undefined;
  readonly remedy: (a: VideoCaps, b: VideoCaps, nameB: string, nameA: string) => string;
}

const scaled = (what: string): Fact['remedy'] => () => `Put \`videoscale\` and a caps filter with the common ${what} at the end of both launch fragments.`;

const FACTS: readonly Fact[] = [
  { what: 'size', of: sizeOf, remedy: scaled('width and height') },
  { what: 'format', of: ({ format }) => format, remedy: convertFormat },
  { what: 'range', of: ({ range }) => range, remedy: convertColour },
  { what: 'matrix', of: ({ colorimetry }) => colorimetry.matrix, remedy: convertColour },
  { what: 'transfer', of: ({ colorimetry }) => colorimetry.transfer, remedy: convertColour },
  { what: 'primaries', of: ({ colorimetry }) => colorimetry.primaries, remedy: convertColour },
  {
    what: 'pixel aspect ratio',
    of: ({ pixelAspect }) => `${pixelAspect.numerator}/${pixelAspect.denominator}`,
    remedy: scaled('width, height and pixel-aspect-ratio'),
  },
  { what: 'views', of: ({ views }) => views, remedy: () => 'Let all branches show the same views, and let their caps say so (`multiview-mode`).' },
];

/** To what has the more bits: what is coarse stays so, and what is fine is not lost. */
function convertFormat(a: VideoCaps, b: VideoCaps, nameB: string, nameA: string): string {
  const [bitsA, bitsB] = [depthOf(a.format), depthOf(b.format)];
  if (bitsA === bitsB) return `Put \`videoconvert ! video/x-raw,format=${bitsA === 8 ? 'I420' : 'I420_10LE'}\` at the end of both launch fragments.`;
  const [fine, coarse] = bitsA > bitsB ? [a, nameB] : [b, nameA];
  return `One has 8 bits, the other 10. Put \`videoconvert ! video/x-raw,format=${fine.format}\` at the end of the launch fragment of "${coarse}", or into a \`filter\` behind it; or set its camera to 10 bits.`;
}

/**
 * Named, not done by itself: to convert a branch costs it time with every picture, and whoever owns the camera may rather set
 * it. By itself videoconvert changes range and matrix only.
 */
function convertColour({ colorimetry: wanted }: VideoCaps, { colorimetry: given }: VideoCaps, name: string): string {
  const light = differ(wanted.transfer, given.transfer) || differ(wanted.primaries, given.primaries);
  const modes = light ? ' gamma-mode=remap primaries-mode=fast' : '';
  return `Put \`videoconvert${modes} ! video/x-raw,colorimetry=${wanted.text}\` at the end of the launch fragment of "${name}", or into a \`filter\` behind it.`;
}

const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b;

const differences = (a: VideoCaps, b: VideoCaps): Fact[] => (a === b ? [] : FACTS.filter(({ of }) => differ(of(a), of(b))));

function compare(a: VideoCaps, b: VideoCaps, nameA: string, nameB: string): void {
  const [fact] = differences(a, b);
  if (!fact) return;
  const sentence = `The exposures differ in ${fact.what}: "${nameA}" has ${fact.of(a)}, "${nameB}" has ${fact.of(b)}.`;
  throw refuse(nameB, sentence, fact.remedy(a, b, nameB, nameA));
}

/**
 * Other rates than the first branch's are no fault, but whoever wants a constant rate must know.
 * @returns whether that was reported
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
 * The frames that can be fused with one another; the others are replaced by undefined, and `onMismatch` is called.
 * @param partly without it, all are replaced unless all agree
 */
export function agreeing(
  given: readonly (Frame | undefined)[],
  names: readonly string[],
  partly: boolean,
  onMismatch: (message: string) => void,
): (Frame | undefined)[] {
  const present = given.filter((frame) => frame !== undefined);
  const fits = (a: Frame, b: Frame): boolean => !a.caps.interlaced && differences(a.caps, b.caps).length === 0;
  if (present.every((frame) => present[0] && fits(frame, present[0]))) {
    onMismatch('');
    return [...given];
  }
  const told = FACTS.filter((fact, index) => index < BASIC || present.some(({ caps }) => present[0] && differences(present[0].caps, caps).includes(fact)));
  const pictures = given.flatMap((frame, index) => (frame ? [`"${names[index]}" ${describe(frame.caps, told)}`] : []));
  onMismatch(`The exposures differ now: ${pictures.join(', ')}.`);
  if (!partly) return given.map(() => undefined);
  const followers = (frame: Frame): number => present.filter((other) => fits(frame, other)).length;
  const leader = present.reduce((best, frame) => (followers(frame) > followers(best) ? frame : best));
  return given.map((frame) => (frame && fits(frame, leader) ? frame : undefined));
}

function refuse(node: string, sentence: string, hint: string): GstIplError {
  return new GstIplError('bad-exposures', sentence, { place: { node }, hint });
}

/** Facts that are reported in any case: size, format and range. */
const BASIC = 3;

function describe(caps: VideoCaps, facts: readonly Fact[]): string {
  const words = facts.map(({ what, of }, index) => (index < 2 ? of(caps) : `${of(caps) ?? 'unknown'} ${what}`));
  return [...words, ...(caps.interlaced ? ['interlaced'] : [])].join(' ');
}

function sizeOf({ width, height }: VideoCaps): string {
  return `${width}x${height}`;
}

/** Unknown rates do not differ from any. */
function sameRate(a: Fraction, b: Fraction): boolean {
  return a.numerator === 0 || b.numerator === 0 || a.numerator * b.denominator === b.numerator * a.denominator;
}

function rateOf({ numerator, denominator }: Fraction): string {
  return `${Number((numerator / denominator).toFixed(3))} frames/s`;
}
