/** The metrics of a graph, and of the process, in Prometheus's text format, by prom-client. */
import { collectDefaultMetrics, Counter, Gauge, Registry, type Histogram } from 'prom-client';
import type { GraphView } from '../core/graph-view';
import { defineMetrics, type Labels } from '../core/metrics/metric-table';
import type { Sample } from '../core/metrics/metrics';
import { version } from '../core/package-version';
import { redact } from '../core/secrets/redact';
import { healthOf } from './health';

export const PROMETHEUS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** What is true at the moment of asking. */
const present = defineMetrics({
  gst_ipl_node_condition: { kind: 'gauge', help: '1 while a condition of a node holds, such as `overloaded`.' },
  gst_ipl_node_running: { kind: 'gauge', help: '1 while frames come out of a node.' },
  gst_ipl_ready: { kind: 'gauge', help: '1 while an output of the graph delivers frames.' },
});

const sample = (name: keyof typeof present, value: number, labels: Labels = {}): Sample => ({ name, labels, value, declaration: present[name] });

export async function prometheusText(view: GraphView): Promise<string> {
  return (await formatSamples([...view.metrics.read(), ...stateOf(view)], view.metrics.histograms())) + (await processText());
}

/** Any samples, in the same format. Of a histogram's samples nothing is said: it is given itself. */
export function formatSamples(samples: readonly Sample[], histograms: readonly Histogram[] = []): Promise<string> {
  const registry = new Registry();
  const byName = new Map<string, Sample[]>();
  for (const one of samples) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  for (const [name, series] of byName) {
    const [{ declaration: { kind, help } }] = series as [Sample, ...Sample[]];
    if (kind === 'histogram') continue;
    const labelNames = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
    const settings = { name, help, labelNames, registers: [registry] };
    const metric = kind === 'counter' ? new Counter(settings) : new Gauge(settings);
    for (const { labels, value } of series) metric.inc(redacted(labels), value);
  }
  for (const histogram of histograms) registry.registerMetric(histogram);
  return registry.metrics();
}

/** Gauges that are called as counters are, which `promtool check metrics` refuses. Each has a twin by `type`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Made once: it watches the event loop and the garbage collector from then on. */
let ofProcess: Registry | undefined;

/** Of this process: processor time, memory, event loop, garbage collection, and which version runs. */
export function processText(): Promise<string> {
  ofProcess ??= processRegistry();
  return ofProcess.metrics();
}

function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({ name: 'gst_ipl_build_info', help: 'Always 1; its labels say what runs.', labelNames: ['version', 'node'], registers: [registry] })
    .set({ version: version(), node: process.version }, 1);
  return registry;
}

function redacted(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, redact(value)]));
}

function stateOf(view: GraphView): Sample[] {
  const nodes = view.nodes();
  const running = nodes.map(({ name, element, phase }) => sample('gst_ipl_node_running', Number(phase === 'running'), { node: name, element }));
  const conditions = nodes.flatMap((node) => node.conditions.map(({ name }) => sample('gst_ipl_node_condition', 1, { node: node.name, condition: name })));
  return [sample('gst_ipl_ready', Number(healthOf(view).serving)), ...running, ...conditions];
}
