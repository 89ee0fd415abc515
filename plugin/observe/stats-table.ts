/** The metrics of a graph as a table of its nodes, for `gst-ipl run --stats`. */
import type { GraphView } from '../core/graph-view';
import { isLoss, type Sample } from '../core/metrics/metrics';
import { redact } from '../core/secrets/redact';

export interface NodeStats {
  readonly node: string;
  readonly phase: string;
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Undefined for what comes out of GStreamer: its latency begins there. */
  readonly latencyMs: number | undefined;
  /** All that it lost, by the declarations of the counters. */
  readonly dropped: number;
  readonly queued: number;
  readonly warnings: number;
  /** What goes on with it, in sentences. */
  readonly conditions: readonly string[];
}

export function statsOf(view: GraphView): NodeStats[] {
  const samples = view.metrics.read();
  return view.nodes().map(({ name, phase, conditions }) => {
    const own = samples.filter(({ labels }) => labels.node === name);
    const named = (wanted: string) => (sample: Sample) => sample.name === wanted;
    const latency = own.find(named('gst_ipl_latency_seconds'))?.value;
    return {
      node: name,
      phase,
      // What ends inside of GStreamer is counted as it gets there.
      frames: sum(own, named('gst_ipl_frames_total')) || sum(own, named('gst_ipl_output_frames_total')),
      framesPerSecond: Math.round(sum(own, named('gst_ipl_frames_per_second')) * 10) / 10,
      latencyMs: latency === undefined ? undefined : Math.round(latency * 1000),
      dropped: sum(own, isLoss),
      queued: sum(own, named('gst_ipl_queue_depth')),
      warnings: sum(own, named('gst_ipl_warnings_total')),
      conditions: conditions.map(({ message }) => message),
    };
  });
}

export function statsTable(stats: readonly NodeStats[]): string {
  const head = ['node', 'state', 'frames', 'fps', 'latency', 'dropped', 'queued', 'warnings'];
  const rows = stats.map((node) => [
    redact(node.node),
    node.phase,
    node.frames === 0 ? '' : String(node.frames),
    node.framesPerSecond === 0 && node.latencyMs === undefined ? '' : node.framesPerSecond.toFixed(1),
    node.latencyMs === undefined ? '' : `${node.latencyMs} ms`,
    ...[node.dropped, node.queued, node.warnings].map((count) => (count === 0 ? '' : String(count))),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd();
  const below = stats.flatMap(({ node, conditions }) => conditions.map((condition) => redact(`${node}: ${condition}`)));
  return [...table.map(line), ...below].join('\n');
}

function sum(samples: readonly Sample[], counts: (sample: Sample) => boolean): number {
  return samples.reduce((total, sample) => (counts(sample) ? total + sample.value : total), 0);
}
