/** The input `momentum` of networks whose card has format 1: the share of the old cache that is kept. Later ones do without. */
import { Tensor } from 'onnxruntime-node';

/** A small bright thing that crosses a flat ground left a tail behind where some was kept. onnxruntime passes over an input that a network does not have. */
export const NOTHING_KEPT = { momentum: new Tensor('float32', Float32Array.of(0), [1]) };
