/**
 * Pictures of 10 bits for a graph of 8, which measures them and asks the network: the nearest 8 bits of the samples that it looks at, one beside
 * the other, and none of those between. What it blends besides is 2x2 pixels of nothing.
 */
import { Tensor } from 'onnxruntime-node';
import { bitsBelowEight, type Plane, type PixelFormat } from '../../core/frames/video-layout';
import type { FusionTask } from '../engine/fusion-task';
import { flag, type Feeds } from './graph-feeds';
import type { GraphPlan } from './graph-plan';

/** What the blend of 10 bits takes beside that of 8: what each byte of a sample counts, in codes of 8 bits, and from one code to the next. */
export function deepFeeds(format: PixelFormat): Feeds {
  const below = bitsBelowEight(format);
  return {
    weights: new Tensor('float32', Float32Array.of(2 ** -below, 2 ** (8 - below)), [2]),
    step: new Tensor('float32', Float32Array.of(2 ** (below - 2)), [1]),
  };
}

/** @param means of the picture before */
export function surveyFeeds({ payloads, layout: { format, planes: [luma, ...chroma] } }: FusionTask, plan: GraphPlan, means: Tensor): Feeds {
  const { planes, order, stride, sampleRows, chromaRows } = plan;
  const { components, interleaved } = planes;
  const [columns, left, right, chromaColumns] = ['columns', 'left', 'right', 'chroma_columns'].map((name) => numbersOf(plan.feeds[name]));
  const [k, across, chromaAcross] = [order.length, columns.length, chromaColumns.length];
  const below = bitsBelowEight(format);
  const beside = [columns, left, right].flatMap((places) => [...places]);
  const pairs = [...chromaColumns].flatMap((place) => Array.from({ length: interleaved }, (_, turn) => interleaved * place + turn));
  const samples = new Uint8Array(k * sampleRows * beside.length);
  const [above, under] = [new Uint8Array(k * sampleRows * across), new Uint8Array(k * sampleRows * across)];
  const chromaSamples = new Uint8Array(k * components * chromaRows * pairs.length);
  let [at, atChroma] = [0, 0];
  for (const exposure of order) {
    const words = wordsOf(payloads[exposure] ?? new Uint8Array());
    take(words, luma, stride, 0, sampleRows, beside, below, samples, at * 3);
    take(words, luma, stride, -1, sampleRows, columns, below, above, at);
    take(words, luma, stride, 1, sampleRows, columns, below, under, at);
    at += sampleRows * across;
    for (const plane of chroma) {
      take(words, plane, stride, 0, chromaRows, pairs, below, chromaSamples, atChroma);
      atChroma += chromaRows * pairs.length;
    }
  }
  const feeds: Feeds = {
    fresh: flag(true),
    samples: new Tensor('uint8', samples, [k, sampleRows, beside.length]),
    above: new Tensor('uint8', above, [k, sampleRows, across]),
    below: new Tensor('uint8', under, [k, sampleRows, across]),
    chroma_samples: new Tensor('uint8', chromaSamples, [k, components, chromaRows, chromaAcross, interleaved]),
    columns: counting(across, 0),
    left: counting(across, across),
    right: counting(across, 2 * across),
    chroma_columns: counting(chromaAcross, 0),
    last_means: means,
    last_coefficients: new Tensor('float32', new Float32Array(k * 6), [k, 6, 1, 1]),
    strip_rows: counting(1, 0),
    up_rows: new Tensor('float32', new Float32Array(2), [2, 1]),
    positions: new Tensor('float32', new Float32Array(2), [2]),
    pixels: new Tensor('float32', new Float32Array(2), [2]),
    covers: new Tensor('float32', new Float32Array(4 * k), [k, 2, 2]),
  };
  for (const index of order.keys()) {
    feeds[`luma${index}`] = new Tensor('uint8', new Uint8Array(4), [2, 2]);
    feeds[`chroma${index}`] = new Tensor('uint8', new Uint8Array(2), [components, 1, 1, interleaved]);
  }
  return feeds;
}

/** Every `stride`-th row, or the one `shift` below it; the last is repeated until there are `rows`. Plain loops: some millions of samples a 4K set. */
function take(words: Uint16Array, plane: Plane, stride: number, shift: number, rows: number, columns: ArrayLike<number>, below: number, out: Uint8Array, to: number): void {
  const last = Math.ceil(plane.height / stride) - 1;
  const [half, count] = [2 ** (below - 1), columns.length];
  for (let row = 0; row < rows; row += 1) {
    const pixelRow = Math.min(plane.height - 1, Math.max(0, Math.min(row, last) * stride + shift));
    const from = (plane.offset + pixelRow * plane.stride) >> 1;
    for (let column = 0; column < count; column += 1) {
      const code = (words[from + columns[column]] + half) >> below;
      out[to++] = code > 255 ? 255 : code;
    }
  }
}

function wordsOf(payload: Uint8Array): Uint16Array {
  const even = payload.byteOffset % 2 === 0 ? payload : payload.slice();
  return new Uint16Array(even.buffer, even.byteOffset, even.length >> 1);
}

const numbersOf = ({ data }: Tensor): Int32Array => Int32Array.from(data as BigInt64Array, Number);

const counting = (count: number, first: number): Tensor => new Tensor('int64', BigInt64Array.from({ length: count }, (_, at) => BigInt(first + at)), [count]);
