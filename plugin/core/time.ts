/** Time is a bigint of nanoseconds everywhere; running time counts from the moment the pipeline began to play. */
import { GstIplError } from './errors';

export type Nanoseconds = bigint;

export const MILLISECOND = 1_000_000n;
export const SECOND = 1_000_000_000n;

const UNITS: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9 };

/**
 * Reads a duration as graph files write it: a number and a unit, as in `8ms`, `1.5s` or `0`.
 * @throws GstIplError `bad-option` when the text is not a duration of zero or more.
 */
export function parseDuration(text: string | number): Nanoseconds {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|min)?\s*$/.exec(String(text));
  const [, digits, unit] = match ?? [];
  if (digits === undefined || (unit === undefined && Number(digits) !== 0)) {
    throw new GstIplError('bad-option', `"${text}" is not a duration.`, {
      hint: 'Write a number and a unit, such as 8ms, 1.5s or 2min.',
    });
  }
  return BigInt(Math.round(Number(digits) * (UNITS[unit ?? 'ns'] ?? 1)));
}

/** A running time as people read it: `12.345 s`. */
export function formatTime(time: Nanoseconds): string {
  return `${(Number(time) / 1e9).toFixed(3)} s`;
}
