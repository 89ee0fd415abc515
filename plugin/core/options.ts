/**
 * Options as data: one description of an option checks it, documents it (`gst-ipl elements`), and gives editors their
 * schema.
 */
import { DEFAULT_QUEUE, type QueuePolicy, type QueueSettings } from './queue/bounded-queue';
import { GstIplError } from './errors';
import { suggestion } from './nearest';
import { parseDuration, type Nanoseconds } from './time';

export interface Option<T> {
  /** What it does, in one or two sentences. */
  readonly summary: string;
  /** How it is written, as in `8ms` or `auto | [names]`. */
  readonly syntax: string;
  /** The value when nothing is written; `required` options have none. */
  readonly fallback: T;
  /** The default as text, with its reason; undefined where the option is required. */
  readonly defaultText: string | undefined;
  readonly required: boolean;
  /** JSON Schema of what may be written. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The TypeScript type of what code may write, where that is not what the schema says (scripts/docs/option-types.js). */
  readonly code?: string;
  /** Launch fragments get parameter values escaped instead of plain. */
  readonly launch?: boolean;
  /** A path that starts at the graph file, as those of users' elements do; in code, where the program runs. */
  readonly besideGraph?: boolean;
  /** @throws GstIplError `bad-option` saying what was expected. */
  read(value: unknown): T;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type OptionsOf<Table extends OptionTable> = { readonly [Name in keyof Table]: ReturnType<Table[Name]['read']> };

interface Described<T> {
  readonly summary: string;
  readonly default: T;
  readonly defaultText?: string;
}

function expected(what: string, value: unknown): GstIplError {
  return new GstIplError('bad-option', `expected ${what}, but got ${show(value)}.`);
}

function show(value: unknown): string {
  return typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? String(value));
}

/** A GStreamer launch fragment, as in `filesrc location=${file} ! decodebin`. Always required. */
export function launchOption(summary: string): Option<string> {
  return {
    summary,
    syntax: 'GStreamer launch fragment',
    fallback: '',
    defaultText: undefined,
    required: true,
    launch: true,
    schema: { type: 'string', minLength: 1 },
    read(value) {
      if (typeof value !== 'string' || value.trim() === '') throw expected('a GStreamer launch fragment', value);
      return value.trim();
    },
  };
}

export function durationOption(option: Described<Nanoseconds | undefined>): Option<Nanoseconds | undefined> {
  return {
    summary: option.summary,
    syntax: 'duration, such as 8ms',
    fallback: option.default,
    defaultText: option.defaultText ?? `${option.default} ns`,
    required: false,
    schema: { type: ['string', 'number'], pattern: '^\\s*\\d+(\\.\\d+)?\\s*(ns|us|ms|s|min)?\\s*$' },
    code: 'string | bigint',
    read(value) {
      if (typeof value === 'bigint' && value >= 0n) return value; // Code writes nanoseconds.
      if (typeof value !== 'string' && typeof value !== 'number') throw expected('a duration such as 8ms', value);
      return parseDuration(value);
    },
  };
}

export function numberOption(
  option: Described<number> & { min: number; max: number; integer?: boolean },
): Option<number> {
  const kind = option.integer ? 'a whole number' : 'a number';
  return {
    summary: option.summary,
    syntax: `${kind} from ${option.min} to ${option.max}`,
    fallback: option.default,
    defaultText: option.defaultText ?? String(option.default),
    required: false,
    schema: { type: option.integer ? 'integer' : 'number', minimum: option.min, maximum: option.max },
    read(value) {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const fits = typeof number === 'number' && number >= option.min && number <= option.max;
      if (!fits || (option.integer && !Number.isInteger(number))) {
        throw expected(`${kind} from ${option.min} to ${option.max}`, value);
      }
      return number;
    },
  };
}

