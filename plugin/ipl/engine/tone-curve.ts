/** A tone curve: what becomes of each luma code, and of the colours that go with it. */
import type { ColourRange } from '../../core/frames/video-caps';
import { bytesOf, depthOf, isInterleaved, type PixelFormat, type PlaneLayout } from '../../core/frames/video-layout';
import { merged, PER_SAMPLE, tonesOf, type Tone } from './tone-samples';

const CODES = 256;

/** By luma code. */
export interface ToneCurve {
  readonly luma: Float32Array;
  /** How well the code tells the target: one over the variance. Clipped codes stand for much, and tell little. */
  readonly trust: Float32Array;
  /** Of Cb and Cr: `offset + gain * own`, counted from the middle. */
  readonly chroma: readonly { readonly offset: Float32Array; readonly gain: Float32Array }[];
}

/** Codes squared: no sample is believed to more than two codes. */
const LEAST_VARIANCE = 4;

/** @param sums of sumTones; undefined where there are none */
export function curveOf(sums: Float64Array): ToneCurve | undefined {
  const tones = rising(tonesOf(sums));
  if (tones.length === 0) return undefined;
  const along = (of: (tone: Tone) => number, slope = 0): Float32Array => Float32Array.from({ length: CODES }, (_, code) => interpolate(tones, code, of, slope));
  return {
    luma: along(({ target }) => target, 1),
    trust: along(({ variance }) => 1 / (variance + LEAST_VARIANCE)),
    chroma: [0, 1].map((plane) => ({
      offset: along(({ chroma }) => chroma[plane]?.offset ?? 0),
      gain: along(({ chroma }) => chroma[plane]?.gain ?? 1),
    })),
  };
}

/** Neighbours that fall are made one: brighter stays brighter, and the mean stays what it is. */
function rising(tones: readonly Tone[]): Tone[] {
  const result: Tone[] = [];
  for (let tone of tones) {
    for (let last = result.at(-1); last && last.target >= tone.target; last = result.at(-1)) {
      result.pop();
      tone = merged(last, tone);
    }
    result.push(tone);
  }
  return result;
}

/** @param slope beyond the first and the last tone */
function interpolate(tones: readonly Tone[], code: number, of: (tone: Tone) => number, slope: number): number {
  const above = tones.findIndex(({ luma }) => luma >= code);
  const next = tones[above < 0 ? tones.length - 1 : above];
  const previous = above > 0 ? tones[above - 1] : undefined;
  if (!previous) return of(next) + slope * (code - next.luma);
  const part = (code - previous.luma) / (next.luma - previous.luma);
  return of(previous) + part * (of(next) - of(previous));
}

/** What a picture's samples would be in the look that the exposures' curves lead to: of each sample, those that tell it best count most. */
export function targetOf(exposures: readonly Int16Array[], curves: readonly ToneCurve[]): Float32Array {
  const target = new Float32Array(exposures[0]?.length ?? 0);
  const trusts = new Float32Array(target.length / PER_SAMPLE);
  for (const [index, samples] of exposures.entries()) {
    const curve = curves[index];
    if (curve) addTarget(samples, curve, target, trusts);
  }
  return target.map((sum, at) => sum / (trusts[Math.floor(at / PER_SAMPLE)] ?? 1));
}

function addTarget(samples: Int16Array, { luma, trust, chroma }: ToneCurve, target: Float32Array, trusts: Float32Array): void {
  for (let at = 0; at < samples.length; at += PER_SAMPLE) {
    const code = samples[at] ?? 0;
    const share = trust[code] ?? 0;
    trusts[at / PER_SAMPLE] += share;
    target[at] += share * (luma[code] ?? 0);
    for (const [plane, { offset, gain }] of chroma.entries()) {
      target[at + 1 + plane] += share * ((offset[code] ?? 0) + (gain[code] ?? 1) * (samples[at + 1 + plane] ?? 0));
    }
  }
}

