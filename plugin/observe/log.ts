/** What happens, as a log: sentences for people, or JSON, one object a line, for machines. No line holds a secret. */
import { styleText } from 'node:util';
import { GraphError, type GstIplError, type Problem } from '../core/errors';
import { sentenceOf, type GraphEvent } from '../core/graph-event';
import { redact } from '../core/secrets/redact';

/** `debug`: what runs, and what each node is doing. `info`: what happens. `warning`: what costs something. `error`: why it ended. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
export type LogFormat = 'pretty' | 'json';

export interface LogEntry {
  readonly level: LogLevel;
  /** A short name of what happened, for machines: `started`, `warning`, `source-lost` ... */
  readonly event: string;
  readonly message: string;
  readonly node?: string | undefined;
  /** More for machines; the sentence holds what people need. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Terminals get sentences and everything else JSON, unless `GST_IPL_LOG` says which. */
export function defaultFormat(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): LogFormat {
  const { GST_IPL_LOG: given } = environment;
  if (given === 'json' || given === 'pretty') return given;
  return stream.isTTY ? 'pretty' : 'json';
}

/** @param colour for terminals: what needs somebody stands out */
export function formatEntry(entry: LogEntry, format: LogFormat, { now = new Date(), colour = false } = {}): string {
  const { level, event, message, node, details = {} } = entry;
  if (format === 'json') {
    const line = { time: now.toISOString(), level, event, ...(node === undefined ? {} : { node }), message, ...details };
    return JSON.stringify(line, (_, value: unknown) => (typeof value === 'string' ? redact(value) : plain(value)));
  }
  const head = level === 'warning' ? 'Warning: ' : '';
  const line = redact(`${head}${node === undefined ? '' : `${node}: `}${message}`);
  const shade = colour ? shadeOf(entry) : undefined;
  return shade ? styleText(shade, line, ANY_STREAM) : line;
}

/** Whoever asks for colour has looked at the stream. */
const ANY_STREAM = { validateStream: false };

/** Of a line that needs somebody, or says that something is well again. */
function shadeOf({ level, details }: LogEntry): 'red' | 'yellow' | 'green' | 'dim' | undefined {
  if (level === 'error') return 'red';
  if (level === 'warning') return 'yellow';
  if (level === 'debug') return 'dim';
  return details?.state === 'ends' ? 'green' : undefined;
}

/** Whether a stream shows colours: a terminal that can; NO_COLOR and FORCE_COLOR are heeded by Node. */
export function showsColour(stream: { readonly isTTY?: boolean; hasColors?(): boolean }): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}

/** The description of an error as a terminal shows it: sentences in red, hints and stacks as they are. */
export function colouredError(description: string): string {
  return description.split('\n').map((line) => (line.startsWith('    ') ? line : styleText('red', line, ANY_STREAM))).join('\n');
}

/** Undefined for events that are no news, such as every single picture. */
export function entryOf(event: GraphEvent): LogEntry | undefined {
  switch (event.type) {
    case 'frame':
      return undefined;
    case 'started':
      return { level: 'info', event: 'started', message: 'Frames flow.', details: event.duration === undefined ? {} : { duration: event.duration } };
    case 'notice':
      return { level: 'info', event: 'notice', node: event.node, message: event.message, ...conditionOf(event) };
    case 'warning':
      return { level: 'warning', event: 'warning', node: event.node, message: event.message, ...conditionOf(event) };
    case 'source-lost': {
      const { node, reason, attempt, delay } = event;
      return { level: 'warning', event: 'source-lost', node, message: sentenceOf(event), details: { reason, attempt, delay: Number(delay) / 1e9 } };
    }
    case 'source-restored': {
      const { node, attempts, downtime } = event;
      return { level: 'info', event: 'source-restored', node, message: sentenceOf(event), details: { attempts, downtime: Number(downtime) / 1e9 } };
    }
  }
}

function conditionOf({ condition }: Extract<GraphEvent, { type: 'notice' | 'warning' }>): Pick<LogEntry, 'details'> {
  if (!condition) return {};
  const { name, state, count, seconds } = condition;
  return { details: { condition: name, state, count, seconds: Math.round(seconds * 10) / 10 } };
}

/** One entry for each thing that is wrong. */
export function entriesOfError(error: GstIplError): LogEntry[] {
  const problems: readonly Problem[] = error instanceof GraphError ? error.problems : [error];
  return problems.map(({ code, message, place, hint, trace }) => {
    const { node, ...where } = place ?? {};
    return { level: 'error', event: 'error', node, message, details: { code, hint, ...where, trace } };
  });
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
