/** What ipl/hdr/lost-light.ts does for streams, for planes of photographs. */
import type { PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, type AnyCurve } from '../../ipl/hdr/curves';
import { lostStep } from '../../ipl/hdr/lost-light';
import { LostSamples, type LostMap } from '../../ipl/hdr/lost-map';
import type { Cover } from '../../ipl/kernels';
import { CellAgreement } from './cell-agreement';
import { DeepPlanes, lookupsOf } from './deep-planes';

export interface Exposures {
  /** Dark to bright, Y444_16LE. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly covers: readonly (Cover | undefined)[];
  readonly reference: number;
  /** The reference's is 1. */
  readonly times: readonly number[];
  readonly curve: AnyCurve;
}

/** @returns undefined where no light is lost, or the darkest exposure shows none of it */
export function lostStillLight({ payloads, layout, covers, reference, times, curve }: Exposures): LostMap | undefined {
  if (reference === 0) return undefined;
  const { light, steepness } = lookupsOf(curve);
  const { clip } = curveOf(curve);
  const { width, height } = layout;
  const step = lostStep(width, height);
  const [across, down] = [Math.ceil(Math.ceil(width / 2) / step), Math.ceil(Math.ceil(height / 2) / step)];
  const found = new LostSamples(across, down, step, clip);
  const cells = new CellAgreement(clip, light, steepness);
  const [own, darkest] = [new DeepPlanes(payloads[reference], layout), new DeepPlanes(payloads[0], layout)];
  const cover = covers[0];
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      const row = 4 * step * y;
      if (cover && (2 * step * x < cover[row] || 2 * step * x + 1 >= cover[row + 1])) continue;
      const stays = cells.of(own, darkest, step * x, step * y, times[0]);
      const { lost, mine, theirs } = cells;
      if (lost > 0 && stays > 0 && mine > 0) found.add(x, y, Math.min(cells.own[0], cells.own[1], cells.own[2]), theirs / mine, lost * stays);
    }
  }
  return found.map();
}
