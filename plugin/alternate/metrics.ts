/** What `alternate` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';

export const alternateMetrics = defineMetrics({
  alternate_sets_total: { kind: 'counter', help: 'Exposure sets.' },
  alternate_unused_frames_total: { kind: 'counter', help: 'Frames whose exposure was in doubt, by reason.', loss: true },
  alternate_lock_losses_total: { kind: 'counter', help: 'How often the lock on the cycle of exposures was lost.' },
  alternate_locked: { kind: 'gauge', help: '1 while the cycle of exposures is known.' },
  alternate_cycle_length: { kind: 'gauge', help: 'Number of exposures in the cycle.' },
});
