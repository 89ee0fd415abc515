/** From codes to Y', Cb, Cr, and from these to R', G', B'. */
import type { Colorimetry } from '../../core/frames/colorimetry';

export interface CodeScale {
  readonly black: number;
  /** Of a code, so that luma is 0 to 1. */
  readonly luma: number;
  readonly grey: number;
  /** So that chroma is -1/2 to 1/2. */
  readonly chroma: number;
}

export function codeScale(range: Colorimetry['range'], bits: 8 | 10 | 16): CodeScale {
  const step = 2 ** (bits - 8);
  if (range === 'full') return { black: 0, luma: 1 / (256 * step - 1), grey: 128 * step, chroma: 1 / (256 * step - 1) };
  return { black: 16 * step, luma: 1 / (219 * step), grey: 128 * step, chroma: 1 / (224 * step) };
}

/** Weights of red and blue in luma. */
const WEIGHTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  'BT.709': [0.2126, 0.0722],
  'BT.601': [0.299, 0.114],
  FCC: [0.3, 0.11],
  'SMPTE 240M': [0.212, 0.087],
  'BT.2020': [0.2627, 0.0593],
};

/** R' = Y' + redOfCr Cr, G' = Y' - greenOfCb Cb - greenOfCr Cr, B' = Y' + blueOfCb Cb. */
export interface ColourMatrix {
  readonly redOfCr: number;
  readonly greenOfCb: number;
  readonly greenOfCr: number;
  readonly blueOfCb: number;
}

export function colourMatrix({ matrix }: Pick<Colorimetry, 'matrix'>): ColourMatrix {
  const [red, blue] = WEIGHTS[matrix] ?? [0.2126, 0.0722];
  const green = 1 - red - blue;
  return {
    redOfCr: 2 * (1 - red),
    greenOfCb: (2 * blue * (1 - blue)) / green,
    greenOfCr: (2 * red * (1 - red)) / green,
    blueOfCb: 2 * (1 - blue),
  };
}
