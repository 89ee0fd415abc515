/** Some ten thousand cells of 2x2 pixels of an exposure, as light: enough for the ratio of two exposures. */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, LOWEST_CODE } from './curves';
import { codeScale, colourMatrix } from './matrix';
import type { MergeTask } from './merge-task';
import { DECODE_ENTRIES, ENTRIES_PER_CODE, lightTable } from './tables';

/** In each direction. */
const MOST = 128;

export interface LightSamples {
  /** Of each cell. */
  readonly light: Float32Array;
  /** Its luma, and its largest channel, in codes from 0 to 1. */
  readonly code: Float32Array;
  readonly most: Float32Array;
}

let kept: { readonly curve: string; readonly table: Float32Array } | undefined;

/** All exposures at the same places. */
export function sampleLight({ payloads, layout, colorimetry, settings }: MergeTask): LightSamples[] {
  const table = kept?.curve === settings.curve ? kept.table : lightTable(curveOf(settings.curve));
  kept = { curve: settings.curve, table };
  const [columns, rows] = [Math.ceil(layout.width / 2), Math.ceil(layout.height / 2)];
  const [stepX, stepY] = [Math.ceil(columns / MOST), Math.ceil(rows / MOST)];
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = colourMatrix(colorimetry);
  const toLight = (code: number): number => table[Math.min(DECODE_ENTRIES - 1, Math.max(0, Math.round((code - LOWEST_CODE) * ENTRIES_PER_CODE)))] ?? 0;
  const count = Math.ceil(columns / stepX) * Math.ceil(rows / stepY);
  return payloads.map((payload) => {
    const read = readerOf(payload, layout);
    const samples = { light: new Float32Array(count), code: new Float32Array(count), most: new Float32Array(count) };
    let at = 0;
    for (let y = 0; y < rows; y += stepY) {
      for (let x = 0; x < columns; x += stepX) {
        const luma = (read.cell(x, y) - scale.black) * scale.luma;
        const blue = (read.chroma(0, x, y) - scale.grey) * scale.chroma;
        const red = (read.chroma(1, x, y) - scale.grey) * scale.chroma;
        const [r, g, b] = [luma + redOfCr * red, luma - greenOfCb * blue - greenOfCr * red, luma + blueOfCb * blue];
        samples.light[at] = (toLight(r) + 2 * toLight(g) + toLight(b)) / 4;
        samples.code[at] = luma;
        samples.most[at] = Math.max(r, g, b);
        at += 1;
      }
    }
    return samples;
  });
}

interface CellReader {
  /** Mean luma of a cell. */
  cell(x: number, y: number): number;
  /** @param which 0 Cb, 1 Cr */
  chroma(which: 0 | 1, x: number, y: number): number;
}

function readerOf(payload: Uint8Array, { format, planes, width, height }: PlaneLayout): CellReader {
  const deep = depthOf(format) > 8;
  const shift = format === 'P010_10LE' ? 6 : 0;
  const turns = isInterleaved(format);
  const [luma, first, second = first] = planes as readonly [Plane, Plane, Plane?];
  const sample = (plane: Plane, x: number, y: number): number => {
    const at = plane.offset + y * plane.stride + (deep ? 2 * x : x);
    return deep ? ((payload[at] ?? 0) | ((payload[at + 1] ?? 0) << 8)) >> shift : (payload[at] ?? 0);
  };
  return {
    cell(x, y) {
      const [right, below] = [Math.min(2 * x + 1, width - 1), Math.min(2 * y + 1, height - 1)];
      return (sample(luma, 2 * x, 2 * y) + sample(luma, right, 2 * y) + sample(luma, 2 * x, below) + sample(luma, right, below)) / 4;
    },
    chroma: (which, x, y) => (turns ? sample(first, 2 * x + which, y) : sample(which === 0 ? first : second, x, y)),
  };
}
