/** What a graph publishes of its nodes, whatever their elements are. */
import { defineMetrics } from '../../core/metrics/metric-table';

/** Stands before every name. */
export const PREFIX = 'gst_ipl_';

export const graphMetrics = defineMetrics({
  errors_total: { kind: 'counter', help: 'Errors of a node.' },
  frames_per_second: { kind: 'gauge', help: 'Frames a second that a node gave, over the last five seconds.' },
  frames_total: { kind: 'counter', help: 'Frames, or exposure sets, that a node gave.' },
  latency_seconds: { kind: 'histogram', help: 'From the moment a frame left GStreamer to the moment a stage gave its result.' },
  output_frames_total: { kind: 'counter', help: 'Frames that an output of the graph has delivered.' },
  source_downtime_seconds: { kind: 'gauge', help: 'How long a source was lost, the last time.' },
  source_losses_total: { kind: 'counter', help: 'How often a source was lost.' },
  source_restarts_total: { kind: 'counter', help: 'How often a lost source came back.' },
  warnings_total: { kind: 'counter', help: 'Warnings, by the node that gave them.' },
});
