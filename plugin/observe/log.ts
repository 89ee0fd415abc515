/** What happens, as a log: sentences for people, or JSON, one object a line, for machines. No line holds a secret. */
import { GraphError, type GstIplError, type Problem } from '../core/errors';
import type { GraphEvent } from '../core/graph-event';
import { redact } from '../core/secrets/redact';

export type LogLevel = 'info' | 'warning' | 'error';
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

export function formatEntry(entry: LogEntry, format: LogFormat, now = new Date()): string {
  const { level, event, message, node, details = {} } = entry;
  if (format === 'json') {
    const line = { time: now.toISOString(), level, event, ...(node === undefined ? {} : { node }), message, ...details };
    return JSON.stringify(line, (_, value: unknown) => (typeof value === 'string' ? redact(value) : plain(value)));
  }
  const head = { info: '', warning: 'Warning: ', error: '' }[level];
  return redact(`${head}${node === undefined ? '' : `${node}: `}${message}`);
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
      const { node, reason, hint, attempt, delay } = event;
      const seconds = Number(delay) / 1e9;
      const message = `The source is lost (${reason}); it is started again in ${seconds.toFixed(1)} s, attempt ${attempt}.`;
      // What to do is said once for an outage.
      const whole = hint !== undefined && attempt === 1 ? `${message} ${hint}` : message;
      return { level: 'warning', event: 'source-lost', node, message: whole, details: { reason, attempt, delay: seconds } };
    }
    case 'source-restored': {
      const { node, attempts, downtime } = event;
      const seconds = Number(downtime) / 1e9;
      return { level: 'info', event: 'source-restored', node, message: `Frames come again after ${seconds.toFixed(1)} s.`, details: { attempts, downtime: seconds } };
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
