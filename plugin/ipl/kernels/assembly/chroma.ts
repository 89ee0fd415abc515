// Chroma takes the average of its 2x2 luma pixels' weights.

import { loadCodes, storeCodes } from './arithmetic';
import { exposures, width } from './settings';

/**
 * From the weights that `blendLumaRows` left (float32 [K][weightStride], sums of two rows) to the weights of the bytes
 * of a chroma row, in place: one a sample (I420), or one for each of the two bytes of a sample (NV12, `interleaved`).
 */
export function averageWeights(weights: usize, weightStride: usize, interleaved: bool): void {
  const quarter = f32x4.splat(0.25);
  const bytes = (<usize>((width + 7) & ~7)) << 2;
  for (let k = 0; k < exposures; k++) {
    const row = weights + <usize>k * (weightStride << 2);
    for (let from: usize = 0, to = row; from < bytes; from += 32) {
      const a = v128.load(row + from);
      const b = v128.load(row + from + 16);
      if (interleaved) {
        v128.store(row + from, f32x4.mul(f32x4.add(a, i32x4.shuffle(a, a, 1, 0, 3, 2)), quarter));
        v128.store(row + from + 16, f32x4.mul(f32x4.add(b, i32x4.shuffle(b, b, 1, 0, 3, 2)), quarter));
      } else {
        const even = i32x4.shuffle(a, b, 0, 2, 4, 6);
        const odd = i32x4.shuffle(a, b, 1, 3, 5, 7);
        v128.store(to, f32x4.mul(f32x4.add(even, odd), quarter));
        to += 16;
      }
    }
  }
}

/**
 * Blends `bytes` chroma codes of one row: `codes` is the row in exposure 0, `exposureStride` bytes on that in the next.
 * Up to 3 bytes past the end are written.
 */
export function blendChromaRow(
  codes: usize,
  exposureStride: usize,
  out: usize,
  bytes: i32,
  weights: usize,
  weightStride: usize,
): void {
  const k = exposures;
  for (let x: usize = 0; x < <usize>bytes; x += 4) {
    let sum = f32x4.splat(0);
    for (let i = 0, code = codes + x, weight = weights + (x << 2); i < k; i++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(weight), loadCodes(code)));
      code += exposureStride;
      weight += weightStride << 2;
    }
    storeCodes(out + x, sum);
  }
}
