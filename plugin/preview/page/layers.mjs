/** Where nodes and edges of a graph go: in layers, an edge that passes a layer in a lane of its own (Sugiyama et al., 1981). */

/**
 * @typedef {{ name: string, from: string[] }} Node
 * @typedef {{ layer: number, across: number }} Point
 * @typedef {{ key: string, size: number, from: string[] }} Slot
 */

/**
 * @param {Node[]} nodes
 * @param {{ box: number, lane: number, gap: number }} sizes across the layers
 * @returns {{ depth: number, breadth: number, places: Map<string, Point>, ways: Point[][] }} points are middles
 */
export function layOut(nodes, { box, lane, gap }) {
  const layerOf = layersOf(nodes);
  const depth = Math.max(0, ...layerOf.values()) + 1;
  /** @type {Slot[][]} */
  const layers = Array.from({ length: depth }, () => []);
  /** Keys that an edge passes. @type {string[][]} */
  const chains = [];
  for (const { name, from } of nodes) {
    const layer = layerOf.get(name) ?? 0;
    /** @type {Slot} */
    const slot = { key: name, size: box, from: [] };
    layers[layer]?.push(slot);
    for (const input of from) {
      const chain = [input];
      for (let passed = (layerOf.get(input) ?? 0) + 1; passed < layer; passed += 1) {
        const key = `${input}>${name}@${passed}`;
        layers[passed]?.push({ key, size: lane, from: [chain.at(-1) ?? input] });
        chain.push(key);
      }
      slot.from.push(chain.at(-1) ?? input);
      chains.push([...chain, name]);
    }
  }
  const breadthOf = (/** @type {Slot[]} */ slots) => slots.reduce((sum, { size }) => sum + size + gap, -gap);
  const breadth = Math.max(0, ...layers.map(breadthOf));
  /** @type {Map<string, Point>} */
  const places = new Map();
  for (const [layer, slots] of layers.entries()) {
    const wish = (/** @type {Slot} */ { from }) => from.reduce((sum, key) => sum + (places.get(key)?.across ?? 0), 0) / Math.max(1, from.length);
    if (layer > 0) slots.sort((a, b) => wish(a) - wish(b));
    let at = (breadth - breadthOf(slots)) / 2;
    for (const { key, size } of slots) {
      places.set(key, { layer, across: at + size / 2 });
      at += size + gap;
    }
  }
  const ways = chains.map((chain) => chain.map((key) => places.get(key) ?? { layer: 0, across: 0 }));
  return { depth, breadth, places, ways };
}

/**
 * Each node one layer behind the last that it reads from.
 * @param {Node[]} nodes
 */
function layersOf(nodes) {
  /** @type {Map<string, number>} */
  const layers = new Map();
  /** @type {(name: string) => number} */
  const layerOf = (name) => {
    const known = layers.get(name);
    if (known !== undefined) return known;
    const from = nodes.find((node) => node.name === name)?.from ?? [];
    const layer = Math.max(-1, ...from.map(layerOf)) + 1;
    layers.set(name, layer);
    return layer;
  };
  for (const { name } of nodes) layerOf(name);
  return layers;
}
