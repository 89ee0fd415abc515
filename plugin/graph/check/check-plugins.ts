/** Checks that the GStreamer elements are installed which stages put into pipelines of their own. */
import type { Problem } from '../../core/errors';
import { missingPlugin, missingElements } from '../../gstreamer/probe/probe';
import type { CheckedNode } from '../checked-graph';
import type { GraphDocument } from './document';

/** @returns what is missing, in the order of the nodes */
export async function missingPlugins(nodes: readonly CheckedNode[], document: GraphDocument): Promise<Problem[]> {
  const needed = [...new Set(nodes.flatMap(({ needs }) => needs))];
  if (needed.length === 0) return [];
  const missing = new Set(await missingElements(needed));
  return nodes.flatMap((node) => {
    return node.needs.filter((element) => missing.has(element)).map((element): Problem => {
      const { code, message, hint } = missingPlugin(node.name, element);
      return { code, message, hint, place: placeOf(node, element, document) };
    });
  });
}

/** That of the option by which the element was chosen, or of the node. */
function placeOf(node: CheckedNode, element: string, document: GraphDocument): CheckedNode['place'] {
  const [chosen] = Object.entries(node.options).find(([, value]) => value === element) ?? [];
  const written = document.nodes.find(({ name }) => name.value === node.name)?.options;
  return (chosen === undefined ? undefined : written?.get(chosen)?.place) ?? node.place;
}
