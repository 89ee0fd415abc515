/** Metrics of the fusion: counts, and the times of the last picture's stages. */
import { Counters } from '../core/metrics/counters';
import type { ReportOf } from '../core/metrics/metric-table';
import { annotateSpan } from '../core/tracing';
import type { LinedUp } from './engine/fusion-task';
import type { FusionReport } from './engine/fusion-task';
import type { iplMetrics } from './metrics';

export type Report = ReportOf<typeof iplMetrics>;

export class FusionFigures {
  readonly #report: Report | undefined;
  #frames = 0;
  #slices = 0;
  #reused = 0;
  #cuts = 0;
  readonly #counters: Counters<typeof iplMetrics>;

  constructor(report: Report | undefined) {
    this.#report = report;
    this.#counters = new Counters(report, 'fusion_lost_sets_total');
  }

  /** @param exposures that a picture was made of */
  countPicture(exposures: number): void {
    this.#counters.count('fusion_pictures_total', { exposures: String(exposures) });
  }

  countLinedUp(found: readonly LinedUp[], names: readonly string[]): void {
    for (const [exposure, { pixels }] of found.entries()) this.#report?.('fusion_alignment_pixels', pixels, { branch: names[exposure] ?? '' });
  }

  countLost(): void {
    this.#counters.count('fusion_lost_sets_total');
  }

  countFused({ sceneCut, slices, reused, statisticsMs, waitMs, networkMs, blendMs }: FusionReport): void {
    const times = { statistics: statisticsMs, wait: waitMs, network: networkMs, blend: blendMs };
    annotateSpan(() => Object.fromEntries(Object.entries(times).map(([part, ms]) => [`gst_ipl.${part}_ms`, ms])));
    const report = this.#report;
    if (!report) return;
    report('fusion_network_pictures_total', (this.#frames += 1));
    report('fusion_slices_total', (this.#slices += slices));
    report('fusion_reused_slices_total', (this.#reused += reused));
    report('fusion_scene_cuts_total', (this.#cuts += Number(sceneCut)));
    for (const [part, ms] of Object.entries(times)) report('fusion_stage_seconds', ms / 1000, { part });
  }
}
