/** Light to the codes of a screen: PQ or HLG, BT.2020, 10 bits at full range. The steps are display.ts', each looked up by the logarithm. */
import { curveOf } from '../../ipl/hdr/curves';
import { displayOf, type HdrOutput } from '../../ipl/hdr/display';
import { HLG_PEAK, LUMINANCE } from '../../ipl/hdr/transfer';
import { REFERENCE_WHITE, type LightPicture } from './light-picture';

/** Least light that differs from none: 2^-23 as in the kernels' tables. */
const [LEAST_OCTAVE, OCTAVES, BITS] = [-23, 34, 9];

const FLOAT = new Float32Array(1);
const WORD = new Int32Array(FLOAT.buffer);

/** A smooth function of positive numbers, to about a thousandth of an octave. */
function lookup(of: (value: number) => number): (value: number) => number {
  const steps = 2 ** BITS;
  const table = Float32Array.from({ length: OCTAVES * steps }, (_, at) => of(2 ** (LEAST_OCTAVE + Math.floor(at / steps)) * (1 + ((at % steps) + 0.5) / steps)));
  const first = (127 + LEAST_OCTAVE) << BITS;
  return (value) => {
    FLOAT[0] = value;
    return table[Math.min(table.length - 1, Math.max(0, (WORD[0] >> (23 - BITS)) - first))];
  };
}

/** cd/m2: what HLG is made for, and most HDR screens. */
const PEAK = HLG_PEAK;

/** @returns R', G', B' of all pixels, in 10 of 16 bits, the upper ones */
export function codesOf({ light, primaries, curve, top }: LightPicture, output: HdrOutput): Uint16Array {
  const display = displayOf({ output, peak: PEAK, referenceWhite: REFERENCE_WHITE, primaries }, curveOf(curve), top);
  const [matrix, gain, roll] = [display.primaries, display.luminanceGain && lookup(display.luminanceGain), display.rollOff && lookup(display.rollOff)];
  const toCode = lookup((value) => Math.round(1023 * display.toCode(value)) << 6);
  const out = new Uint16Array(light.length);
  const rgb = [0, 0, 0];
  for (let at = 0; at < light.length; at += 3) {
    const [r, g, b] = [display.scale * light[at], display.scale * light[at + 1], display.scale * light[at + 2]];
    for (let channel = 0; channel < 3; channel += 1) rgb[channel] = Math.max(0, matrix[3 * channel] * r + matrix[3 * channel + 1] * g + matrix[3 * channel + 2] * b);
    let factor = gain ? gain(LUMINANCE[0] * rgb[0] + LUMINANCE[1] * rgb[1] + LUMINANCE[2] * rgb[2]) : 1;
    if (roll) factor *= roll(factor * Math.max(rgb[0], rgb[1], rgb[2]));
    for (let channel = 0; channel < 3; channel += 1) out[at + channel] = toCode(rgb[channel] * factor);
  }
  return out;
}
