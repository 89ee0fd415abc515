/** What `ipl` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const iplMetrics = defineMetrics({
  ...queueMetrics,
  fusion_pictures_total: { kind: 'counter', help: 'Pictures that were given, by the number of exposures they were made of.' },
  fusion_network_pictures_total: { kind: 'counter', help: 'Pictures among them that passed through the network.' },
  fusion_lost_sets_total: { kind: 'counter', help: 'Sets that were lost with the thread that fused them.', loss: true },
  fusion_scene_cuts_total: { kind: 'counter', help: 'Scenes that were found to be new.' },
  fusion_slices_total: { kind: 'counter', help: 'Slices of pictures.' },
  fusion_reused_slices_total: { kind: 'counter', help: 'Slices among them that kept what the network had said of them.' },
  fusion_alignment_pixels: { kind: 'gauge', help: 'By how many pixels the corners of a branch\'s last picture were moved at most to lie on the reference.' },
  fusion_alignment_confidence: { kind: 'gauge', help: 'How well a branch\'s texture agrees with the reference\'s, lined up: 0 not at all, or not known, 1 the same.' },
  fusion_exposure_ev: { kind: 'gauge', help: 'HDR: EV of a branch against the reference, as measured in the pictures.' },
  fusion_stage_seconds: { kind: 'histogram', help: 'Time that a stage of a fusion took, by `part`: statistics, wait (for its turn), network, blend.' },
});
