/** What the merge kernels know of a picture before they see a pixel, laid out as kernels/assembly/hdr-settings.ts has it. */
import { depthOf, type PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, LOWEST_CODE } from './curves';
import { displayOf } from './display';
import { NODES } from './lost-map';
import { codeScale, colourMatrix } from './matrix';
import { NUMBER_BYTES, TIMES_AT } from './merge-plan';
import type { MergeTask } from './merge-task';
import { ENTRIES_PER_CODE } from './tables';

/** Codes, of 1, in which a channel goes from counting to clipped. */
export const CLIP_WIDTH = 0.06;

/**
 * Codes of the second channel in which a colour goes from known to lost, where the largest is clipped. With 0.4, colours of which one channel
 * is clipped went to white too early: still scenes of the benchmark were up to 7.4 dB further from the truth, and none nearer.
 */
export const WHITE_WIDTH = 0.12;

/**
 * Of light: what curves and exposure times may be off by. With it and CODE_ERROR, moving scenes of the benchmark come 0.7 to 2 dB nearer to the
 * truth than with 0.06 and 0.01, and still ones as near.
 */
export const RELATIVE_ERROR = 0.04;

/** Of codes: noise and compression of a mean of 2x2 pixels, and half a step of 8 bits. */
export const CODE_ERROR = 0.004;

/** Codes are counted in quarters of an entry: what is between two entries is rounded once, at the end. */
const QUARTERS = 4 * ENTRIES_PER_CODE;
/** Places are cut down to whole entries: half an entry on, each stands for what is around it. */
const HALF_ENTRY = 2;

/** Samples are shifted so far before they are multiplied that a factor of 15 bits has all its digits. */
export const sampleShift = ({ format }: Pick<PlaneLayout, 'format'>): number => 15 - depthOf(format);

/** @param times of the exposures, in the order of the merge @param knee light up to which nothing is rolled off */
export function mergeNumbers({ layout, colorimetry, settings }: MergeTask, times: readonly number[], knee: number): Uint8Array {
  const scale = codeScale(colorimetry.range, depthOf(layout.format));
  const matrix = colourMatrix(colorimetry);
  const curve = curveOf(settings.curve);
  const display = displayOf(settings, curve, 1);
  const place = (code: number): number => QUARTERS * (code - LOWEST_CODE) + HALF_ENTRY;
  const factor = (value: number): number => Math.round((QUARTERS * value * 2 ** 15) / 2 ** sampleShift(layout));
  const whole = [
    factor(scale.luma), place(-scale.luma * scale.black), scale.grey,
    factor(scale.chroma * matrix.redOfCr), factor(scale.chroma * matrix.greenOfCb), factor(scale.chroma * matrix.greenOfCr), factor(scale.chroma * matrix.blueOfCb),
    place(curve.clip - CLIP_WIDTH), place(curve.clip),
  ];
  const real = [
    place(curve.clip), 1 / (QUARTERS * CLIP_WIDTH), place(curve.clip - WHITE_WIDTH), 1 / (QUARTERS * WHITE_WIDTH),
    RELATIVE_ERROR, display.scale, knee, ...display.primaries,
    ...NODES.slice(1).flatMap((node, at) => [place(curve.clip + NODES[at]), 1 / (QUARTERS * (node - NODES[at]))]),
  ];
  if (whole.length + real.length !== TIMES_AT) throw new RangeError('The kernels know other numbers.');
  const numbers = [...real, ...times.flatMap((time) => [time, 1 / time])];
  const bytes = new Uint8Array(NUMBER_BYTES * (whole.length + numbers.length));
  // As often as a vector has lanes.
  const [shorts, floats] = [new Int16Array(bytes.buffer), new Float32Array(bytes.buffer)];
  for (const [at, value] of whole.entries()) shorts.fill(Math.round(value), 8 * at, 8 * at + 8);
  for (const [at, value] of numbers.entries()) floats.fill(value, 4 * (whole.length + at), 4 * (whole.length + at) + 4);
  return bytes;
}
