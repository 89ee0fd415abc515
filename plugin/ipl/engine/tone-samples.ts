/** Sparse samples of pictures, and what two pictures' samples say of the way from one's tones to the other's. */
import { isInterleaved, type PlaneLayout } from '../../core/frames/video-layout';
import { eightBitsOf } from '../kernels';

/** Samples in each direction. 64 x 64 tell a mean to half a code, and cost a tenth of a millisecond at 4K. */
const SAMPLES = 64;

/** Luma, Cb and Cr of a sample, one after the other. */
export const PER_SAMPLE = 3;

/** Luma codes a bin. */
const BIN_CODES = 4;
const BINS = 256 / BIN_CODES;

/** What is summed up in a bin: samples, luma of both, luma of the target squared; then of Cb and Cr: from, to, from x from, from x to. */
const COUNT = 0;
const FROM = 1;
const TO = 2;
const TO_SQUARED = 3;
const CHROMA = 4;
const PER_CHROMA = 4;
export const PER_BIN = CHROMA + 2 * PER_CHROMA;

/** Samples of a picture, in codes of 8 bits, on a grid that depends on its size only. Chroma is counted from its middle. */
export function sampleTones(payload: Uint8Array, { format, width, height, chromaScale, planes }: PlaneLayout): Int16Array {
  const [luma, first, second] = planes;
  const columns = Math.min(SAMPLES, width);
  const rows = Math.min(SAMPLES, height);
  const samples = new Int16Array(columns * rows * PER_SAMPLE);
  if (!luma || !first) return samples;
  const interleaved = isInterleaved(format);
  const { bytes, codeAt } = eightBitsOf(format);
  const chromaStep = bytes * (interleaved ? 2 : 1);
  const secondOffset = interleaved ? first.offset + bytes : (second?.offset ?? first.offset);
  let next = 0;
  for (let row = 0; row < rows; row += 1) {
    const y = Math.floor(((row + 0.5) * height) / rows);
    const lumaRow = luma.offset + y * luma.stride;
    const chromaRow = Math.floor(y / chromaScale) * first.stride;
    for (let column = 0; column < columns; column += 1) {
      const x = Math.floor(((column + 0.5) * width) / columns);
      const chroma = chromaRow + Math.floor(x / chromaScale) * chromaStep;
      samples[next] = codeAt(payload, lumaRow + bytes * x);
      samples[next + 1] = codeAt(payload, first.offset + chroma) - 128;
      samples[next + 2] = codeAt(payload, secondOffset + chroma) - 128;
      next += PER_SAMPLE;
    }
  }
  return samples;
}

/** Sums over the samples of two pictures of one place, by the first one's luma: what a tone curve is made of. */
export function sumTones(from: Int16Array, to: Int16Array | Float32Array): Float64Array {
  const sums = new Float64Array(BINS * PER_BIN);
  for (let at = 0; at < from.length; at += PER_SAMPLE) {
    const luma = from[at] ?? 0;
    const target = to[at] ?? 0;
    const bin = Math.floor(luma / BIN_CODES) * PER_BIN;
    sums[bin + COUNT] += 1;
    sums[bin + FROM] += luma;
    sums[bin + TO] += target;
    sums[bin + TO_SQUARED] += target * target;
    for (let plane = 0; plane < 2; plane += 1) {
      const place = bin + CHROMA + plane * PER_CHROMA;
      const own = from[at + 1 + plane] ?? 0;
      const other = to[at + 1 + plane] ?? 0;
      sums[place] += own;
      sums[place + 1] += other;
      sums[place + 2] += own * own;
      sums[place + 3] += own * other;
    }
  }
  return sums;
}

/** Samples whose luma is alike, from dark to bright: what they have and what they are to have. */
export interface Tone {
  readonly count: number;
  readonly luma: number;
  readonly target: number;
  /** Of the targets around theirs mean. */
  readonly variance: number;
  /** Of Cb and Cr: `target = offset + gain * own`. */
  readonly chroma: readonly { readonly offset: number; readonly gain: number }[];
}

/** Of all samples: fewer do not make a tone of their own. */
const LEAST_PART = 1 / 64;

/** Where colours hardly differ, their gain is taken to be 1, as if their deviation were two codes more. */
const PRIOR_VARIANCE = 4;
const LARGEST_GAIN = 4;

export function tonesOf(sums: Float64Array): Tone[] {
  let all = 0;
  for (let bin = 0; bin < BINS; bin += 1) all += sums[bin * PER_BIN] ?? 0;
  const tones: Tone[] = [];
  let pending = new Float64Array(PER_BIN);
  for (let bin = 0; bin < BINS; bin += 1) {
    for (let item = 0; item < PER_BIN; item += 1) pending[item] += sums[bin * PER_BIN + item] ?? 0;
    if ((pending[COUNT] ?? 0) < Math.max(1e-6, all * LEAST_PART)) continue;
    tones.push(toneOf(pending));
    pending = new Float64Array(PER_BIN);
  }
  // The brightest few go with those below them, so that the mean stays what it is.
  const last = tones.at(-1);
  const rest = pending[COUNT] ?? 0;
  if (rest > 1e-6) tones.splice(last ? -1 : 0, last ? 1 : 0, ...(last ? [merged(last, toneOf(pending))] : [toneOf(pending)]));
  return tones;
}

function toneOf(sums: Float64Array): Tone {
  const count = sums[COUNT] ?? 0;
  const target = (sums[TO] ?? 0) / count;
  const chroma = [0, 1].map((plane) => {
    const place = CHROMA + plane * PER_CHROMA;
    const [own = 0, other = 0, squares = 0, products = 0] = sums.subarray(place, place + PER_CHROMA);
    const spread = squares - (own * own) / count + count * PRIOR_VARIANCE;
    const common = products - (own * other) / count + count * PRIOR_VARIANCE;
    const gain = Math.min(LARGEST_GAIN, Math.max(0, common / spread));
    return { offset: (other - gain * own) / count, gain };
  });
  return { count, luma: (sums[FROM] ?? 0) / count, target, variance: Math.max(0, (sums[TO_SQUARED] ?? 0) / count - target * target), chroma };
}

/** Two neighbours as one. */
export function merged(a: Tone, b: Tone): Tone {
  const count = a.count + b.count;
  const mean = (of: (tone: Tone) => number): number => (of(a) * a.count + of(b) * b.count) / count;
  const target = mean((tone) => tone.target);
  return {
    count,
    luma: mean((tone) => tone.luma),
    target,
    variance: mean((tone) => tone.variance + (tone.target - target) ** 2),
    chroma: [0, 1].map((plane) => ({
      offset: mean((tone) => tone.chroma[plane]?.offset ?? 0),
      gain: mean((tone) => tone.chroma[plane]?.gain ?? 1),
    })),
  };
}
