/** Looks for light that the reference has lost and the darkest exposure shows, in one of some dozens of cells, before pixels are merged. */
import { depthOf } from '../../core/frames/video-layout';
import { cellPlaces, samplesOf } from './cell-places';
import { tablesOf } from './curve-tables';
import { curveOf, LOWEST_CODE } from './curves';
import { LostSamples, type LostMap } from './lost-map';
import { codeScale, colourMatrix } from './matrix';
import { CLIP_WIDTH, RELATIVE_ERROR } from './merge-numbers';
import type { MergeTask } from './merge-task';
import { DECODE_ENTRIES, ENTRIES_PER_CODE } from './tables';

/** Along the longer side. Twice as many make no difference. */
const MOST = 240;

/** @returns cells from one that is looked at to the next, in each direction */
export const lostStep = (width: number, height: number): number => Math.ceil(Math.max(Math.ceil(width / 2), Math.ceil(height / 2)) / MOST);

/** @param times of the exposures @returns undefined where no light is lost, or none is shown by the darkest exposure */
export function lostLight({ payloads, layout, colorimetry, settings, reference, covers }: MergeTask, times: readonly number[]): LostMap | undefined {
  if (reference === 0) return undefined;
  const curve = curveOf(settings.curve);
  const { light, error } = tablesOf(settings.curve);
  const step = lostStep(layout.width, layout.height);
  const places = cellPlaces(layout, step, step);
  const { across, down, upper, right, below, blue, red, shift } = places;
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = colourMatrix(colorimetry);
  const [own, other] = [samplesOf(payloads[reference], layout), samplesOf(payloads[0], layout)];
  const cover = covers?.[0];
  const time = times[0] ?? 1;
  const rgb = new Float64Array(8);
  const entry = (code: number): number => Math.min(DECODE_ENTRIES - 1, Math.max(0, Math.round((code - LOWEST_CODE) * ENTRIES_PER_CODE)));
  // R', G', B' and luma of a cell.
  const read = (from: Uint8Array | Uint16Array, cell: number, to: number): void => {
    const [first, next] = [upper[cell], right[cell]];
    const second = first + below[cell];
    const luma = (((from[first] >> shift) + (from[first + next] >> shift) + (from[second] >> shift) + (from[second + next] >> shift)) / 4 - scale.black) * scale.luma;
    const cb = ((from[blue[cell]] >> shift) - scale.grey) * scale.chroma;
    const cr = ((from[red[cell]] >> shift) - scale.grey) * scale.chroma;
    rgb[to] = luma + redOfCr * cr;
    rgb[to + 1] = luma - greenOfCb * cb - greenOfCr * cr;
    rgb[to + 2] = luma + blueOfCb * cb;
    rgb[to + 3] = luma;
  };
  const found = new LostSamples(across, down, step, curve.clip);
  for (let cell = 0; cell < upper.length; cell += 1) {
    read(own, cell, 0);
    const lost = Math.min(1, 1 - (curve.clip - Math.max(rgb[0], rgb[1], rgb[2])) / CLIP_WIDTH);
    if (lost <= 0) continue;
    const [x, y] = [cell % across, Math.floor(cell / across)];
    const row = 4 * step * y;
    if (cover && (2 * step * x < cover[row] || 2 * step * x + 1 >= cover[row + 1])) continue;
    read(other, cell, 4);
    // As hdr-veto.ts does it where the reference is clipped: only less light contradicts it.
    let [apart, mine, theirs] = [0, 0, 0];
    for (let channel = 0; channel < 3; channel += 1) {
      const weight = channel === 1 ? 0.5 : 0.25;
      const [a, b] = [light[entry(rgb[channel])], light[entry(rgb[4 + channel])] / time];
      apart += weight * Math.max(0, a - b);
      mine += weight * a;
      theirs += weight * b;
    }
    const explained = RELATIVE_ERROR * Math.max(mine, theirs) + error[entry(rgb[3])] + error[entry(rgb[7])] / time;
    const stays = Math.min(1, 2 - apart / explained);
    if (stays > 0 && mine > 0) found.add(x, y, Math.min(rgb[0], rgb[1], rgb[2]), theirs / mine, lost * stays);
  }
  return found.map();
}
