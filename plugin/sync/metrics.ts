/** What `sync` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';

export const syncMetrics = defineMetrics({
  sync_sets_total: { kind: 'counter', help: 'Exposure sets that were made.' },
  sync_degraded_sets_total: { kind: 'counter', help: 'Sets among them that lacked branches.' },
  // A set is skipped with the first of its frames that is dropped.
  sync_skipped_sets_total: { kind: 'counter', help: 'Sets that could not be made.', partOf: 'sync_dropped_frames_total' },
  sync_dropped_frames_total: { kind: 'counter', help: 'Frames that are in no set, by the reason.', loss: true },
  sync_surplus_frames_total: { kind: 'counter', help: 'Frames in no set because the slowest branch had none due.' },
  sync_late_frames_total: { kind: 'counter', help: 'Frames that came after their set was given or given up.', partOf: 'sync_dropped_frames_total' },
  sync_silences_total: { kind: 'counter', help: 'How often a branch let the others wait for too long.' },
  sync_branch_offset_seconds: { kind: 'gauge', help: 'Distance of a branch from the first one.' },
  sync_branch_jitter_seconds: { kind: 'gauge', help: "Standard deviation of a branch's stamps around its clock." },
  sync_branch_locked: { kind: 'gauge', help: "1 while a branch's clock is known." },
  sync_branch_clock_resets_total: { kind: 'counter', help: "How often a branch's clock was lost." },
});
