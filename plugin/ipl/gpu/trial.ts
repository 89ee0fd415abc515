/** Tries a provider on a small picture: does it work, is its picture the CPU's, and is it faster? */
import { planeLayout, type PlaneLayout } from '../../core/frames/video-layout';
import type { ColourRange } from '../../core/frames/video-caps';
import type { FusionEngine } from '../engine/fusion-engine';
import type { FusionTask } from '../engine/fusion-task';
import { RANGES } from '../kernels/rule.generated';
import { NATURAL } from '../engine/look';
import type { GraphEngine } from './graph-engine';

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

/** Two codes anywhere, and on one pixel in a thousand more than one: what paths may differ by. */
const FAR = 2;
const OFTEN = 0.001;

/**
 * @param range limited by default, because that one has codes outside of it, which are the harder to get right
 * @throws Error saying what does not work
 */
export async function tryProvider(graph: GraphEngine, cpu: FusionEngine, { width, height }: { width: number; height: number } = SIZE, range: ColourRange = 'limited'): Promise<Trial> {
  const shown = picture(width, height, range);
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
  compare(expected.result, fused.payload, planeLayout('NV12', width, height));
  const again = await timed(() => graph.fuse(trial(), 'trial'));
  return { providerMs: again.ms, cpuMs: expected.ms };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: performance.now() - began };
}

/** What lies between rows means nothing, and is not compared. */
function compare(expected: Uint8Array, fused: Uint8Array, { planes }: PlaneLayout): void {
  let beyondOne = 0;
  let compared = 0;
  for (const { offset, stride, width, height } of planes) {
    for (let y = 0; y < height; y += 1) {
      for (let at = offset + y * stride; at < offset + y * stride + width; at += 1) {
        const difference = Math.abs((expected[at] ?? 0) - (fused[at] ?? 0));
        if (difference > FAR) throw new Error(`its picture is not the CPU's: ${difference} codes apart at byte ${at}`);
        if (difference > 1) beyondOne += 1;
        compared += 1;
      }
    }
  }
  if (beyondOne > OFTEN * compared) throw new Error(`its picture is not the CPU's on ${beyondOne} of ${compared} bytes`);
}

/**
 * Three exposures of a scene with edges, slopes and fine texture, in all codes: of limited range highlights go on above white
 * and shadows below black, as cameras record them. Deterministic.
 */
function picture(width: number, height: number, range: ColourRange): FusionTask {
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
  return { payloads, layout, range, reference: 1, look: { ...NATURAL, denoise: 0 } };
}
