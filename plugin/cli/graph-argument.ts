/** Graphs as commands name them: a file, or standard input. */
import { text } from 'node:stream/consumers';
import { loadGraph, parseGraphText } from '../builtin-elements';
import type { Graph, GraphOptions } from '../graph/load';

/** As a file name: standard input. Paths in it start where the command runs. */
export const STANDARD_INPUT = '-';

/** @throws GraphError, GstIplError */
export async function graphOf(file: string, options: GraphOptions): Promise<Graph> {
  return file === STANDARD_INPUT ? parseGraphText(await text(process.stdin), options) : loadGraph(file, options);
}
