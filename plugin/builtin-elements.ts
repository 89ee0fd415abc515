/** The elements that every graph file knows. */
import type { GraphInCode } from './graph-in-code';
import { loadGraphWith, parseGraphWith, readGraphWith, type Graph, type GraphOptions } from './graph/load';
import { alternateElement } from './alternate';
import { ElementRegistry } from './graph/registry';
import { filterElement } from './filter';
import { iplElement } from './ipl';
import { previewElement } from './preview';
import { publishElement } from './publish';
import { recordElement } from './record';
import { sinkElement } from './sink';
import { sourceElement } from './source';
import { syncElement } from './sync';

/** A registry with the built-in elements; add your own to it with `add`. */
export function builtinElements(): ElementRegistry {
  return new ElementRegistry([sourceElement, syncElement, alternateElement, iplElement, filterElement, sinkElement, recordElement, publishElement, previewElement]);
}

/**
 * Reads, checks and plans a graph file.
 * @example const graph = await loadGraph('three-files.yaml', { params: { out: 'fused.mp4' } });
 *          graph.run().events.subscribe({ complete: () => console.log('done') });
 * @throws GraphError, GstIplError
 */
export function loadGraph(file: string, options?: GraphOptions, registry = builtinElements()): Promise<Graph> {
  return loadGraphWith(registry, file, options);
}

/** The same for a graph that is at hand as text. */
export function parseGraphText(text: string, options?: GraphOptions, registry = builtinElements()): Promise<Graph> {
  return parseGraphWith(registry, text, undefined, options);
}

/**
 * The same for a graph that is written in code, where the compiler knows the options of every element. Paths start where the program runs.
 * @example const graph = await createGraph({
 *            nodes: {
 *              camera: { use: 'source', uri: 'rtsp://10.0.0.12/stream1' },
 *              archive: { use: 'record', from: 'camera', to: 'recordings', keep: '50GB' },
 *            },
 *          });
 * @throws GraphError, GstIplError
 */
export async function createGraph<Added extends { readonly use: string } = never>(document: GraphInCode<Added>, options?: GraphOptions, registry = builtinElements()): Promise<Graph> {
  return readGraphWith(registry, document, 'graph', options);
}
