/**
 * What ipl/hdr/lost-light.ts does for streams, for planes of photographs, and of each channel: what is clipped in all of them is white, and only
 * another exposure knows that the gravel around is yellow.
 */
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

/** Light of a channel below which it is too dark to say how much brighter another exposure shows it. */
const LEAST_LIGHT = 1e-3;

/** @returns of R, G and B; undefined where no light is lost, or the darkest exposure shows none of it */
export function lostStillLight({ payloads, layout, covers, reference, times, curve }: Exposures): readonly LostMap[] | undefined {
  if (reference === 0) return undefined;
  const { light, steepness } = lookupsOf(curve);
  const { clip } = curveOf(curve);
  const { width, height } = layout;
  const step = lostStep(width, height);
  const [across, down] = [Math.ceil(Math.ceil(width / 2) / step), Math.ceil(Math.ceil(height / 2) / step)];
  const found = [0, 1, 2].map(() => new LostSamples(across, down, step, clip));
  const cells = new CellAgreement(clip, light, steepness);
  const [own, darkest] = [new DeepPlanes(payloads[reference], layout), new DeepPlanes(payloads[0], layout)];
  const cover = covers[0];
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      const row = 4 * step * y;
      if (cover && (2 * step * x < cover[row] || 2 * step * x + 1 >= cover[row + 1])) continue;
      const stays = cells.of(own, darkest, step * x, step * y, times[0]);
      const { lost, own: [r, g, b] } = cells;
      if (lost <= 0 || stays <= 0) continue;
      for (const [channel, samples] of found.entries()) {
        const [mine, theirs] = [light(cells.own[channel]), light(cells.other[channel]) / times[0]];
        samples.add(x, y, Math.min(r, g, b), Math.max(theirs, LEAST_LIGHT) / Math.max(mine, LEAST_LIGHT), lost * stays);
      }
    }
  }
  const maps = found.flatMap((samples) => samples.map() ?? []);
  return maps.length === found.length ? maps : undefined;
}