/** Changes a picture of 8 or 10 bits, in place. */
export function applyCurve(payload: Uint8Array, { format, planes, chromaScale }: PlaneLayout, range: ColourRange, curve: ToneCurve): void {
  const [luma, ...chromas] = planes;
  if (!luma) return;
  const codes = codesOf(format);
  const { bytes } = codes;
  const samples = bytes === 1 ? payload : new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1);
  const [low, high, highest] = range === 'full' ? [0, 255, 255] : [16, 235, 240];
  const tables = curve.chroma.map((chroma) => chromaTable(chroma, low, highest, codes));
  const step = isInterleaved(format) ? 2 : 1;
  for (const [number, plane] of chromas.entries()) {
    for (let part = 0; part < step; part += 1) {
      const table = tables[number + part];
      if (!table) continue;
      for (let row = 0; row < plane.height; row += 1) {
        // By the luma as it was, so before that changes.
        const above = (luma.offset + row * chromaScale * luma.stride) / bytes;
        changeChroma(samples, (plane.offset + row * plane.stride) / bytes + part, plane.width / bytes / step, step, above, chromaScale, table, codes);
      }
    }
  }
  const table = lumaTable(curve.luma, low, high, codes);
  for (let row = 0; row < luma.height; row += 1) changeLuma(samples, (luma.offset + row * luma.stride) / bytes, luma.width / bytes, table, codes.below);
}

type Samples = Uint8Array | Uint16Array;

/** How a sample has its codes. */
interface Codes {
  readonly bytes: 1 | 2;
  /** Bits of a code below those of 8. */
  readonly finer: 0 | 2;
  /** Bits of the sample below its code. */
  readonly below: 0 | 6;
}

function codesOf(format: PixelFormat): Codes {
  if (depthOf(format) === 16) throw new RangeError('Photographs have no look to be kept.');
  const deep = depthOf(format) === 10;
  return { bytes: bytesOf(format), finer: deep ? 2 : 0, below: format === 'P010_10LE' ? 6 : 0 };
}

function lumaTable(luma: Float32Array, low: number, high: number, { finer }: Codes): Samples {
  const [fine, most] = [1 << finer, CODES - 1];
  const values = Array.from({ length: CODES << finer }, (_, code) => {
    const [before, share] = [code >> finer, (code & (fine - 1)) / fine];
    const here = luma[before];
    const value = here + share * (luma[Math.min(most, before + 1)] - here);
    return Math.min(high, Math.max(low, value)) * fine;
  });
  return finer ? Uint16Array.from(values, Math.round) : Uint8Array.from(values, Math.round);
}

/** Two luma codes of 8 bits share a row of a table, so that tables stay in the nearest cache but one. */
const LUMA_SHIFT = 1;

/** By luma and the sample's own code. */
function chromaTable({ offset, gain }: ToneCurve['chroma'][number], low: number, high: number, { finer }: Codes): Samples {
  const [fine, codes] = [1 << finer, CODES << finer];
  const table = new (finer ? Uint16Array : Uint8Array)((CODES >> LUMA_SHIFT) * codes);
  for (let at = 0; at < table.length; at += 1) {
    const luma = Math.floor(at / codes) << LUMA_SHIFT;
    const value = 128 + offset[luma] + gain[luma] * ((at & (codes - 1)) / fine - 128);
    table[at] = Math.min(high, Math.max(low, value)) * fine + 0.5;
  }
  return table;
}

function changeChroma(samples: Samples, start: number, count: number, step: number, above: number, scale: number, table: Samples, { finer, below }: Codes): void {
  const lumaShift = LUMA_SHIFT + finer + below;
  const row = 8 + finer;
  for (let at = start, luma = above, end = start + count * step; at < end; at += step, luma += scale) {
    samples[at] = table[((samples[luma] >> lumaShift) << row) | (samples[at] >> below)] << below;
  }
}

function changeLuma(samples: Samples, start: number, count: number, codes: Samples, below: number): void {
  for (let at = start, end = start + count; at < end; at += 1) samples[at] = codes[samples[at] >> below] << below;
}
