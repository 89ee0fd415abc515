/** How the fused picture is to look: what may be changed while it runs, applied behind the network. */
import type { Shares } from '../kernels';

export interface Look {
  /** 1: as the network says; towards 0 the other exposures fade out; 0: the reference alone. */
  readonly strength: number;
  /** Of what darker exposures show, and so of what the reference lost in the lights: 1 all that the network says; 0 nothing. */
  readonly highlights: number;
  /** The same of brighter exposures, in the darks. */
  readonly shadows: number;
  /** EV by which the brighter exposures (above 0) or the darker ones (below) are preferred. */
  readonly bias: number;
  /** 1: as it is; 0: grey; 2: colours twice as strong. */
  readonly saturation: number;
  /** 1: noise is reduced as far as it is found (noise-reduction.ts); 0: not at all; 2: twice as far. */
  readonly denoise: number;
}

/** `highlights` and `shadows` at 1: what the reference lost is what exposures are fused for, and the network was trained to show all of it. */
export const NATURAL: Look = { strength: 1, highlights: 1, shadows: 1, bias: 0, saturation: 1, denoise: 1 };

/** What the blend takes of either side. */
export function sharesOf({ strength, highlights, shadows }: Look): Shares {
  return { darker: strength * highlights, brighter: strength * shadows };
}

/** What the look adds to the logit of an exposure: a step of exposure is a step of preference; twice the weight an EV, as twice the light. */
export function biasOf({ bias }: Look, exposure: number, reference: number): number {
  return bias * (exposure - reference);
}

/** Coefficients of a map: [K, per, rows, columns], in which an exposure's first plane is the constant of its logit against the reference's. */
export interface CoefficientMap {
  readonly values: Float32Array;
  readonly exposures: number;
  readonly per: number;
  readonly reference: number;
}

/** Of the reference's planes, the first of those that say how its colours are changed (models/train/network/rule.py). */
const COLOUR = 3;

/**
 * Changes coefficients in place; the rest of the look is the blend's, by its shares.
 *
 * Where a block is light, darker exposures are what brings colours back, and where it is dark, brighter ones: so the nearer
 * the block is to white, the more their share counts in what is done to its colours.
 * @param means of the reference's blocks, luma from 0 to 1: as many as a plane has, or its first rows'
 */
export function applyLook(coefficients: CoefficientMap, means: Float32Array, look: Look): void {
  const { exposures, per, reference } = coefficients;
  for (let exposure = 0; exposure < exposures; exposure += 1) {
    const bias = biasOf(look, exposure, reference);
    if (bias === 0) continue;
    const constant = planeOf(coefficients, exposure, 0);
    for (let index = 0; index < constant.length; index += 1) constant[index] = (constant[index] ?? 0) + bias;
  }
  const { darker, brighter } = sharesOf(look);
  if (darker === 1 && brighter === 1) return;
  for (let number = COLOUR; number < per; number += 1) {
    const plane = planeOf(coefficients, reference, number);
    for (let index = 0; index < means.length; index += 1) {
      plane[index] = (plane[index] ?? 0) * (brighter + (darker - brighter) * (means[index] ?? 0));
    }
  }
}

function planeOf({ values, exposures, per }: CoefficientMap, exposure: number, number: number): Float32Array {
  const cells = values.length / (exposures * per);
  const start = (exposure * per + number) * cells;
  return values.subarray(start, start + cells);
}
