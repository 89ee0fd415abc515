/** The figures of a graph in Prometheus's text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats */
import type { GraphView } from '../core/graph-view';
import { defineMetrics, type Labels } from '../core/metrics/metric-table';
import type { Sample } from '../core/metrics/metrics';
import { redact } from '../core/secrets/redact';
import { healthOf } from './health';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What is true at the moment of asking. */
const present = defineMetrics({
  gst_ipl_node_condition: { kind: 'gauge', help: '1 while something goes on with a node: it is overloaded, say.' },
  gst_ipl_node_running: { kind: 'gauge', help: '1 while pictures come out of a node.' },
  gst_ipl_ready: { kind: 'gauge', help: '1 while an output of the graph delivers pictures.' },
  process_cpu_seconds_total: { kind: 'counter', help: 'Processor time of the process.' },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory of the process.' },
  process_start_time_seconds: { kind: 'gauge', help: 'When the process began, in seconds since 1970.' },
});

const sample = (name: keyof typeof present, value: number, labels: Labels = {}): Sample => ({ name, labels, value, declaration: present[name] });

export function prometheusText(view: GraphView): string {
  return formatSamples([...view.metrics.read(), ...stateOf(view), ...processFigures()]);
}

/** Any samples, in the same format. */
export function formatSamples(samples: readonly Sample[]): string {
  const byName = new Map<string, Sample[]>();
  for (const one of samples) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const lines: string[] = [];
  for (const [name, series] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { kind, help } = series[0]?.declaration ?? {};
    lines.push(`# HELP ${name} ${escapeHelp(help ?? '')}`, `# TYPE ${name} ${kind}`);
    for (const one of series) lines.push(`${name}${labelsOf(one)} ${valueOf(one.value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function stateOf(view: GraphView): Sample[] {
  const nodes = view.nodes();
  const running = nodes.map(({ name, element, phase }) => sample('gst_ipl_node_running', Number(phase === 'running'), { node: name, element }));
  const conditions = nodes.flatMap((node) => node.conditions.map(({ name }) => sample('gst_ipl_node_condition', 1, { node: node.name, condition: name })));
  return [sample('gst_ipl_ready', Number(healthOf(view).serving)), ...running, ...conditions];
}

export function processFigures(): Sample[] {
  const { user, system } = process.cpuUsage();
  return [
    sample('process_cpu_seconds_total', (user + system) / 1e6),
    sample('process_resident_memory_bytes', process.memoryUsage.rss()),
    sample('process_start_time_seconds', Math.round(Date.now() / 1000 - process.uptime())),
  ];
}

/** https://prometheus.io/docs/instrumenting/exposition_formats: of help, backslashes and line breaks. */
function escapeHelp(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
}

function labelsOf({ labels }: Sample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(redact(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function valueOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
