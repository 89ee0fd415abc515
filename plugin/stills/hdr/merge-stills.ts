/**
 * Photographs of one bracket to light (docs/hdr.md): lined up before, each exposure's time from notes and pixels, then merged on all cores, band by
 * band.
 */
import { curveOf, type CurveName } from '../../ipl/hdr/curves';
import type { PrimariesName } from '../../ipl/hdr/primaries';
import type { Cover } from '../../ipl/kernels';
import { cropTo, type Area } from '../crop';
import type { ExposurePlanes } from '../threads/still-tasks';
import type { StillThreads } from '../threads/still-threads';
import { estimateCurve } from './estimate-curve';
import { exposureTimes } from './exposure-times';
import type { LightPicture } from './light-picture';
import { lostStillLight } from './lost-still-light';

export interface ToMerge {
  /** Dark to bright, with planes of 16 bits. */
  readonly planes: readonly ExposurePlanes[];
  readonly covers: readonly (Cover | undefined)[];
  readonly reference: number;
  readonly names: readonly string[];
  /** EV, where it was noted. */
  readonly noted: readonly (number | undefined)[];
  readonly curve: CurveName | 'estimate';
  readonly primaries: PrimariesName;
  readonly area: Area | undefined;
}

/** Rows of a band: enough that those at its ends, which are compared twice, cost little. */
const ROWS = 128;

export async function mergeStills(threads: StillThreads, { planes, covers, reference, names, noted, curve: wanted, primaries, area }: ToMerge, tell: (message: string) => void, progress: (share: number) => void = () => undefined): Promise<LightPicture> {
  const payloads = planes.flatMap(({ deep }) => deep?.payload ?? []);
  const layout = planes[reference].deep?.layout;
  if (!layout || payloads.length !== planes.length) throw new TypeError('A merge has planes of 16 bits.');
  const { width, height } = layout;
  const curve = wanted === 'estimate' ? estimateCurve({ payloads, layout, covers, noted, names }, tell) : wanted;
  const times = exposureTimes({ payloads, layout, covers, reference, curve, names, noted }, tell);
  tell(`Merged in light: ${names.map((name, index) => `${name} ${signed(Math.log2(times[index]))} EV`).join(', ')}.`);
  const lost = lostStillLight({ payloads, layout, covers, reference, times, curve });
  const out = new Float32Array(new SharedArrayBuffer(3 * 4 * width * height));
  const bands = Array.from({ length: Math.ceil(height / ROWS) }, (_, index) => [index * ROWS, Math.min(height, (index + 1) * ROWS)] as const);
  let done = 0;
  await Promise.all(bands.map(async (rows) => {
    await threads.run({ kind: 'merge light', layout, payloads, reference, times, curve, covers, lost, out, rows });
    done += 1;
    progress(done / bands.length);
  }));
  const top = curveOf(curve).toLight(1) / Math.min(...times);
  const common = { primaries, curve, top };
  return area ? { ...common, light: cropTo(out, { width, height }, area), width: area.width, height: area.height } : { ...common, light: out, width, height };
}

const signed = (ev: number): string => `${ev > 0 ? '+' : ''}${ev.toFixed(2)}`;
