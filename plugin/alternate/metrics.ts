/** What `alternate` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';

export const alternateMetrics = defineMetrics({
  alternate_sets_total: { kind: 'counter', help: 'Exposure sets that were made.' },
  alternate_unused_frames_total: { kind: 'counter', help: 'Frames of which it was not certain which exposure they are, by the reason.', loss: true },
  alternate_lock_losses_total: { kind: 'counter', help: 'How often the cycle of exposures was lost.' },
  alternate_locked: { kind: 'gauge', help: '1 while the cycle of exposures is known.' },
  alternate_cycle_length: { kind: 'gauge', help: 'Exposures of the cycle that was found.' },
});
