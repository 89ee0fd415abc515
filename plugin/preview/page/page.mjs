/** The page: asks for the state every second, and hands it to its parts. */
import { Charts } from './charts.mjs';
import { Controls } from './controls.mjs';
import { drawGraph } from './diagram.mjs';
import { element, make } from './dom.mjs';
import { Viewer } from './viewer.mjs';

const STATE_MS = 1_000;

/** A request that takes longer is given up. */
const PATIENCE_MS = 5_000;

/** @param {string} message empty: all is well */
function notice(message) {
  element('notice').hidden = message === '';
  element('notice').textContent = message;
}

const viewer = new Viewer((seconds) => {
  element('clock').textContent = `${seconds.toFixed(1)} s`;
  /** @type {HTMLButtonElement} */ (element('snapshot')).disabled = false;
});
/** Pictures carry a weight map while this parameter of `ipl` is true. @param {{ path: string, kind: string }} parameter */
const isWeights = ({ path, kind }) => kind === 'boolean' && path.endsWith('.weights');

viewer.onWeightsWanted = () => {
  for (const { path } of parameters.filter(isWeights)) void controls.send(path, true);
};
const controls = new Controls(element('parameters'), notice);
const charts = new Charts(element('charts'));
let lost = false;
/** Of the last state. @type {import('./controls.mjs').Parameter[]} */
let parameters = [];

async function update() {
  try {
    const answer = await fetch('/api/state', { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 401) return location.reload(); // The server started again and asks for its token.
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    if (lost) notice('');
    lost = false;
  } catch {
    lost = true;
    element('health').dataset.status = 'dead';
    element('health-text').textContent = 'no connection';
    notice('The server does not answer. The page goes on as soon as it does.');
  }
}

/** @param {any} state as plugin/preview/state.ts makes it */
function show(state) {
  element('health').dataset.status = state.health.status;
  element('health-text').textContent = healthWords(state.health);
  element('health').title = state.health.reasons.join(' ');
  viewer.setStreams(state.streams);
  element('mapped').hidden = state.toneMapped.length === 0;
  element('mapped').textContent =
    `${state.toneMapped.join(', ')}: HDR, mapped down to what an SDR screen shows (BT.2446). A television that shows HDR shows more light.`;
  viewer.setFigures(state.figures);
  viewer.offerWeights(state.parameters.some(isWeights));
  parameters = state.parameters;
  controls.update(parameters);
  charts.update(state.figures, state.nodes.map((/** @type {{ name: string }} */ { name }) => name));
  const [rates, latencies] = ['frames_per_second', 'latency_seconds'].map((wanted) => new Map(
    state.figures
      .filter((/** @type {{ name: string }} */ { name }) => name === wanted)
      .map((/** @type {import('./chart-kinds.mjs').Figure} */ { labels, value }) => [labels.node, value]),
  ));
  drawGraph(element('diagram'), state.nodes.map((/** @type {import('./diagram.mjs').GraphNode} */ node) => {
    return { ...node, rate: rates?.get(node.name), latency: latencies?.get(node.name) };
  }));
  showEvents(state.events);
}

/** Two reasons are what a badge has room for. @param {{ status: string, reasons: string[] }} health */
function healthWords({ status, reasons }) {
  return reasons.length === 0 ? status : `${status}: ${reasons.slice(0, 2).join(' ')}`;
}

let newest = 0;

/** @param {{ id: number, time: number, level: string, node?: string, message: string }[]} events */
function showEvents(events) {
  const last = events.at(-1)?.id ?? 0;
  if (last === newest) return;
  newest = last;
  const entries = [...events].reverse().map(({ time, level, node, message }) => {
    const entry = make('li', {});
    entry.dataset.level = level;
    const when = make('time', { textContent: new Date(time).toLocaleTimeString() });
    const what = make('span', {});
    if (level !== 'info') what.append(make('b', { textContent: `${level} ` }));
    what.append(node ? `${node}: ${message}` : message);
    entry.append(when, what);
    return entry;
  });
  element('events').replaceChildren(...entries);
}

// The answer is an attachment; the page stays.
element('snapshot').addEventListener('click', () => make('a', { href: '/api/snapshot', download: '' }).click());

async function run() {
  for (;;) {
    if (!document.hidden) await update();
    await new Promise((resolve) => setTimeout(resolve, STATE_MS));
  }
}

void run();
