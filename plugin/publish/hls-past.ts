/**
 * What an earlier run left in an HLS folder: the playlist is its own memory. A player that stays through a restart must
 * never see numbers go back (RFC 8216, 6.2.2), nor a name that it knows with something else in it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface HlsPast {
  /** The least number that was never given to a segment. */
  readonly next: number;
  /** As the playlist would tell it, had all of its segments left it. */
  readonly discontinuities: number;
  /** The longest segment that players were told of, in seconds. */
  readonly longest: number;
}

const SEGMENT = /^segment-(\d+)\.(?:ts|m4s)$/;

/** @param names what is in the folder: a kill may have come between a segment and the playlist, or cost the playlist */
export async function readPast(folder: string, playlist: string, names: readonly string[]): Promise<HlsPast> {
  const lines = (await readFile(path.join(folder, playlist), 'utf8').catch(() => '')).split('\n').map((line) => line.trim());
  const value = (tag: string): number => Number(lines.find((line) => line.startsWith(`#EXT-X-${tag}:`))?.split(':')[1] ?? 0) || 0;
  const listed = lines.filter((line) => SEGMENT.test(line));
  const used = [...listed, ...names].flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).map(Number);
  return {
    next: Math.max(value('MEDIA-SEQUENCE') + listed.length, ...used.map((number) => number + 1)),
    discontinuities: value('DISCONTINUITY-SEQUENCE') + lines.filter((line) => line === '#EXT-X-DISCONTINUITY').length,
    longest: value('TARGETDURATION'),
  };
}
