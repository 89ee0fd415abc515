/** What `sync` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';

export const syncMetrics = defineMetrics({
  sync_sets_total: { kind: 'counter', help: 'Exposure sets.' },
  sync_degraded_sets_total: { kind: 'counter', help: 'Exposure sets that lacked branches.' },
  // A set is skipped with the first of its frames that is dropped.
  sync_skipped_sets_total: { kind: 'counter', help: 'Exposure sets that were skipped.', partOf: 'sync_dropped_frames_total' },
  sync_dropped_frames_total: { kind: 'counter', help: 'Frames that are in no set, by reason.', loss: true },
  sync_surplus_frames_total: { kind: 'counter', help: 'Frames in no set because the slowest branch had none due: no loss.' },
  sync_late_frames_total: { kind: 'counter', help: 'Frames that came too late for their set.', partOf: 'sync_dropped_frames_total' },
  sync_silences_total: { kind: 'counter', help: 'How often a branch was silent for longer than `wait`.' },
  sync_branch_offset_seconds: { kind: 'gauge', help: 'Offset of the clock of a branch from that of the first one.' },
  sync_branch_jitter_seconds: { kind: 'gauge', help: "Standard deviation of a branch's timestamps around its clock." },
  sync_branch_locked: { kind: 'gauge', help: "1 while a branch's clock is known." },
  sync_branch_clock_resets_total: { kind: 'counter', help: "How often the lock on a branch's clock was lost." },
});
