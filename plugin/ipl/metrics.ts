/** What `ipl` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const iplMetrics = defineMetrics({
  ...queueMetrics,
  fusion_pictures_total: { kind: 'counter', help: 'Fused frames, by the number of exposures they were made of.' },
  fusion_network_pictures_total: { kind: 'counter', help: 'Frames among them that passed through the network.' },
  fusion_lost_sets_total: { kind: 'counter', help: 'Sets that were lost with the thread that fused them.', loss: true },
  fusion_scene_cuts_total: { kind: 'counter', help: 'Scene cuts that were found.' },
  fusion_slices_total: { kind: 'counter', help: 'Slices of frames.' },
  fusion_reused_slices_total: { kind: 'counter', help: 'Slices among them that reused their coefficients.' },
  fusion_alignment_pixels: { kind: 'gauge', help: 'How far alignment moved the corners of a branch\'s last frame, at most, in pixels.' },
  fusion_alignment_confidence: { kind: 'gauge', help: 'How well a branch\'s texture matches the reference\'s once aligned: 0 not at all or not known, 1 the same.' },
  fusion_exposure_ev: { kind: 'gauge', help: 'HDR: EV of a branch against the reference, as measured in the frames.' },
  fusion_max_fall: { kind: 'gauge', help: 'PQ: the most light that a frame has had on average so far, in cd/m2 (MaxFALL): what `maxFall` may declare.' },
  fusion_stage_seconds: { kind: 'histogram', help: 'Time that a step of the fusion took, by `part`: statistics, wait (for its turn), network, blend.' },
});
