/** What `ipl` publishes. */
import { defineMetrics } from '../core/metrics/metric-table';
import { queueMetrics } from '../core/queue/queue-watch';

export const iplMetrics = defineMetrics({
  ...queueMetrics,
  ipl_pictures_total: { kind: 'counter', help: 'Pictures that were given, by the number of exposures they were made of.' },
  ipl_frames_total: { kind: 'counter', help: 'Pictures among them that passed through the network.' },
  ipl_lost_sets_total: { kind: 'counter', help: 'Sets that were lost with the thread that fused them.', loss: true },
  ipl_scene_cuts_total: { kind: 'counter', help: 'Scenes that were found to be new.' },
  ipl_slices_total: { kind: 'counter', help: 'Slices of pictures.' },
  ipl_slices_reused_total: { kind: 'counter', help: 'Slices among them that kept what the network had said of them.' },
  ipl_lined_up_pixels: { kind: 'gauge', help: 'By how many pixels the corners of a branch\'s last picture were moved at most to lie on the reference.' },
  ipl_line_up_confidence: { kind: 'gauge', help: 'How well a branch\'s texture agrees with the reference\'s, lined up: 0 not at all, or not known, 1 the same.' },
  ipl_exposure_ev: { kind: 'gauge', help: 'HDR: EV of a branch against the reference, as measured in the pictures.' },
  ipl_seconds: { kind: 'gauge', help: 'What the parts of the last fusion took.' },
});
