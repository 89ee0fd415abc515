/** The look (strength, bias, saturation) as inputs of the graph. */
import { Tensor } from 'onnxruntime-node';
import { COEFFICIENTS } from '../kernels/rule.generated';
import { applyLook, type Look } from '../engine/look';

/**
 * The look changes each coefficient by a factor and an addend; what it makes of 0 and of 1 says both.
 * @param order the exposures as the graph has them, the reference first
 */
export function lookFeeds(look: Look, order: readonly number[]): Record<'gains' | 'offsets' | 'saturation', Tensor> {
  const k = order.length;
  const reference = order[0] ?? 0;
  const changed = (value: number): Float32Array => {
    const values = new Float32Array(k * COEFFICIENTS).fill(value);
    applyLook(values, k, COEFFICIENTS, reference, look);
    return values;
  };
  const [zero, one] = [changed(0), changed(1)];
  const gains = new Float32Array(k * COEFFICIENTS);
  const offsets = new Float32Array(k * COEFFICIENTS);
  for (const [at, exposure] of order.entries()) {
    for (let index = 0; index < COEFFICIENTS; index += 1) {
      const from = exposure * COEFFICIENTS + index;
      offsets[at * COEFFICIENTS + index] = zero[from] ?? 0;
      gains[at * COEFFICIENTS + index] = (one[from] ?? 0) - (zero[from] ?? 0);
    }
  }
  const dims = [k, COEFFICIENTS, 1, 1];
  return {
    gains: new Tensor('float32', gains, dims),
    offsets: new Tensor('float32', offsets, dims),
    saturation: new Tensor('float32', Float32Array.of(look.saturation), [1]),
  };
}
