/** From a graph file to a plan that can run. */
import { readFile } from 'node:fs/promises';
import { GstIplError } from '../core/errors';
import type { ElementRegistry } from './registry';
import { checkGraph, type CheckOptions } from './check/check-graph';
import type { CheckedGraph } from './checked-graph';
import { parseGraph } from './check/document';
import { planGraph, type Plan } from './plan';
import { checkPart } from './run/part';
import { RunningGraph, type RunOptions } from './run/running-graph';

export class Graph {
  readonly checked: CheckedGraph;
  readonly plan: Plan;

  constructor(checked: CheckedGraph) {
    this.checked = checked;
    this.plan = planGraph(checked);
  }

  /** Nothing runs before `events` of the result is subscribed to. @throws GstIplError `bad-usage` for a graph of which no part can be run */
  run(options: RunOptions = {}): RunningGraph {
    if (options.part) checkPart(this.plan);
    return new RunningGraph(this.plan, options);
  }
}

export type GraphOptions = CheckOptions;

/**
 * Reads and checks a graph file.
 * @param file path of a YAML or JSON file
 * @throws GraphError with every problem; GstIplError `missing-file` when the file cannot be read
 */
export async function loadGraphWith(registry: ElementRegistry, file: string, options: GraphOptions = {}): Promise<Graph> {
  return parseGraphWith(registry, await readGraphText(file), file, options);
}

/** What a graph file holds. @throws GstIplError `missing-file` */
export async function readGraphText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder: name a file in it' : `cannot be read (${code ?? String(error)})`;
    throw new GstIplError('missing-file', `The graph file ${file} ${reason}.`, { place: { file }, cause: error });
  }
}

/** The same for a graph that is at hand as text. @param file name for messages, and for paths of users' elements */
export async function parseGraphWith(
  registry: ElementRegistry,
  text: string,
  file = 'graph.yaml',
  options: GraphOptions = {},
): Promise<Graph> {
  return new Graph(await checkGraph(parseGraph(text, file), registry, options));
}

/**
 * The same for a graph that is written in code: what its text would be, as values. Durations may be nanoseconds (`bigint`).
 * @param file where paths of users' elements start
 */
export async function readGraphWith(registry: ElementRegistry, document: object, file: string, options: GraphOptions = {}): Promise<Graph> {
  const text = JSON.stringify(document ?? null, (_, value: unknown) => (typeof value === 'bigint' ? `${value}ns` : value));
  return new Graph(await checkGraph(parseGraph(text, file, false), registry, options));
}
