/** When a source is started again, and after how long. */
import { GstIplError } from '../core/errors';
import type { Option } from '../core/options';
import { parseDuration, SECOND, type Nanoseconds } from '../core/time';

export interface RestartPolicy {
  /** So long without a picture and the stream counts as lost. */
  readonly silence: Nanoseconds;
  /** The first pause; it doubles with every start that fails. */
  readonly delay: Nanoseconds;
  /** The longest pause. */
  readonly longest: Nanoseconds;
  /** After so many failed starts in a row the source gives up; Infinity: never. */
  readonly attempts: number;
}

/**
 * Five seconds: cameras that save bandwidth send a picture a second at night. Half a second: a hiccup of the network is
 * over by then. 15 s: who has plugged a camera in again does not want to wait longer. For ever: nobody is there at night
 * to start a chain again.
 */
export const RESTART: RestartPolicy = { silence: 5n * SECOND, delay: SECOND / 2n, longest: 15n * SECOND, attempts: Infinity };

/**
 * How long the first picture may take: a decoder begins at a key frame, and surveillance cameras send one in ten seconds
 * at worst.
 */
export const FIRST_PICTURE: Nanoseconds = 15n * SECOND;

/** A source that has worked for so long starts with the first pause again. */
export const STEADY: Nanoseconds = 10n * SECOND;

export function delayBefore(attempt: number, { delay, longest }: RestartPolicy): Nanoseconds {
  const grown = delay * 2n ** BigInt(Math.min(attempt - 1, 30));
  return grown < longest ? grown : longest;
}

const DURATIONS = ['silence', 'delay', 'longest'] as const;
const EXPECTED = 'auto, never, always, or { silence, delay, longest, attempts }';

/** `auto` depends on the source; `undefined` is never. */
export const restartOption: Option<RestartPolicy | 'auto' | undefined> = {
  summary:
    'Whether the source is started again when it fails, ends or falls silent: `auto` (live addresses are, files are not), ' +
    '`never`, `always`, or { silence: 5s, delay: 500ms, longest: 15s, attempts: 20 }: how long without a frame is silence, ' +
    'the first pause (it doubles) and the longest, and after how many failed starts to give up.',
  syntax: 'auto | never | always | { silence, delay, longest, attempts }',
  fallback: 'auto',
  defaultText: 'auto, with { silence: 5s, delay: 500ms, longest: 15s } and no limit: a chain should outlive the night',
  required: false,
  schema: {
    oneOf: [
      { enum: ['auto', 'never', 'always'] },
      {
        type: 'object',
        properties: { ...Object.fromEntries(DURATIONS.map((name) => [name, { type: 'string' }])), attempts: { type: 'integer', minimum: 1 } },
        additionalProperties: false,
      },
    ],
  },
  read(value) {
    if (value === 'auto') return value;
    if (value === 'never') return undefined;
    if (value === 'always') return RESTART;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw expected(value);
    const { attempts = Infinity, ...rest } = value as Record<string, unknown>;
    const times = Object.entries(rest).map(([name, time]) => [name, readTime(name, time, value)]);
    const policy = { ...RESTART, ...(Object.fromEntries(times) as Partial<RestartPolicy>), attempts: Number(attempts) };
    if (!(policy.attempts >= 1) || (policy.attempts !== Infinity && !Number.isInteger(policy.attempts))) throw expected(value);
    if (policy.longest < policy.delay) throw new GstIplError('bad-option', '"longest" is shorter than "delay".');
    return policy;
  },
};

function readTime(name: string, time: unknown, value: unknown): Nanoseconds {
  if (!DURATIONS.some((known) => known === name)) throw expected(value);
  const duration = typeof time === 'bigint' ? time : parseDuration(time as string);
  if (duration > 0n) return duration;
  throw new GstIplError('bad-option', `"${name}" must be longer than nothing.`);
}

function expected(value: unknown): GstIplError {
  const got = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}ns` : part));
  return new GstIplError('bad-option', `expected ${EXPECTED}, but got ${got}.`);
}
