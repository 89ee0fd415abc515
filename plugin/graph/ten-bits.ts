/** Which nodes' frames may have 10 bits a sample: those that somebody wants so, and nobody reads who knows only 8. */
import type { CheckedGraph, CheckedNode } from './checked-graph';
import { upstreamFirst } from './walk';

/** @returns their names */
export function readInTenBits({ nodes }: CheckedGraph): ReadonlySet<string> {
  const names = new Set<string>();
  // Readers first: what passes frames on takes what its readers do.
  for (const { name } of upstreamFirst(nodes).reverse()) {
    const wishes = nodes.filter(({ from }) => from.includes(name)).map((reader) => wishOf(reader, names));
    const borne = wishes.length > 0 && wishes.every((wish) => wish === 'bears');
    if (!borne && !wishes.includes(undefined)) names.add(name);
  }
  return names;
}

function wishOf({ name, element, options }: CheckedNode, names: ReadonlySet<string>): 'takes' | 'bears' | undefined {
  // GStreamer converts for itself.
  if (element.kind === 'fragment') return 'takes';
  const depth = element.tenBits?.(options);
  if (depth === 'passes') return names.has(name) ? 'takes' : undefined;
  if (depth === 'follows') return names.has(name) ? 'takes' : 'bears';
  return depth;
}
