/** Which entries of a log are written: from a level on, and of single nodes from another: `info,cam1=debug`. */
import { GstIplError } from '../core/errors';
import { suggestion } from '../core/nearest';
import type { LogEntry, LogLevel } from './log';

/** From the least to the most urgent. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

export const LEVELS_SYNTAX = 'LEVEL[,NODE=LEVEL...]';

/** Overrides the default of a whole chain, as in a unit file of systemd. */
export const LEVEL_VARIABLE = 'GST_IPL_LOG_LEVEL';

export class LogFilter {
  /** Of all nodes that have none of their own, and of what is no node's. */
  readonly level: LogLevel;
  readonly #nodes: ReadonlyMap<string, LogLevel>;

  constructor(level: LogLevel = 'info', nodes: ReadonlyMap<string, LogLevel> = new Map()) {
    this.level = level;
    this.#nodes = nodes;
  }

  admits({ level, node }: Pick<LogEntry, 'level' | 'node'>): boolean {
    const least = (node === undefined ? undefined : this.#nodes.get(node)) ?? this.level;
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
  }

  /** @throws GstIplError `bad-usage` where it names a node that there is not */
  requireNodes(names: readonly string[]): void {
    const unknown = [...this.#nodes.keys()].find((name) => !names.includes(name));
    if (unknown === undefined) return;
    throw new GstIplError('bad-usage', `The log level of "${unknown}" is asked for, and the graph has no such node.`, { hint: suggestion(unknown, names) });
  }
}

/**
 * Reads `warning`, `info,cam1=debug` or `cam1=debug`.
 * @throws GstIplError `bad-usage`
 */
export function readLogFilter(text: string): LogFilter {
  let own: LogLevel | undefined;
  const nodes = new Map<string, LogLevel>();
  for (const part of text.split(',')) {
    const [, node, word = ''] = /^\s*(?:([A-Za-z][A-Za-z0-9_]*)\s*=)?\s*(\S*)\s*$/.exec(part) ?? [];
    const level = LOG_LEVELS.find((one) => one === word);
    if (!level) throw wrong(`"${word === '' ? part.trim() : word}" is no log level`, suggestion(word, LOG_LEVELS));
    if (node === undefined ? own !== undefined : nodes.has(node)) throw wrong(`log levels are said twice${node === undefined ? '' : ` of "${node}"`}`);
    if (node === undefined) own = level;
    else nodes.set(node, level);
  }
  return new LogFilter(own, nodes);
}

function wrong(what: string, hint?: string): GstIplError {
  return new GstIplError('bad-usage', `${what}; expected ${LEVELS_SYNTAX}, of ${LOG_LEVELS.join(', ')}.`, { hint });
}
