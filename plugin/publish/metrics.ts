/** What `publish` publishes of itself. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const publishMetrics = defineMetrics({
  ...queueMetrics,
  published_frames_total: { kind: 'counter', help: 'Frames that were sent, over connections that work.' },
  publish_dropped_frames_total: { kind: 'counter', help: 'Frames that were not sent: no connection, or lost with one.', loss: true },
  publish_viewers: { kind: 'gauge', help: 'Viewers that are connected, where it listens (SRT).' },
  publish_up: { kind: 'gauge', help: '1 while there is a connection.' },
});
