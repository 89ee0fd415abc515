/** What the fusion tells of itself: counts, and the times of the last picture's stages. */
import type { StageContext } from '../core/element';
import type { FusionReport } from './fusion-task';

export type Report = NonNullable<StageContext['report']>;

export class FusionFigures {
  readonly #report: Report | undefined;
  #frames = 0;
  #slices = 0;
  #reused = 0;
  #cuts = 0;

  constructor(report: Report | undefined) {
    this.#report = report;
  }

  count({ sceneCut, slices, reused, statisticsMs, waitMs, networkMs, blendMs }: FusionReport): void {
    const report = this.#report;
    if (!report) return;
    report('ipl_frames_total', (this.#frames += 1));
    report('ipl_slices_total', (this.#slices += slices));
    report('ipl_slices_reused_total', (this.#reused += reused));
    report('ipl_scene_cuts_total', (this.#cuts += Number(sceneCut)));
    const times = { statistics: statisticsMs, wait: waitMs, network: networkMs, blend: blendMs };
    for (const [part, ms] of Object.entries(times)) report('ipl_seconds', ms / 1000, { part });
  }
}
