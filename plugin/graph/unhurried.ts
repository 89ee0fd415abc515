/** Which nodes nobody hurries: all that they read comes from files that wait. */
import type { CheckedGraph } from './checked-graph';
import { upstreamFirst } from './walk';

/** @returns their names */
export function unhurriedNodes({ nodes }: CheckedGraph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, element, options, from } of upstreamFirst(nodes)) {
    if (from.length === 0 ? element.waits?.(options) === true : from.every((input) => names.has(input))) names.add(name);
  }
  return names;
}
