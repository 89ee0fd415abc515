/** What `publish` publishes of itself. */
import { defineMetrics } from '../core/metric-table';
import { queueMetrics } from '../core/queue-watch';

export const publishMetrics = defineMetrics({
  ...queueMetrics,
  published_frames_total: { kind: 'counter', help: 'Pictures that were sent.' },
  publish_dropped_frames_total: { kind: 'counter', help: 'Pictures that were not sent, for lack of a connection.', loss: true },
  publish_up: { kind: 'gauge', help: '1 while there is a connection.' },
});
