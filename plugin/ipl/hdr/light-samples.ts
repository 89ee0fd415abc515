/** Some ten thousand cells of 2x2 pixels of an exposure, as light: enough for the ratio of two exposures. */
import { depthOf, isInterleaved, type Plane, type PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, LOWEST_CODE } from './curves';
import { codeScale, colourMatrix, type CodeScale, type ColourMatrix } from './matrix';
import type { MergeTask } from './merge-task';
import { DECODE_ENTRIES, ENTRIES_PER_CODE, lightTable } from './tables';

/** In each direction. */
const MOST = 96;

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
  const places = placesOf(layout);
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const matrix = colourMatrix(colorimetry);
  return payloads.map((payload) => readLight(samplesOf(payload, layout), places, scale, matrix, table));
}

/** Of each cell, where its samples are: upper left, how far the right and the lower ones are, Cb and Cr. */
interface Places {
  readonly upper: Int32Array;
  readonly right: Int8Array;
  readonly below: Int32Array;
  readonly blue: Int32Array;
  readonly red: Int32Array;
  /** Bits below each sample. */
  readonly shift: number;
}

let keptPlaces: { readonly key: string; readonly places: Places } | undefined;

function placesOf(layout: PlaneLayout): Places {
  const { format, width, height } = layout;
  const key = `${format} ${width}x${height}`;
  if (keptPlaces?.key !== key) keptPlaces = { key, places: findPlaces(layout) };
  return keptPlaces.places;
}

function findPlaces({ format, planes, width, height }: PlaneLayout): Places {
  const [luma, first, second = first] = planes as readonly [Plane, Plane, Plane?];
  const bytes = depthOf(format) > 8 ? 2 : 1;
  const turns = isInterleaved(format) ? 2 : 1;
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const [stepX, stepY] = [Math.ceil(columns / MOST), Math.ceil(rows / MOST)];
  const across = Math.ceil(columns / stepX);
  const count = across * Math.ceil(rows / stepY);
  const whole = (): Int32Array => new Int32Array(count);
  const places = { upper: whole(), right: new Int8Array(count), below: whole(), blue: whole(), red: whole(), shift: format === 'P010_10LE' ? 6 : 0 };
  for (let cell = 0; cell < count; cell += 1) {
    const [x, y] = [stepX * (cell % across), stepY * Math.floor(cell / across)];
    const chroma = (plane: Plane, after: number): number => (plane.offset + y * plane.stride) / bytes + turns * x + after;
    places.upper[cell] = (luma.offset + 2 * y * luma.stride) / bytes + 2 * x;
    // Half a cell has its samples twice.
    places.right[cell] = 2 * x + 1 < width ? 1 : 0;
    places.below[cell] = 2 * y + 1 < height ? luma.stride / bytes : 0;
    places.blue[cell] = chroma(first, 0);
    places.red[cell] = chroma(second, turns - 1);
  }
  return places;
}

/** Of 16 bits, where they are. */
function samplesOf(payload: Uint8Array, { format, size }: PlaneLayout): Uint8Array | Uint16Array {
  if (depthOf(format) === 8) return payload;
  const even = payload.byteOffset % 2 === 0 ? payload : payload.slice();
  return new Uint16Array(even.buffer, even.byteOffset, size >> 1);
}

/** Plain loops over typed arrays: some ten thousand cells of each picture take a millisecond, and with closures and iterators ten. */
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
