/** How the fused picture is to look: what may be changed while it runs, applied behind the network. */
export interface Look {
  /** 1: as the network says; towards 0 the other exposures fade out; 0: the reference alone. */
  readonly strength: number;
  /** EV by which the brighter exposures (above 0) or the darker ones (below) are preferred. */
  readonly bias: number;
  /** 1: as it is; 0: grey; 2: colours twice as strong. */
  readonly saturation: number;
  /** 1: noise is reduced as far as it is found (noise-reduction.ts); 0: not at all; 2: twice as far. */
  readonly denoise: number;
}

export const NATURAL: Look = { strength: 1, bias: 0, saturation: 1, denoise: 1 };

/** Of a logit, a power of two: nothing of such a weight is left in 8 bits. */
const NOTHING = -60;

/**
 * Changes coefficients in place, as strength and bias say.
 *
 * @param coefficients [K, per, ...]: the first of an exposure's `per` planes is the constant of its logit against the
 *   reference's; the reference has its tone curve there (models/train/network/rule.py)
 */
export function applyLook(coefficients: Float32Array, exposures: number, per: number, reference: number, look: Look): void {
  const { strength, bias } = look;
  if (strength === 1 && bias === 0) return;
  const plane = coefficients.length / (exposures * per);
  const planesOf = (exposure: number, count: number): Float32Array =>
    coefficients.subarray(exposure * per * plane, (exposure * per + count) * plane);
  for (let exposure = 0; exposure < exposures; exposure += 1) {
    if (exposure === reference) {
      // The curve fades out with what it is to match.
      const curve = planesOf(exposure, per);
      for (let index = 0; index < curve.length; index += 1) curve[index] = (curve[index] ?? 0) * strength;
      continue;
    }
    // Whatever the polynomial says: this exposure gets nothing.
    if (strength === 0) planesOf(exposure, per).fill(0);
    // A step of exposure is a step of preference; twice the weight an EV, as twice the light.
    const change = strength === 0 ? NOTHING : Math.max(NOTHING, Math.log2(strength)) + bias * (exposure - reference);
    const constant = planesOf(exposure, 1);
    for (let index = 0; index < constant.length; index += 1) constant[index] = (constant[index] ?? 0) + change;
  }
}
