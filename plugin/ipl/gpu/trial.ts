/** Tries a provider on a small picture: does it work, is its picture the CPU's, and is it faster? */
import { bytesOf, planeLayout, type PixelFormat, type PlaneLayout } from '../../core/frames/video-layout';
import type { ColourRange } from '../../core/frames/video-caps';
import type { FusionEngine } from '../engine/fusion-engine';
import type { FusionTask } from '../engine/fusion-task';
import { RANGES } from '../kernels/rule.generated';
import { NATURAL } from '../engine/look';
import type { MergeKernels } from '../hdr/merge-kernels';
import type { GraphEngine } from './graph-engine';
import type { MergeGraph } from './merge-graph';

/** Light of code 254 of limited range, white being 1. */
const HEADROOM = (238 / RANGES.limited[1]) ** (1 / 0.45);

export interface Trial {
  /** Of one picture, once warm. */
  readonly providerMs: number;
  readonly cpuMs: number;
}

/** Large enough to tell a GPU from a software one, small enough to cost a start next to nothing. */
const SIZE = { width: 1280, height: 720 } as const;

/** Steps of the fine texture. */
const TEXTURE = 11;

/**
 * What paths may differ by, in codes of the format, by the bytes of a sample: anywhere, and on one in a thousand by more than the other. Of 10 bits
 * the kernels have 16 to calculate with, and what is merged to HDR goes by steps of tables.
 */
const LIMITS = { 1: { far: 2, near: 1 }, 2: { far: 16, near: 2 } } as const;
const OFTEN = 0.001;

type Size = Readonly<Record<'width' | 'height', number>>;

/**
 * @param range limited by default, because that one has codes outside of it, which are the harder to get right
 * @throws Error saying what does not work
 */
export async function tryProvider(graph: GraphEngine, cpu: FusionEngine, size: Size = SIZE, range: ColourRange = 'limited', format: 'NV12' | 'I420_10LE' = 'NV12'): Promise<Trial> {
  const shown = picture(size, range, format);
  // Each is fused in place.
  const trial = (): FusionTask => ({ ...shown, payloads: shown.payloads.map((payload) => payload.slice()) });
  const expected = await timed(async () => {
    const task = trial();
    cpu.reset();
    await cpu.fuse(task);
    return task.payloads[task.reference] ?? new Uint8Array();
  });
  cpu.reset();
  // The first run compiles.
  const fused = await graph.fuse(trial(), 'trial');
  compare(expected.result, fused.payload, shown.layout);
  const again = await timed(() => graph.fuse(trial(), 'trial'));
  return { providerMs: again.ms, cpuMs: expected.ms };
}

/** The same of the HDR merge. @throws Error saying what does not work */
export async function tryMerge(graph: MergeGraph, cpu: MergeKernels, size: Size = SIZE): Promise<Trial> {
  const { payloads, layout, reference, range } = picture(size, 'limited', 'I420_10LE');
  const settings = { output: 'pq', curve: 'bt709', peak: 1000, referenceWhite: 203, primaries: 'bt709' } as const;
  const task = { payloads, layout, reference, colorimetry: { range, matrix: 'BT.709' }, settings, places: [0, 1, 2], declared: [-2, 0, 2] };
  const times = task.declared.map((ev) => 2 ** ev);
  const expected = await timed(() => {
    const merged = new Uint8Array(layout.size);
    cpu.merge(task, times, merged, layout);
    return Promise.resolve(merged);
  });
  compare(expected.result, await graph.merge(task, times), layout);
  const again = await timed(() => graph.merge(task, times));
  return { providerMs: again.ms, cpuMs: expected.ms };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: performance.now() - began };
}

/** What lies between rows means nothing, and is not compared. */
function compare(expected: Uint8Array, fused: Uint8Array, { planes, format }: PlaneLayout): void {
  const bytes = bytesOf(format);
  const { far, near } = LIMITS[bytes];
  const codeAt = (payload: Uint8Array, at: number): number => (bytes === 1 ? (payload[at] ?? 0) : (payload[at] ?? 0) + 256 * (payload[at + 1] ?? 0));
  let beyond = 0;
  let compared = 0;
  for (const { offset, stride, width, height } of planes) {
    for (let y = 0; y < height; y += 1) {
      for (let at = offset + y * stride; at < offset + y * stride + width; at += bytes) {
        const difference = Math.abs(codeAt(expected, at) - codeAt(fused, at));
        if (difference > far) throw new Error(`its picture is not the CPU's: ${difference} codes apart at byte ${at}`);
        if (difference > near) beyond += 1;
        compared += 1;
      }
    }
  }
  if (beyond > OFTEN * compared) throw new Error(`its picture is not the CPU's on ${beyond} of ${compared} ${bytes === 1 ? 'bytes' : 'samples'}`);
}

/**
 * Three exposures of a scene with edges, slopes and fine texture, in all codes: of limited range highlights go on above white
 * and shadows below black, as cameras record them. Deterministic.
 */
function picture({ width, height }: Size, range: ColourRange, format: PixelFormat): FusionTask {
  const layout = planeLayout('NV12', width, height);
  const stride = layout.planes[0]?.stride ?? width;
  const [black, span] = RANGES[range];
  const most = range === 'full' ? 1 : HEADROOM;
  const payloads = [0.25, 1, 4].map((gain) => {
    const payload = new Uint8Array(layout.size).fill(128);
    for (let x = 0; x < width; x += 1) {
      const footroom = range === 'full' ? 0 : 0.05 * (x % 5) * Number(x < width / 8);
      // All that a column has: a band of bright rows and one without, each with the texture.
      const codes = [0.2, 0].map((band) => Array.from({ length: TEXTURE }, (_, step) => {
        const light = 0.05 + 0.7 * (x / width) + band + 0.02 * step;
        return black + Math.round(span * (Math.min(most, light * gain) ** 0.45 - footroom));
      }));
      for (let y = 0; y < height; y += 1) payload[y * stride + x] = codes[y % 97 < 40 ? 0 : 1][(x * 7 + y * 13) % TEXTURE];
    }
    return payload;
  });
  // Noise reduction is the CPU's in both, and would take the fine texture for noise.
  const look = { ...NATURAL, denoise: 0 };
  if (format === 'NV12') return { payloads, layout, range, reference: 1, look };
  const deep = planeLayout('I420_10LE', width, height);
  return { payloads: payloads.map((payload) => deepen(payload, layout, deep)), layout: deep, range, reference: 1, look };
}

/** Luma in all codes of 10 bits; chroma is grey. */
function deepen(payload: Uint8Array, { planes: [from] }: PlaneLayout, { size, planes: [to], width, height }: PlaneLayout): Uint8Array {
  const samples = new Uint16Array(size >> 1).fill(512);
  if (!from || !to) throw new RangeError('A picture has planes.');
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) samples[((to.offset + y * to.stride) >> 1) + x] = 4 * (payload[from.offset + y * from.stride + x] ?? 0) + ((x + 2 * y) & 3);
  }
  return new Uint8Array(samples.buffer);
}
