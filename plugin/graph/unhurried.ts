/** Which nodes nobody hurries: all that they read comes from files that wait. What they would drop, to stay fresh, nobody has missed yet: they let it wait. */
import type { QueueSettings } from '../core/queue/bounded-queue';
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

/** An element's options, as a node that nobody hurries has them: its queue waits. Ends keep theirs: who watches a stream would fall behind. */
export function withoutHurry<Options extends Readonly<Record<string, unknown>>>(options: Options): Options {
  const queue = options.queue as Partial<QueueSettings> | undefined;
  return queue?.policy?.startsWith('drop-') ? { ...options, queue: { ...queue, policy: 'block' } } : options;
}
