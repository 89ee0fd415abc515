/** A tone curve: what becomes of each luma code, and of the colours that go with it. */
import type { ColourRange } from '../../core/frames/video-caps';
import type { PlaneLayout } from '../../core/frames/video-layout';
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

/** Changes a picture in place. */
export function applyCurve(payload: Uint8Array, { format, planes, chromaScale }: PlaneLayout, range: ColourRange, curve: ToneCurve): void {
  const [luma, ...chromas] = planes;
  if (!luma) return;
  const [low, high, highest] = range === 'full' ? [0, 255, 255] : [16, 235, 240];
  const tables = curve.chroma.map((chroma) => chromaTable(chroma, low, highest));
  const step = format === 'NV12' ? 2 : 1;
  for (const [number, plane] of chromas.entries()) {
    for (let part = 0; part < step; part += 1) {
      const table = tables[number + part];
      if (!table) continue;
      for (let row = 0; row < plane.height; row += 1) {
        // By the luma as it was, so before that changes.
        const above = luma.offset + row * chromaScale * luma.stride;
        changeChroma(payload, plane.offset + row * plane.stride + part, plane.width / step, step, above, chromaScale, table);
      }
    }
  }
  const codes = Uint8Array.from(curve.luma, (value) => Math.min(high, Math.max(low, Math.round(value))));
  for (let row = 0; row < luma.height; row += 1) changeLuma(payload, luma.offset + row * luma.stride, luma.width, codes);
}

/** Two luma codes share a row of a table, so that both tables stay in the nearest cache but one. */
const LUMA_SHIFT = 1;

/** By luma and the sample's own code. */
function chromaTable({ offset, gain }: ToneCurve['chroma'][number], low: number, high: number): Uint8Array {
  const table = new Uint8Array((CODES >> LUMA_SHIFT) * CODES);
  for (let at = 0; at < table.length; at += 1) {
    const luma = (at >> 8) << LUMA_SHIFT;
    const value = 128.5 + offset[luma] + gain[luma] * ((at & (CODES - 1)) - 128);
    table[at] = Math.min(high, Math.max(low, value));
  }
  return table;
}

function changeChroma(payload: Uint8Array, start: number, samples: number, step: number, above: number, scale: number, table: Uint8Array): void {
  for (let at = start, luma = above, end = start + samples * step; at < end; at += step, luma += scale) {
    payload[at] = table[((payload[luma] >> LUMA_SHIFT) << 8) | payload[at]];
  }
}

function changeLuma(payload: Uint8Array, start: number, samples: number, codes: Uint8Array): void {
  for (let at = start, end = start + samples; at < end; at += 1) payload[at] = codes[payload[at]];
}
