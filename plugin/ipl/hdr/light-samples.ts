/** Some thousands of cells of 2x2 pixels of an exposure, as light: enough for the ratio of two exposures. */
import { depthOf } from '../../core/frames/video-layout';
import { cellPlaces, samplesOf, type Places } from './cell-places';
import { tablesOf } from './curve-tables';
import { LOWEST_CODE } from './curves';
import { codeScale, colourMatrix, type CodeScale, type ColourMatrix } from './matrix';
import type { MergeTask } from './merge-task';
import { DECODE_ENTRIES, ENTRIES_PER_CODE } from './tables';

/** In each direction: ratios are 0.02 % off in the middle, 0.3 % at worst (test/ipl/hdr/ratios.test.ts). Each cell is some waits for memory. */
const MOST = 64;

export interface LightSamples {
  /** Of each cell. */
  readonly light: Float32Array;
  /** Its luma, and its largest channel, in codes from 0 to 1. */
  readonly code: Float32Array;
  readonly most: Float32Array;
}

/** All exposures at the same places. */
export function sampleLight({ payloads, layout, colorimetry, settings }: MergeTask): LightSamples[] {
  const { light } = tablesOf(settings.curve);
  const [columns, rows] = [Math.ceil(layout.width / 2), Math.ceil(layout.height / 2)];
  const places = cellPlaces(layout, Math.ceil(columns / MOST), Math.ceil(rows / MOST));
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const matrix = colourMatrix(colorimetry);
  return payloads.map((payload) => readLight(samplesOf(payload, layout), places, scale, matrix, light));
}

/** Plain loops over typed arrays: ten thousand cells of each picture take a millisecond, and with closures and iterators ten. */
function readLight(samples: Uint8Array | Uint16Array, places: Places, scale: CodeScale, matrix: ColourMatrix, table: Float32Array): LightSamples {
  const { upper, right, below, blue, red, shift } = places;
  const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = matrix;
  const count = upper.length;
  const result = { light: new Float32Array(count), code: new Float32Array(count), most: new Float32Array(count) };
  const toLight = (code: number): number => table[Math.min(DECODE_ENTRIES - 1, Math.max(0, Math.round((code - LOWEST_CODE) * ENTRIES_PER_CODE)))];
  const at = (place: number): number => (samples[place]) >> shift;
  for (let cell = 0; cell < count; cell += 1) {
    const first = upper[cell];
    const second = first + (below[cell]);
    const next = right[cell];
    const luma = ((at(first) + at(first + next) + at(second) + at(second + next)) / 4 - scale.black) * scale.luma;
    const cb = (at(blue[cell]) - scale.grey) * scale.chroma;
    const cr = (at(red[cell]) - scale.grey) * scale.chroma;
    const r = luma + redOfCr * cr;
    const g = luma - greenOfCb * cb - greenOfCr * cr;
    const b = luma + blueOfCb * cb;
    result.light[cell] = (toLight(r) + 2 * toLight(g) + toLight(b)) / 4;
    result.code[cell] = luma;
    result.most[cell] = Math.max(r, g, b);
  }
  return result;
}
