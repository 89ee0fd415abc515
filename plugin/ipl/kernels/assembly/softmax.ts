// The softmax over the exposures and the weighted sum of their codes.

import { loadCodes, nearestInteger, powerOfTwo, powerOfTwoOfInteger, storeCodes } from './arithmetic';
import { exposures } from './settings';

/** The powers of two of exposures 1..K-1 at the pixels in hand, for the two rows: v128 [4][2]. */
const powers = memory.data(128, 16);

/**
 * Four pixels of each of two rows. The logits, whose rows are `logitStride` bytes apart, are those of exposures
 * 1..K-1; the reference's is 0. Weights of the two rows are added and stored; rows of weights are `weightStride`
 * bytes apart.
 */
// @ts-ignore: decorator
@inline
export function blendFour(
  codesA: usize, codesB: usize, exposureStride: usize, outA: usize, outB: usize,
  logitsA: usize, logitsB: usize, logitStride: usize, weights: usize, weightStride: usize,
): void {
  const k = exposures;
  let largestA = f32x4.splat(0);
  let largestB = f32x4.splat(0);
  for (let i = 1, at = logitStride; i < k; i++, at += logitStride) {
    largestA = f32x4.pmax(largestA, v128.load(logitsA + at));
    largestB = f32x4.pmax(largestB, v128.load(logitsB + at));
  }
  // The nearest integer does as well as the largest itself, and the reference's power needs no polynomial then.
  largestA = nearestInteger(largestA);
  largestB = nearestInteger(largestB);
  const referenceA = powerOfTwoOfInteger(f32x4.neg(largestA));
  const referenceB = powerOfTwoOfInteger(f32x4.neg(largestB));
  let sumA = referenceA;
  let sumB = referenceB;
  let fusedA = f32x4.mul(referenceA, loadCodes(codesA));
  let fusedB = f32x4.mul(referenceB, loadCodes(codesB));
  for (let i = 1, at = logitStride, code = exposureStride, p = powers; i < k; i++) {
    const a = powerOfTwo(f32x4.sub(v128.load(logitsA + at), largestA));
    const b = powerOfTwo(f32x4.sub(v128.load(logitsB + at), largestB));
    v128.store(p, a);
    v128.store(p, b, 16);
    sumA = f32x4.add(sumA, a);
    sumB = f32x4.add(sumB, b);
    fusedA = f32x4.add(fusedA, f32x4.mul(a, loadCodes(codesA + code)));
    fusedB = f32x4.add(fusedB, f32x4.mul(b, loadCodes(codesB + code)));
    at += logitStride;
    code += exposureStride;
    p += 32;
  }
  const one = f32x4.splat(1);
  const scaleA = f32x4.div(one, sumA);
  const scaleB = f32x4.div(one, sumB);
  storeCodes(outA, f32x4.mul(fusedA, scaleA));
  storeCodes(outB, f32x4.mul(fusedB, scaleB));
  v128.store(weights, f32x4.add(f32x4.mul(referenceA, scaleA), f32x4.mul(referenceB, scaleB)));
  for (let i = 1, p = powers, at = weights + weightStride; i < k; i++, p += 32, at += weightStride) {
    v128.store(at, f32x4.add(f32x4.mul(v128.load(p), scaleA), f32x4.mul(v128.load(p, 16), scaleB)));
  }
}
