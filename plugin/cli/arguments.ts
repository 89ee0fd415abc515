/** Subcommands, their arguments and their help. */
import { parseArgs } from 'node:util';
import { suggestion } from '../core/nearest';
import { DEFAULT_PIXELS, limitPixels } from '../core/frames/pixel-limit';
import { parsePixels } from '../core/quantities';
import { publicValue } from '../core/secrets/public-value';
import { redact } from '../core/secrets/redact';
import { inColumns } from './wrap';

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help, as in `FILE`. */
  readonly value?: string;
  readonly summary: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly help: boolean;
}

export interface Command {
  readonly name: string;
  /** What follows the name, as in `GRAPH [--set NAME=VALUE ...]`. */
  readonly synopsis: string;
  readonly summary: string;
  /** Least and greatest number of positional arguments. */
  readonly positionals: readonly [least: number, greatest: number];
  readonly flags: Readonly<Record<string, Flag>>;
  /** What follows the first positional argument is for somebody else, as it is. */
  readonly passesOn?: boolean;
  /** What may stand there, where it is one of a few words: for completion. */
  words?(): readonly string[];
  /** Command lines that work. */
  readonly examples: readonly string[];
  /** @returns the exit code; undefined where the process ends by itself, with the code that it then has */
  run(given: Arguments): Promise<number | undefined>;
}

export class UsageError extends Error {
  readonly hint: string | undefined;

  /** @param command whose help says more */
  constructor(message: string, candidates?: readonly string[], name?: string, command?: string) {
    super(redact(message));
    this.hint = candidates && name !== undefined ? suggestion(name, candidates) : `See \`gst-ipl ${command === undefined ? '' : `${command} `}--help\`.`;
  }
}

/** @throws UsageError */
export function readArguments(command: Command, argv: readonly string[]): Arguments {
  const options = { ...command.flags, help: { type: 'boolean', short: 'h', summary: '' } as const };
  const own = command.passesOn ? argv.findIndex((argument) => !argument.startsWith('-')) + 1 || argv.length : argv.length;
  const { values, positionals: first } = parse(command, argv.slice(0, own), options);
  const positionals = [...first, ...argv.slice(own)];
  const [least, greatest] = command.positionals;
  if (!values.help && (positionals.length < least || positionals.length > greatest)) {
    const problem = positionals.length < least ? 'Something is missing' : `"${publicValue(positionals[greatest] ?? '')}" is one too many`;
    throw new UsageError(`${problem}: gst-ipl ${command.name} ${command.synopsis}`, undefined, undefined, command.name);
  }
  return { positionals, flags: values, help: values.help === true };
}

function parse(command: Command, argv: readonly string[], options: Record<string, Flag>) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const unknown = /Unknown option '(-+[^']+)'/.exec((error as Error).message)?.[1];
    if (unknown !== undefined) {
      throw new UsageError(`gst-ipl ${command.name} has no option ${unknown}.`, Object.keys(options).map((name) => `--${name}`), unknown);
    }
    throw new UsageError((error as Error).message);
  }
}

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    'gst-ipl: fuses exposures of one scene into one picture, live, in GStreamer pipelines',
    '',
    'Usage: gst-ipl COMMAND [ARGUMENTS]',
    '',
    ...commands.map(({ name, summary }) => inColumns(`  ${name.padEnd(width)}`, summary)),
    '',
    'gst-ipl COMMAND --help lists its options. --version prints the version.',
    'Exit codes: 0 done, 1 failed while running, 2 wrong usage or graph, 130 stopped at once by a second Ctrl-C.',
  ].join('\n');
}

export function usageOf(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, flag]): [string, string] => {
    const short = flag.short ? `-${flag.short}, ` : '';
    return [`${short}--${name}${flag.value ? ` ${flag.value}` : ''}`, flag.summary];
  });
  const width = Math.max(0, ...flags.map(([left]) => left.length)) + 2;
  return [
    `Usage: gst-ipl ${command.name} ${command.synopsis}`.trimEnd(),
    '',
    command.summary,
    ...(flags.length > 0 ? ['', ...flags.map(([left, right]) => inColumns(`  ${left.padEnd(width)}`, right))] : []),
    '',
    ...command.examples.map((example, index) => `${index === 0 ? 'Examples:\n' : ''}  ${example}`),
  ].join('\n');
}

/** Reads `--set name=value ...`. @throws UsageError */
export function readSettings(given: Arguments): Record<string, string> {
  const settings = new Map<string, string>();
  for (const text of (given.flags.set ?? []) as string[]) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--set takes NAME=VALUE, but got "${publicValue(text)}".`);
    settings.set(name, value);
  }
  return Object.fromEntries(settings); // Also of `__proto__`, a property of its own.
}

export const SET_FLAG: Flag = {
  type: 'string',
  short: 's',
  multiple: true,
  value: 'NAME=VALUE',
  summary: 'Value of a parameter. May be given several times.',
};

export const MAX_PIXELS_FLAG: Flag = {
  type: 'string',
  value: 'N',
  summary: `Refuses pictures of more pixels, as in 200M. Default: ${DEFAULT_PIXELS / 1e9}G.`,
};

/** Heeds `--max-pixels`. @throws UsageError */
export function heedMaxPixels(given: Arguments): void {
  const text = given.flags['max-pixels'];
  if (typeof text !== 'string') return;
  try {
    limitPixels(parsePixels(text));
  } catch (error) {
    throw new UsageError(`--max-pixels: ${(error as Error).message}`);
  }
}
