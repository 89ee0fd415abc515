/** Figures of up to the last three minutes, as line charts with their present values below them. */
import { make, svg } from './dom.mjs';

/**
 * @typedef {{ name: string, labels: Record<string, string>, value: number, loss?: boolean }} Figure `loss`: it counts what was lost
 * @typedef {Map<string, number>} Values by series
 * @typedef {{ title: string, unit: string, values(figures: Figure[], before: Map<string, number>, seconds: number): Values }} ChartKind
 */

/** One a second. */
const POINTS = 180;

/** A page that was just opened has little to show: its charts begin with half a minute, and then grow. */
const LEAST_POINTS = 30;
const COLOURS = 6;
const WIDTH = 300;
const HEIGHT = 100;

/** @type {ChartKind[]} */
const KINDS = [
  { title: 'Pictures', unit: '/s', values: (figures) => gauges(figures, ({ name }) => name === 'frames_per_second') },
  {
    title: 'Latency', unit: 'ms',
    values: (figures) => new Map([...gauges(figures, ({ name }) => name === 'latency_seconds')].map(([node, value]) => [node, value * 1000])),
  },
  { title: 'Lost pictures', unit: '/s', values: (figures, before, seconds) => rates(figures, before, seconds, ({ loss }) => loss === true) },
  { title: 'Waiting in queues', unit: '', values: (figures) => gauges(figures, ({ name }) => name === 'queue_depth') },
  { title: 'Cache hits', unit: '%', values: hitRates },
];

export class Charts {
  #home;
  /** What was, by title and series. @type {Map<string, Map<string, (number | undefined)[]>>} */
  #charts = new Map();
  /** Names of the nodes: a node has the same place and colour in every chart. @type {string[]} */
  #order = [];
  /** Counters of the last state. @type {Map<string, number>} */
  #before = new Map();
  #updated = performance.now();
  /** States shown until now. */
  #count = 0;

  /** @param {HTMLElement} home */
  constructor(home) {
    this.#home = home;
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
    this.#home.replaceChildren(...KINDS.flatMap((kind) => this.#draw(kind)));
  }

  /**
   * @param {ChartKind} kind
   * @param {Values} values
   */
  #push({ title }, values) {
    let chart = this.#charts.get(title);
    if (!chart) this.#charts.set(title, (chart = new Map()));
    for (const series of values.keys()) if (!chart.has(series)) chart.set(series, []);
    for (const [series, history] of chart) {
      history.push(values.get(series));
      if (history.length > POINTS) history.shift();
    }
  }

  /**
   * @param {ChartKind} kind
   * @returns {Element[]}
   */
  #draw({ title, unit }) {
    const chart = this.#charts.get(title);
    if (!chart || chart.size === 0) return [];
    const most = Math.max(0, ...[...chart.values()].flatMap((history) => history.map((value) => value ?? 0)));
    const top = unit === '%' ? 100 : niceTop(most);
    const figure = make('figure', {});
    figure.className = 'chart';
    const caption = make('figcaption', {});
    const points = Math.min(POINTS, Math.max(LEAST_POINTS, this.#count));
    caption.append(title, make('span', { className: 'quiet', textContent: points < POINTS ? `last ${points} s` : 'last 3 min' }));
    const graphic = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    const plot = make('div', { className: 'plot' });
    plot.append(graphic);
    for (const [value, words] of [[top, `${top}${unit ? ` ${unit}` : ''}`], [top / 2, String(top / 2)]]) {
      const y = String(heightOf(Number(value), top));
      graphic.append(svg('line', { class: 'grid', x1: '0', x2: String(WIDTH), y1: y, y2: y }));
      const mark = make('span', { className: 'mark', textContent: String(words), ariaHidden: 'true' });
      mark.style.top = `${y}%`;
      plot.append(mark);
    }
    const list = make('ul', {});
    for (const [series, history] of [...chart].sort(([a], [b]) => this.#order.indexOf(a) - this.#order.indexOf(b))) {
      const index = Math.max(0, this.#order.indexOf(series));
      graphic.append(svg('polyline', { class: `series-${index % COLOURS}`, points: pointsOf(history, top, points) }));
      list.append(entryOf(series, index, history.at(-1), unit));
    }
    figure.append(caption, plot, list);
    return [figure];
  }
}

/**
 * @param {string} series
 * @param {number} index
 * @param {number | undefined} value
 * @param {string} unit
 */
function entryOf(series, index, value, unit) {
  const entry = make('li', {});
  const swatch = make('span', { className: `swatch series-${index % COLOURS}` });
  const digits = value === undefined ? '-' : value.toFixed(Math.abs(value) < 10 && unit !== '%' ? 1 : 0);
  entry.append(swatch, `${series} ${digits}${unit && value !== undefined ? ` ${unit}` : ''}`);
  return entry;
}

/**
 * Where a value is drawn; the height is also that in percent.
 * @param {number} value
 * @param {number} top
 */
function heightOf(value, top) {
  return HEIGHT - 3 - (value / top) * (HEIGHT - 12);
}

/**
 * @param {(number | undefined)[]} history
 * @param {number} top
 * @param {number} points how many the chart is wide
 */
function pointsOf(history, top, points) {
  const first = points - history.length;
  return history
    .flatMap((value, index) => {
      if (value === undefined) return [];
      const x = ((first + index) / (points - 1)) * WIDTH;
      return [`${x.toFixed(1)},${heightOf(value, top).toFixed(1)}`];
    })
    .join(' ');
}

/** The next of 1, 2, 5, 10, 20 ... @param {number} value */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 1;
}

/** @param {Figure} figure */
function keyOf({ name, labels }) {
  return `${name} ${JSON.stringify(labels)}`;
}

/**
 * Of one name; several series of a node are added up.
 * @param {Figure[]} figures
 * @param {(figure: Figure) => boolean} wanted
 * @returns {Values}
 */
function gauges(figures, wanted) {
  const values = new Map();
  for (const figure of figures) {
    const { labels, value } = figure;
    if (wanted(figure)) values.set(labels.node ?? '', (values.get(labels.node ?? '') ?? 0) + value);
  }
  return values;
}

/**
 * @param {Figure[]} figures
 * @param {Map<string, number>} before
 * @param {number} seconds
 * @param {(figure: Figure) => boolean} wanted
 * @returns {Values}
 */
function rates(figures, before, seconds, wanted) {
  const grown = figures.filter(wanted).map((figure) => {
    const grew = figure.value - (before.get(keyOf(figure)) ?? figure.value);
    return { ...figure, name: 'grown', value: Math.max(0, grew) / seconds };
  });
  return gauges(grown, () => true);
}

/**
 * Of the last second: slices whose coefficients `ipl` had already, among all.
 * @param {Figure[]} figures
 * @param {Map<string, number>} before
 * @returns {Values}
 */
function hitRates(figures, before) {
  const hits = rates(figures, before, 1, ({ name }) => name === 'fusion_reused_slices_total');
  const lookups = rates(figures, before, 1, ({ name }) => name === 'fusion_slices_total');
  const values = new Map();
  for (const [node, count] of lookups) if (count > 0) values.set(node, ((hits.get(node) ?? 0) / count) * 100);
  return values;
}
