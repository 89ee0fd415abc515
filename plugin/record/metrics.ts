/** What `record` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const recordMetrics = defineMetrics({
  ...queueMetrics,
  recorded_segments_total: { kind: 'counter', help: 'Files that were finished.' },
  recorded_bytes_total: { kind: 'counter', help: 'Bytes of the files that were finished.' },
  recording_dropped_frames_total: { kind: 'counter', help: 'Frames that were not recorded: the disk was full, gone or stuck.', loss: true },
  recording_up: { kind: 'gauge', help: '1 while there is a file to write to.' },
  recordings_kept_bytes: { kind: 'gauge', help: 'Bytes of all recordings in the folder.' },
});