export function choiceOption<const Choice extends string>(
  option: Described<Choice> & { choices: readonly Choice[] },
): Option<Choice> {
  return {
    summary: option.summary,
    syntax: option.choices.join(' | '),
    fallback: option.default,
    defaultText: option.defaultText ?? option.default,
    required: false,
    schema: { enum: option.choices },
    read(value) {
      const choice = option.choices.find((candidate) => candidate === value);
      if (choice === undefined) throw expected(`one of ${option.choices.join(', ')}`, value);
      return choice;
    },
  };
}

export function textOption(option: Described<string>): Option<string> {
  return {
    summary: option.summary,
    syntax: 'text',
    fallback: option.default,
    defaultText: option.defaultText ?? option.default,
    required: false,
    schema: { type: ['string', 'number', 'boolean'] },
    code: 'string',
    read(value) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw expected('text', value);
    },
  };
}

/** A file that says what the graph's cameras are, and so lies beside the graph; empty: none. */
export function graphFileOption({ summary, defaultText }: { readonly summary: string; readonly defaultText: string }): Option<string> {
  return { ...textOption({ summary, default: '', defaultText }), syntax: 'path, from the graph file', besideGraph: true };
}

/** `auto`, or a list of names of branches. */
export function branchesOption(option: Described<'auto'>): Option<'auto' | readonly string[]> {
  const what = 'auto or a list of branch names';
  return {
    summary: option.summary,
    syntax: 'auto | [names]',
    fallback: option.default,
    defaultText: option.defaultText ?? option.default,
    required: false,
    schema: { oneOf: [{ const: 'auto' }, { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 5 }] },
    read(value) {
      if (value === 'auto') return value;
      if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) throw expected(what, value);
      if (new Set(value).size !== value.length) throw expected('every branch once', value);
      return value;
    },
  };
}

const POLICIES: readonly QueuePolicy[] = ['block', 'drop-oldest', 'drop-newest'];

/** The bounded queue in front of a stage: a policy, or `{ capacity, policy }`. */
export function queueOption(summary: string, fallback: QueueSettings = DEFAULT_QUEUE): Option<QueueSettings> {
  const what = `one of ${POLICIES.join(', ')}, or { capacity: 1 to 64, policy }`;
  const isPolicy = (value: unknown): value is QueuePolicy => POLICIES.includes(value as QueuePolicy);
  return {
    summary,
    syntax: 'block | drop-oldest | drop-newest | { capacity, policy }',
    fallback,
    defaultText: `{ capacity: ${fallback.capacity}, policy: ${fallback.policy} }`,
    required: false,
    schema: {
      oneOf: [
        { enum: POLICIES },
        {
          type: 'object',
          properties: { capacity: { type: 'integer', minimum: 1, maximum: 64 }, policy: { enum: POLICIES } },
          additionalProperties: false,
        },
      ],
    },
    read(value) {
      if (isPolicy(value)) return { ...fallback, policy: value };
      if (value === null || typeof value !== 'object' || Array.isArray(value)) throw expected(what, value);
      const { capacity = fallback.capacity, policy = fallback.policy, ...rest } = value as Record<string, unknown>;
      const fits = Number.isInteger(capacity) && Number(capacity) >= 1 && Number(capacity) <= 64;
      if (!fits || !isPolicy(policy) || Object.keys(rest).length > 0) throw expected(what, value);
      return { capacity: Number(capacity), policy };
    },
  };
}

/** The options of an element when nothing is written; for code that composes stages itself. */
export function withDefaults<Table extends OptionTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
): OptionsOf<Table> {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(table, name) || given[name] === undefined) continue;
    throw new GstIplError('bad-option', `There is no option "${name}".`, { hint: suggestion(name, Object.keys(table)) });
  }
  for (const [name, option] of Object.entries(table)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && option.required) throw new GstIplError('bad-option', `The option "${name}" is missing.`);
    try {
      options[name] = value === undefined ? option.fallback : option.read(value);
    } catch (error) {
      if (!(error instanceof GstIplError)) throw error;
      throw new GstIplError('bad-option', `Option "${name}": ${error.message}`, { hint: error.hint });
    }
  }
  return options as OptionsOf<Table>;
}
