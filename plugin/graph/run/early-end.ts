/**
 * Detects a file that ends too early. A demuxer that reaches the end of a truncated one ends its stream as if all were well; and it says how long
 * its longest stream is, which may be its sound. So files that are as long as they say are not in question.
 */
import { isCutOff } from '../../core/files/cut-off';
import { formatTime } from '../../core/time';

/** Sound may go on after the last picture, but hardly longer than this: seconds, and part of the whole. */
const MISSING_SECONDS = 0.5;
const MISSING_PART = 0.02;

/**
 * @param end running time at which the last picture ended
 * @param announced seconds that the sources said they have; undefined where they did not say
 * @param files that the sources read, as far as it is known
 * @returns the warning, or undefined where nothing is missing
 */
export function earlyEnd(end: bigint, announced: number | undefined, files: readonly string[]): string | undefined {
  if (announced === undefined) return undefined;
  const missing = announced - Number(end) / 1e9;
  if (missing < Math.max(MISSING_SECONDS, announced * MISSING_PART)) return undefined;
  const suspects = files.filter((file) => isCutOff(file) !== false);
  if (files.length > 0 && suspects.length === 0) return undefined;
  return `The sources end at ${formatTime(end)} of ${announced.toFixed(3)} s; a file seems to be truncated.`;
}
