/** How the exposures of one fused picture were lined up, for whoever shows it. */
import type { LineUpView } from '../core/frames/frame';
import type { FusionReport, FusionTask } from './engine/fusion-task';
import type { Homography } from './align';

export interface LinedUpSet {
  readonly names: readonly string[];
  /** Index into the names. */
  readonly reference: number;
  readonly layout: Pick<FusionTask['layout'], 'width' | 'height'>;
  /** Motions that were given or held. */
  readonly motions: FusionTask['motions'];
  /** What was found or followed, and what the picture was cut to. */
  readonly report: Pick<FusionReport, 'linedUp' | 'sights' | 'area'>;
}

export function lineUpView({ names, reference, layout: { width, height }, motions, report: { linedUp, sights, area } }: LinedUpSet): LineUpView {
  const seen = (exposure: number): Homography | undefined => {
    const sight = sights?.[exposure];
    // What does not surely help is taken as it is.
    return sight?.kind === 'seen' && sight.helps ? sight.map : undefined;
  };
  const exposures = names.map((name, exposure) => ({ name, homography: motions?.[exposure]?.homography ?? linedUp?.[exposure]?.map ?? seen(exposure) }));
  return { width, height, area: area ?? { left: 0, top: 0, width, height }, reference: names[reference] ?? '', exposures };
}
