/** The elements that every graph file knows. */
import { loadGraphWith, parseGraphWith, type Graph, type GraphOptions } from './graph/load';
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
