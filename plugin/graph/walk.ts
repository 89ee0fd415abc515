/** Ways through a graph, without recursion: a graph may be as long as somebody's program makes it, and join and part as often. */

interface Node {
  readonly name: string;
  readonly from: readonly string[];
}

/** Each node once, after those that it reads from. The graph has no cycle. */
export function upstreamFirst<T extends Node>(nodes: readonly T[]): T[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const order = new Set<T>();
  walk([...byName.keys()], (name) => byName.get(name)?.from ?? [], (name) => {
    const node = byName.get(name);
    if (node) order.add(node);
  });
  return [...order];
}

/** The names of a cycle, each read by the one before it. */
export function findCycle(nodes: readonly Node[]): string[] | undefined {
  const from = new Map(nodes.map((node) => [node.name, node.from]));
  return walk([...from.keys()], (name) => from.get(name) ?? [], () => undefined);
}

/**
 * Depth first, every name once.
 * @param leave called when all behind a name is done
 * @returns a cycle, where there is one
 */
function walk(names: readonly string[], next: (name: string) => readonly string[], leave: (name: string) => void): string[] | undefined {
  const done = new Set<string>();
  for (const start of names) {
    if (done.has(start)) continue;
    const path = [start];
    const onPath = new Set(path);
    const ways = [next(start).values()];
    for (let way = ways.at(-1); way; way = ways.at(-1)) {
      const { value: name, done: over } = way.next();
      if (over) {
        const left = path.pop() as string;
        ways.pop();
        onPath.delete(left);
        done.add(left);
        leave(left);
      } else if (onPath.has(name)) {
        return path.slice(path.indexOf(name)).reverse();
      } else if (!done.has(name)) {
        path.push(name);
        onPath.add(name);
        ways.push(next(name).values());
      }
    }
  }
  return undefined;
}
