/** What `publish` publishes of itself. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const publishMetrics = defineMetrics({
  ...queueMetrics,
  published_frames_total: { kind: 'counter', help: 'Pictures that were sent, by connections that have shown that they work.' },
  publish_dropped_frames_total: { kind: 'counter', help: 'Pictures that were not sent, for lack of a connection, or lost with one.', loss: true },
  publish_viewers: { kind: 'gauge', help: 'Viewers that are connected, where it listens (SRT).' },
  publish_up: { kind: 'gauge', help: '1 while there is a connection.' },
});
