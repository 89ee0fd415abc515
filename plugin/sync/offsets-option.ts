/** The option `offsets`: how far each camera's clock is off, by name of the branch. */
import { GstIplError } from '../core/errors';
import type { Option } from '../core/options';
import { parseDuration, type Nanoseconds } from '../core/time';

export type Offsets = ReadonlyMap<string, Nanoseconds>;

const SYNTAX = '{ branch: 40ms, other: -5ms }';

export const offsetsOption: Option<Offsets> = {
  summary:
    'How far the running time of a branch is ahead of when its frames were taken, such as the constant of an NTP clock or of a slow encoder. ' +
    'Half a frame and less is found without it.',
  syntax: SYNTAX,
  fallback: new Map(),
  defaultText: 'none: all sources of a graph share one clock',
  required: false,
  schema: {
    type: 'object',
    additionalProperties: { type: ['string', 'number'], pattern: '^\\s*-?\\d+(\\.\\d+)?\\s*(ns|us|ms|s|min)?\\s*$' },
  },
  code: 'Readonly<Record<string, string | bigint>>',
  read(value) {
    if (value instanceof Map) return value as Offsets;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new GstIplError('bad-option', `expected ${SYNTAX}, but got ${JSON.stringify(value)}.`);
    }
    return new Map(Object.entries(value).map(([branch, offset]) => [branch, readOffset(offset)]));
  },
};

function readOffset(value: unknown): Nanoseconds {
  if (typeof value === 'bigint') return value;
  const text = String(value).trim();
  return text.startsWith('-') ? -parseDuration(text.slice(1)) : parseDuration(text);
}
