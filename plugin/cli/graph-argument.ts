/** Graphs as commands name them: a file, or standard input. */
import { text } from 'node:stream/consumers';
import { builtinElements, loadGraph } from '../builtin-elements';
import { parseGraphWith, type Graph, type GraphOptions } from '../graph/load';

/** As a file name: standard input. Paths in it start where the command runs. */
export const STANDARD_INPUT = '-';

/** @throws GraphError, GstIplError */
export async function graphOf(file: string, options: GraphOptions): Promise<Graph> {
  return file === STANDARD_INPUT ? parseGraphWith(builtinElements(), await text(process.stdin), STANDARD_INPUT, options) : loadGraph(file, options);
}
