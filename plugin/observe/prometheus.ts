/** The figures of a graph in Prometheus's text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats */
import type { GraphView } from '../core/graph-view';
import type { Sample } from '../core/metrics';
import { redact } from '../core/redact';
import { healthOf } from './health';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What the graph itself publishes; elements describe theirs in their contracts. */
const HELP: Readonly<Record<string, string>> = {
  gst_ipl_errors_total: 'Errors of a node.',
  gst_ipl_frames_per_second: 'Pictures that a node gave a second, over the last five seconds.',
  gst_ipl_frames_total: 'Pictures, or sets of exposures, that a node gave.',
  gst_ipl_latency_seconds: 'From the moment a picture left GStreamer to the moment a stage gave what it made of it.',
  gst_ipl_node_running: '1 while pictures come out of a node.',
  gst_ipl_queue_depth: 'Pictures that wait in the queue in front of a node.',
  gst_ipl_queue_dropped_total: 'Pictures that a full queue in front of a node dropped.',
  gst_ipl_ready: '1 while the outputs of the graph get pictures.',
  gst_ipl_source_downtime_seconds: 'How long a source was lost, the last time.',
  gst_ipl_source_losses_total: 'How often a source was lost.',
  gst_ipl_source_restarts_total: 'How often a lost source came back.',
  gst_ipl_warnings_total: 'Warnings, by the node that gave them.',
  process_cpu_seconds_total: 'Processor time of the process.',
  process_resident_memory_bytes: 'Memory of the process.',
  process_start_time_seconds: 'When the process began, in seconds since 1970.',
};

export function prometheusText(view: GraphView): string {
  const samples = [...view.metrics.read(), ...stateOf(view), ...processFigures()];
  const byName = new Map<string, Sample[]>();
  for (const sample of samples) byName.set(sample.name, [...(byName.get(sample.name) ?? []), sample]);
  const lines: string[] = [];
  for (const name of [...byName.keys()].sort()) {
    const help = HELP[name];
    if (help) lines.push(`# HELP ${name} ${help}`);
    lines.push(`# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}`);
    for (const sample of byName.get(name) ?? []) lines.push(`${name}${labelsOf(sample)} ${valueOf(sample.value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function stateOf(view: GraphView): Sample[] {
  const running = view.nodes().map(({ name, element, phase }): Sample => {
    return { name: 'gst_ipl_node_running', labels: { node: name, element }, value: Number(phase === 'running') };
  });
  return [{ name: 'gst_ipl_ready', labels: {}, value: Number(healthOf(view).serving) }, ...running];
}

function processFigures(): Sample[] {
  const { user, system } = process.cpuUsage();
  const figures = {
    process_cpu_seconds_total: (user + system) / 1e6,
    process_resident_memory_bytes: process.memoryUsage.rss(),
    process_start_time_seconds: Math.round(Date.now() / 1000 - process.uptime()),
  };
  return Object.entries(figures).map(([name, value]) => ({ name, labels: {}, value }));
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
