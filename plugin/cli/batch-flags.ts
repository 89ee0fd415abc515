/** Options of `batch` besides its folders. */
import type { Grouping } from '../batch/plan';
import { UsageError, type Arguments } from './arguments';
import { ALIGN_FLAG, BITS_FLAG, EXTENSIONS, HDR_EXTENSIONS, HDR_FLAGS, LOOK_FLAGS, readAlign, readBits, readHdr, readLook } from './still-flags';

/** Fusing takes two at least; `fuse` takes nine at most. */
const GROUPS = { least: 2, most: 9 };

/** Seconds. A minute costs 2 % for its lead-in at 30 frames/s, and a kill costs a minute. */
export const SEGMENT = { default: 60, least: 2, most: 86_400 };

/** @throws UsageError */
export function readGrouping({ flags: { group = 'auto' } }: Arguments): Grouping {
  if (group === 'auto') return group;
  const text = String(group);
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (count >= GROUPS.least && count <= GROUPS.most) return count;
    throw new UsageError(`--group takes ${GROUPS.least} to ${GROUPS.most} pictures in a row, not ${text}.`);
  }
  try {
    const pattern = new RegExp(text);
    if (/(?<!\\)\((?!\?[:=!<])/.test(text) || /\(\?<\w/.test(text)) return pattern;
  } catch (error) {
    throw new UsageError(`--group: ${(error as Error).message}`);
  }
  throw new UsageError(`--group "${text}" is auto, a number, or a pattern with a group in parentheses, as in '(house\\d+)-[abc]'.`);
}

/** @throws UsageError */
export function readSegment({ flags: { segment } }: Arguments): number {
  if (segment === undefined) return SEGMENT.default;
  const seconds = Number(segment);
  if (seconds >= SEGMENT.least && seconds <= SEGMENT.most) return seconds;
  throw new UsageError(`--segment takes ${SEGMENT.least} to ${SEGMENT.most} seconds, not "${String(segment)}".`);
}

/** @throws UsageError */
export function readFormat({ flags: { format = 'jpg' } }: Arguments): string {
  const extension = `.${String(format)}`;
  if (EXTENSIONS.includes(extension) || HDR_EXTENSIONS.includes(extension)) return extension;
  throw new UsageError(`--format is one of ${EXTENSIONS.map((one) => one.slice(1)).join(', ')}, not "${String(format)}".`);
}

/** Those of `fuse`, checked before anything starts. @throws UsageError */
export function readOptions(given: Arguments, extension: string): string[] {
  readHdr(given, extension);
  readBits(given, extension);
  readLook(given);
  readAlign(given);
  return [...Object.keys(LOOK_FLAGS), ...Object.keys(ALIGN_FLAG), ...Object.keys(BITS_FLAG), ...Object.keys(HDR_FLAGS)].flatMap((name) => {
    const value = given.flags[name];
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}=${String(value)}`];
  });
}
