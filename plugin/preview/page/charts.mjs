/** Metrics of the last three minutes, as line charts by uPlot. The list below each says the present values, or those under the pointer. */
import uPlot from './uPlot.mjs';
import { keyOf, KINDS } from './chart-kinds.mjs';
import { make, svg } from './dom.mjs';

/**
 * @typedef {import('./chart-kinds.mjs').Figure} Figure
 * @typedef {import('./chart-kinds.mjs').ChartKind} ChartKind
 * @typedef {{ kind: ChartKind, figure: HTMLElement, plot: HTMLElement, list: HTMLElement, histories: Map<string, (number | null)[]>, drawn: any, names: string, points: number }} Chart
 */

/** One a second. */
const POINTS = 180;

/** A page that was just opened has little to show: its charts begin with half a minute, and then grow. */
const LEAST_POINTS = 30;
const COLOURS = 6;

/** So that nobody needs the colours: neighbours of a chain are solid, dashed, dotted. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]];

/** Share of the height above the highest value. */
const ROOM = 1.1;

export class Charts {
  #home;
  /** By title. @type {Map<string, Chart>} */
  #charts = new Map();
  /** Names of the nodes: a node has the same place and colour in every chart. @type {string[]} */
  #order = [];
  /** Counters of the last state. @type {Map<string, number>} */
  #before = new Map();
  #updated = performance.now();
  /** States shown until now. */
  #count = 0;
  /** Of each plot, not of the page: a chart that is new makes the others narrower. */
  #resized = new ResizeObserver(() => {
    for (const { plot, drawn } of this.#charts.values()) drawn?.setSize(sizeOf(plot));
  });

  /** @param {HTMLElement} home */
  constructor(home) {
    this.#home = home;
    // Colours are read when a chart is made, sizes too.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#forget());
  }

  /**
   * @param {Figure[]} figures
   * @param {string[]} order names of the nodes
   */
  update(figures, order) {
    this.#order = order;
    const now = performance.now();
    const seconds = (now - this.#updated) / 1000;
    this.#updated = now;
    this.#count += 1;
    for (const kind of KINDS) this.#push(kind, kind.values(figures, this.#before, seconds));
    this.#before = new Map(figures.map((figure) => [keyOf(figure), figure.value]));
  }

  #forget() {
    for (const chart of this.#charts.values()) {
      chart.drawn?.destroy();
      chart.drawn = undefined;
    }
  }

  /**
   * @param {ChartKind} kind
   * @param {import('./chart-kinds.mjs').Values} values
   */
  #push(kind, values) {
    let chart = this.#charts.get(kind.title);
    if (!chart && values.size === 0) return;
    if (!chart) {
      chart = chartOf(kind);
      this.#charts.set(kind.title, chart);
      this.#resized.observe(chart.plot);
      this.#home.replaceChildren(...KINDS.flatMap(({ title }) => this.#charts.get(title)?.figure ?? []));
    }
    for (const series of values.keys()) if (!chart.histories.has(series)) chart.histories.set(series, []);
    for (const [series, history] of chart.histories) {
      history.push(values.get(series) ?? null);
      if (history.length > POINTS) history.shift();
    }
    this.#draw(chart);
  }

  /** @param {Chart} chart */
  #draw(chart) {
    const series = [...chart.histories].sort(([a], [b]) => this.#order.indexOf(a) - this.#order.indexOf(b));
    const names = series.map(([name]) => name);
    const points = Math.min(POINTS, Math.max(LEAST_POINTS, this.#count));
    if (!chart.drawn || chart.names !== names.join()) {
      chart.drawn?.destroy();
      chart.names = names.join();
      chart.drawn = this.#plot(chart, names);
    }
    chart.points = points;
    const times = Array.from({ length: points }, (_, index) => index - points + 1);
    chart.drawn.setData([times, ...series.map(([, history]) => [...Array(points - history.length).fill(null), ...history])]);
    this.#list(chart);
  }

  /**
   * @param {Chart} chart
   * @param {string[]} names
   */
  #plot(chart, names) {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const letters = parseFloat(style.fontSize);
    const axis = {
      stroke: colour('--quiet'), font: `${0.72 * letters}px ${style.fontFamily}`, grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false },
    };
    const { unit } = chart.kind;
    const scale = letters / 16; // Lines grow with letters: a wall is seen from afar.
    return new uPlot({
      ...sizeOf(chart.plot),
      legend: { show: false },
      cursor: { sync: { key: 'charts' }, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false }, y: { range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ most) => [0, unit === '%' ? 100 : Math.max(1, (most || 0) * ROOM)] } },
      axes: [
        { ...axis, size: 1.5 * letters, gap: 2, space: 4 * letters, values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map((value) => (value === 0 ? 'now' : `${value} s`)) },
        { ...axis, size: 3.4 * letters, gap: 2, space: 1.6 * letters, values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map((value) => `${value}${unit ? ` ${unit}` : ''}`) },
      ],
      series: [{}, ...names.map((name) => {
        const index = Math.max(0, this.#order.indexOf(name));
        const dash = (DASHES[index % DASHES.length] ?? []).map((length) => length * scale);
        return { stroke: colour(`--series-${index % COLOURS}`), width: 2 * scale, dash, points: { show: false } };
      })],
      hooks: { setCursor: [() => this.#list(chart)] },
    }, [[], ...names.map(() => [])], chart.plot);
  }

  /** @param {Chart} chart */
  #list({ kind: { unit }, list, drawn, names, points }) {
    if (!drawn) return;
    const at = drawn.cursor.idx ?? points - 1;
    const ago = points - 1 - at;
    const entries = (names === '' ? [] : names.split(',')).map((name, index) => entryOf(name, Math.max(0, this.#order.indexOf(name)), drawn.data[index + 1]?.[at], unit));
    list.replaceChildren(...entries, ...(ago > 0 ? [make('li', { className: 'quiet', textContent: `${ago} s ago` })] : []));
  }
}

/**
 * @param {ChartKind} kind
 * @returns {Chart}
 */
function chartOf(kind) {
  const figure = make('figure', { className: 'chart' });
  const plot = make('div', { className: 'plot' });
  plot.setAttribute('aria-hidden', 'true'); // The list says the same.
  const list = make('ul', {});
  figure.append(make('figcaption', { textContent: kind.unit ? `${kind.title}, ${kind.unit}` : kind.title }), plot, list);
  return { kind, figure, plot, list, histories: new Map(), drawn: undefined, names: '', points: 0 };
}

/** A piece of a series' line, with its dashes: two colours may look alike. @param {number} index */
function sampleOf(index) {
  const sample = svg('svg', { class: 'series-sample', viewBox: '0 0 34 8', 'aria-hidden': 'true' });
  sample.append(svg('line', { class: `series-${index % COLOURS}`, x1: '1', y1: '4', x2: '33', y2: '4', 'stroke-dasharray': (DASHES[index % DASHES.length] ?? []).join(' ') }));
  return sample;
}

/** @param {HTMLElement} plot its size is the style sheet's */
function sizeOf(plot) {
  return { width: Math.max(1, plot.clientWidth), height: Math.max(1, plot.clientHeight) };
}

/**
 * @param {string} series
 * @param {number} index
 * @param {number | null | undefined} value
 * @param {string} unit
 */
function entryOf(series, index, value, unit) {
  const entry = make('li', {});
  const known = value !== undefined && value !== null;
  const digits = known ? value.toFixed(Math.abs(value) < 10 && unit !== '%' ? 1 : 0) : '-';
  entry.append(sampleOf(index), `${series} ${digits}${unit && known ? ` ${unit}` : ''}`);
  return entry;
}
