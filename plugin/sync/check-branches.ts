/** Refuses exposures that cannot be fused, in words that say which branch differs and what to do. */
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frame';
import { SECOND, type Nanoseconds } from '../core/time';
import type { Fraction, VideoCaps } from '../core/video-caps';

/** For streams that tell neither rate nor duration: the duration of a frame at 25 frames/s. */
const UNKNOWN_DURATION = 40_000_000n;

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
    ['frame rate', rateOf(a.framerate), rateOf(b.framerate), 'Put `videorate` and a caps filter with the common framerate'],
    ['format', a.format, b.format, 'Put `videoconvert ! video/x-raw,format=I420`'],
    ['range', a.range, b.range, 'Put `videoconvert` and a caps filter with the common colorimetry'],
  ];
  for (const [what, valueA, valueB, remedy] of rows) {
    if (valueA === valueB || valueA === VARIABLE || valueB === VARIABLE) continue;
    throw refuse(
      nameB,
      `The exposures differ in ${what}: "${nameA}" has ${valueA}, "${nameB}" has ${valueB}.`,
      [`${remedy} at the end of both launch fragments.`],
    );
  }
}

function refuse(node: string, sentence: string, hints: readonly string[]): GstIplError {
  return new GstIplError('bad-exposures', sentence, { place: { node }, hint: hints.join(' ') });
}

const VARIABLE = 'a variable rate';
const sizeOf = (caps: VideoCaps): string => `${caps.width}x${caps.height}`;

function rateOf({ numerator, denominator }: Fraction): string {
  if (numerator === 0) return VARIABLE;
  return `${Number((numerator / denominator).toFixed(3))} frames/s`;
}

/** Nanoseconds from one frame to the next, from the rate or the frames' own durations. */
export function frameDuration(frames: readonly Frame[]): Nanoseconds {
  for (const { caps, duration } of frames) {
    const { numerator, denominator } = caps.framerate;
    if (numerator > 0) return (SECOND * BigInt(denominator)) / BigInt(numerator);
    if (duration) return duration;
  }
  return UNKNOWN_DURATION;
}
