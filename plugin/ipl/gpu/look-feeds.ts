/** The look (strength, highlights, shadows, bias, saturation) as inputs of the graph, which does with them what engine/look.ts and the kernels do. */
import { Tensor } from 'onnxruntime-node';
import { biasOf, sharesOf, type Look } from '../engine/look';
import { shareOf } from '../kernels';
import { COEFFICIENTS } from '../kernels/rule.generated';

/** @param order the exposures as the graph has them, the reference first */
export function lookFeeds(look: Look, order: readonly number[]): Record<'offsets' | 'shares' | 'sides' | 'saturation', Tensor> {
  const k = order.length;
  const reference = order[0] ?? 0;
  const shares = sharesOf(look);
  const offsets = new Float32Array(k * COEFFICIENTS);
  for (const [at, exposure] of order.entries()) offsets[at * COEFFICIENTS] = biasOf(look, exposure, reference);
  return {
    offsets: new Tensor('float32', offsets, [k, COEFFICIENTS, 1, 1]),
    shares: floats(order.map((exposure) => shareOf(shares, exposure, reference))),
    sides: floats([shares.darker, shares.brighter]),
    saturation: floats([look.saturation]),
  };
}

function floats(values: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), [values.length]);
}
