/** Which charts there are, and what of the metrics each shows. */

/**
 * @typedef {{ name: string, labels: Record<string, string>, value: number, loss?: boolean }} Figure `loss`: it counts what was lost
 * @typedef {Map<string, number>} Values by series
 * @typedef {{ title: string, unit: string, values(figures: Figure[], before: Map<string, number>, seconds: number): Values }} ChartKind
 */

/** @type {ChartKind[]} */
export const KINDS = [
  { title: 'Frames', unit: '/s', values: (figures) => gauges(figures, ({ name }) => name === 'frames_per_second') },
  {
    title: 'Latency', unit: 'ms',
    values: (figures) => new Map([...gauges(figures, ({ name }) => name === 'latency_seconds')].map(([node, value]) => [node, value * 1000])),
  },
  { title: 'Dropped frames', unit: '/s', values: (figures, before, seconds) => rates(figures, before, seconds, ({ loss }) => loss === true) },
  { title: 'Queue depth', unit: '', values: (figures) => gauges(figures, ({ name }) => name === 'queue_depth') },
  { title: 'Cache hits', unit: '%', values: hitRates },
];

/** @param {Figure} figure */
export function keyOf({ name, labels }) {
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
