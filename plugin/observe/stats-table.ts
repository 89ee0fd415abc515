/** The figures of a graph as a table of its nodes, for `gst-ipl run --stats`. */
import type { GraphView } from '../core/graph-view';
import type { Sample } from '../core/metrics';
import { redact } from '../core/redact';

export interface NodeStats {
  readonly node: string;
  readonly phase: string;
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Undefined for what comes out of GStreamer: its latency begins there. */
  readonly latencyMs: number | undefined;
  readonly dropped: number;
  readonly queued: number;
  readonly warnings: number;
}

export function statsOf(view: GraphView): NodeStats[] {
  const samples = view.metrics.read();
  return view.nodes().map(({ name, phase }) => {
    const own = samples.filter(({ labels }) => labels.node === name);
    const latency = own.find((sample) => sample.name === 'gst_ipl_latency_seconds')?.value;
    return {
      node: name,
      phase,
      frames: sum(own, (figure) => figure === 'gst_ipl_frames_total'),
      framesPerSecond: Math.round(sum(own, (figure) => figure === 'gst_ipl_frames_per_second') * 10) / 10,
      latencyMs: latency === undefined ? undefined : Math.round(latency * 1000),
      dropped: sum(own, isDrop),
      queued: sum(own, (figure) => figure === 'gst_ipl_queue_depth'),
      warnings: sum(own, (figure) => figure === 'gst_ipl_warnings_total'),
    };
  });
}

/** Whatever an element calls what it loses: `..._dropped_total`, `..._late_frames_total`, `..._skipped_total`. */
export function isDrop(figure: string): boolean {
  return /_(dropped|late_frames|skipped)_total$/.test(figure);
}

export function statsTable(stats: readonly NodeStats[]): string {
  const head = ['node', 'state', 'frames', 'fps', 'latency', 'dropped', 'queued', 'warnings'];
  const rows = stats.map((node) => [
    redact(node.node),
    node.phase,
    node.frames === 0 ? '' : String(node.frames),
    node.frames === 0 ? '' : node.framesPerSecond.toFixed(1),
    node.latencyMs === undefined ? '' : `${node.latencyMs} ms`,
    ...[node.dropped, node.queued, node.warnings].map((count) => (count === 0 ? '' : String(count))),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd();
  return table.map(line).join('\n');
}

function sum(samples: readonly Sample[], counts: (figure: string) => boolean): number {
  return samples.reduce((total, { name, value }) => (counts(name) ? total + value : total), 0);
}
