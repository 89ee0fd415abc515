/** Which nodes' frames may have 10 bits a sample: those that nobody reads who knows only 8. */
import type { CheckedGraph, CheckedNode } from './checked-graph';
import { upstreamFirst } from './walk';

/** @returns their names */
export function readInTenBits({ nodes }: CheckedGraph): ReadonlySet<string> {
  const names = new Set<string>();
  // Readers first: what passes frames on takes what its readers do.
  for (const { name } of upstreamFirst(nodes).reverse()) {
    if (nodes.filter(({ from }) => from.includes(name)).every((reader) => takes(reader, names))) names.add(name);
  }
  return names;
}

function takes({ name, element, options }: CheckedNode, names: ReadonlySet<string>): boolean {
  // GStreamer converts for itself.
  if (element.kind === 'fragment') return true;
  const depth = element.tenBits?.(options);
  return depth === 'takes' || (depth === 'passes' && names.has(name));
}
