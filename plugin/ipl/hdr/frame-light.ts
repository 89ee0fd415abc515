/** How much light a frame of PQ has on average: what MaxFALL is the largest of (CTA-861.3, annex P), from some thousands of its cells. */
import { depthOf, type PlaneLayout } from '../../core/frames/video-layout';
import { cellPlaces, samplesOf } from './cell-places';
import { codeScale, colourMatrix } from './matrix';
import { lightOfPq, PQ_PEAK } from './transfer';

/** Cells in each direction. */
const MOST = 64;

const SCALE = codeScale('limited', 10);
const MATRIX = colourMatrix({ matrix: 'BT.2020' });

const CODES = 1024;
const CANDELAS = Float32Array.from({ length: CODES }, (_, code) => PQ_PEAK * lightOfPq(code / (CODES - 1)));
const candelas = (value: number): number => CANDELAS[Math.min(CODES - 1, Math.max(0, Math.round(value * (CODES - 1))))];

/**
 * @param payload of a frame of BT.2100 PQ, 10 bits, limited range, as the merge gives it
 * @returns cd/m2: the mean of the largest of R, G and B
 */
export function averageLight(payload: Uint8Array, layout: PlaneLayout): number {
  if (depthOf(layout.format) !== 10) throw new TypeError(`PQ has 10 bits, and ${layout.format} has ${depthOf(layout.format)}.`);
  const [columns, rows] = [Math.ceil(layout.width / 2), Math.ceil(layout.height / 2)];
  const { upper, blue, red, shift } = cellPlaces(layout, Math.ceil(columns / MOST), Math.ceil(rows / MOST));
  const samples = samplesOf(payload, layout);
  let sum = 0;
  for (let cell = 0; cell < upper.length; cell += 1) {
    const luma = ((samples[upper[cell]] >> shift) - SCALE.black) * SCALE.luma;
    const cb = ((samples[blue[cell]] >> shift) - SCALE.grey) * SCALE.chroma;
    const cr = ((samples[red[cell]] >> shift) - SCALE.grey) * SCALE.chroma;
    sum += candelas(Math.max(luma + MATRIX.redOfCr * cr, luma - MATRIX.greenOfCb * cb - MATRIX.greenOfCr * cr, luma + MATRIX.blueOfCb * cb));
  }
  return sum / upper.length;
}
