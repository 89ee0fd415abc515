/** The graph, drawn in layers from sources to sinks, with what each node does now. */
import { svg } from './dom.mjs';
import { layOut } from './layers.mjs';

/**
 * @typedef {{ name: string, element: string, from: string[], phase: string, reason?: string, condition?: string, conditions?: string[], rate?: number, latency?: number }} GraphNode
 * @typedef {import('./layers.mjs').Point} Point
 */

const BOX = { width: 132, height: 62 };
const GAP = { along: 40, across: 16 };

/** What an edge takes where it passes a layer. */
const LANE = 14;

/** Shapes, so that nobody needs the colours. */
const SIGNS = /** @type {Record<string, string>} */ ({ running: '●', waiting: '○', silent: '◐', lost: '✕', failed: '✕', ended: '■' });

/** Smaller letters than these parts of their size are hard to read; layers then go down instead of right. */
const LEAST_SCALE = 0.8;

/**
 * @param {HTMLElement} home
 * @param {GraphNode[]} nodes
 */
export function drawGraph(home, nodes) {
  const right = layOut(nodes, { box: BOX.height, lane: LANE, gap: GAP.across });
  const length = right.depth * (BOX.width + GAP.along) - GAP.along;
  const down = home.clientWidth < length * LEAST_SCALE * letter();
  const { depth, breadth, places, ways } = down ? layOut(nodes, { box: BOX.width, lane: LANE, gap: GAP.across }) : right;
  const [width, height] = down ? [breadth, depth * (BOX.height + GAP.along) - GAP.along] : [length, breadth];
  const words = nodes.map(({ name, phase }) => `${name} ${phase}`).join(', ');
  const graphic = svg('svg', { viewBox: `-2 -2 ${width + 4} ${height + 4}`, role: 'img', 'aria-label': `Graph: ${words}` });
  // Never larger than the letters of the page.
  graphic.style.maxWidth = `${(width + 4) / 15}rem`;
  for (const way of ways) graphic.append(edge(way, down));
  for (const node of nodes) {
    const { layer, across } = places.get(node.name) ?? { layer: 0, across: 0 };
    graphic.append(down
      ? box(node, across - BOX.width / 2, layer * (BOX.height + GAP.along))
      : box(node, layer * (BOX.width + GAP.along), across - BOX.height / 2));
  }
  home.replaceChildren(graphic);
}

/** How much larger the page's letters are than those of a plain screen. */
function letter() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/**
 * A curve from box to box, through the lanes between them.
 * @param {Point[]} way
 * @param {boolean} down
 */
function edge(way, down) {
  const size = down ? BOX.height : BOX.width;
  const pitch = size + GAP.along;
  /** @type {(along: number, across: number) => string} */
  const point = (along, across) => (down ? `${across} ${along}` : `${along} ${across}`);
  let path = '';
  for (const [index, { layer, across }] of way.entries()) {
    const near = layer * pitch;
    const before = way[index - 1];
    if (!before) {
      path = `M${point(near + size, across)}`;
      continue;
    }
    const middle = near - GAP.along / 2;
    path += ` C${point(middle, before.across)} ${point(middle, across)} ${point(near, across)}`;
    if (index < way.length - 1) path += ` L${point(near + size, across)}`;
  }
  return svg('path', { class: 'edge', d: path });
}

/**
 * @param {GraphNode} node
 * @param {number} x
 * @param {number} y
 */
function box({ name, element, phase, reason, condition, conditions = [], rate, latency }, x, y) {
  const group = svg('g', { transform: `translate(${x} ${y})`, 'data-node': name, 'data-phase': phase, ...(conditions.length > 0 ? { class: 'warned' } : {}) });
  const title = svg('title', {});
  title.textContent = `${name} (${element}): ${phase}${[reason, ...conditions].map((words) => (words ? `. ${words}` : '')).join('')}`;
  group.append(
    title,
    svg('rect', { class: 'box', width: String(BOX.width), height: String(BOX.height), rx: '8' }),
    text(cut(name, 14), 28, 20, ''),
    text(SIGNS[phase] ?? '', 10, 20, 'sign'),
    text(cut(element, 17), 28, 36, 'small'),
    ...(conditions.length > 0 ? [text('!', BOX.width - 16, 20, 'mark')] : []),
    text(phase === 'running' ? condition ?? (rate === undefined ? phase : doing(rate, latency)) : phase, 28, 52, 'small phase'),
  );
  return group;
}

/**
 * @param {number} rate
 * @param {number | undefined} latency seconds since the pictures came into the graph
 */
function doing(rate, latency) {
  return `${rate.toFixed(1)} /s${latency === undefined ? '' : `, ${Math.round(latency * 1000)} ms`}`;
}

/**
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {string} name
 */
function text(words, x, y, name) {
  const shape = svg('text', { x: String(x), y: String(y), ...(name ? { class: name } : {}) });
  shape.textContent = words;
  return shape;
}

/**
 * @param {string} words
 * @param {number} most letters
 */
function cut(words, most) {
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}
