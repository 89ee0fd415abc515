/**
 * Whether a model card says what this version of gst-ipl works with. Kernels and slices have the statistics, their order, the
 * coefficients and the rows of a band built in; a card that says otherwise belongs to another version.
 */
import { GstIplError } from '../../core/errors';
import { BAND_ROWS, COEFFICIENTS, EXPOSURES, STATISTICS } from '../kernels/rule.generated';
import type { ModelCard } from './model-card';

/** A field's value is right, or this is what is expected. */
type Check = readonly [field: keyof ModelCard, isRight: (value: unknown) => boolean, expected: string];

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1024;
const equals = (expected: unknown) => (value: unknown): boolean => JSON.stringify(value) === JSON.stringify(expected);

const CHECKS: readonly Check[] = [
  ['name', isText, 'a name'],
  ['file', (value) => isText(value) && !/[/\\]/.test(value as string), 'the name of a file beside the card'],
  ['sha256', (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits'],
  ['halo', (value) => value === 0 || isCount(value), 'a number of rows'],
  ['tokenBytes', isCount, 'a number of bytes'],
  ['tokenColumns', isCount, 'a number of tokens'],
  ['bandRows', equals(BAND_ROWS), String(BAND_ROWS)],
  ['views', isCount, 'a number of views'],
  ['statistics', equals(STATISTICS), `in this order: ${STATISTICS.join(', ')}`],
  ['coefficients', equals(COEFFICIENTS), String(COEFFICIENTS)],
  ['logits', equals('log2'), '"log2"'],
  ['exposures', (value) => equals([EXPOSURES.min, EXPOSURES.max])([(value as ModelCard['exposures'])?.min, (value as ModelCard['exposures'])?.max]), JSON.stringify(EXPOSURES)],
  ['format', (value) => value === 2, '2'],
];

/** @throws GstIplError `bad-model` naming the file and the fields */
export function checkCard(card: unknown, file: string): ModelCard {
  const fields = (typeof card === 'object' && card !== null ? card : {}) as Readonly<Record<string, unknown>>;
  const missing = CHECKS.filter(([field]) => fields[field] === undefined).map(([field]) => field);
  if (missing.length > 0) {
    throw new GstIplError('bad-model', `The model card ${file} lacks ${missing.join(', ')}.`, { place: { file }, hint: HINT });
  }
  for (const [field, isRight, expected] of CHECKS) {
    if (isRight(fields[field])) continue;
    const sentence = `The model card ${file} says "${field}": ${shown(fields[field])}, but it has to be ${expected}.`;
    throw new GstIplError('bad-model', sentence, { place: { file }, hint: HINT });
  }
  return card as ModelCard;
}

const HINT = 'models/README.md describes the fields of a card. Export the card together with the network, for this version of gst-ipl.';

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
