/** The fusion as one graph: parity with PyTorch's pictures and with the kernels', of either range. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { tryProvider } from '../../../plugin/ipl/gpu/trial';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/model';
import { cpuEngine } from '../engines';
import { differences, goldenScenes, taskOf } from './gpu-golden';
import { turned } from '../kernels/warp/motions';
import { lensPicture } from '../pictures';

/** To open a session takes longer than most of these pictures, so tests share engines, in turn; their scenes have names of their own. */
const engines = new Map<number | undefined, GraphEngine>();
function shared(stripPixels?: number): GraphEngine {
  const engine = engines.get(stripPixels) ?? new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { stripPixels });
  engines.set(stripPixels, engine);
  return engine;
}
/** Two or more strips for each picture. */
const STRIPS = 5000;
let kernels: FusionEngine;

test.before(async () => {
  kernels = await cpuEngine();
});

test.after.always(async () => {
  for (const engine of engines.values()) await engine.close();
});

for (const [number, scene] of goldenScenes().entries()) {
  for (const format of ['I420', 'NV12'] as const) {
    test.serial(`scene ${number} (${scene.exposures} exposures, ${scene.width}x${scene.height}, ${scene.range} range, highlights ${scene.shares.darker}, shadows ${scene.shares.brighter}, ${format}): the graph's pictures are PyTorch's`, async (t) => {
      const engine = shared(STRIPS);
      for (let picture = 0; picture < scene.pictures; picture += 1) {
        const { payload, report } = await engine.fuse(taskOf(scene, picture, format), `scene ${number}`);
        const { beyondOne, most } = differences(scene, picture, format, payload);
        t.true(beyondOne <= 0.001 && most <= 2, `picture ${picture}: ${most} codes off, ${beyondOne} of it more than 1`);
        // The third picture is of another scene.
        t.is(report.sceneCut, picture === 2);
      }
    });
  }
}

for (const [width, height, range] of [[1280, 720, 'limited'], [642, 358, 'full'], [3840, 2160, 'limited']] as const) {
  test.serial(`the graph's picture of ${width}x${height}, ${range} range, is the kernels'`, async (t) => {
    await t.notThrowsAsync(tryProvider(shared(), kernels, { width, height }, range));
  });
}

for (const [look, range] of [
  [{ highlights: 0.5, shadows: 0.5 }, 'limited'], [{ highlights: 0.25, shadows: 1 }, 'full'], [{ highlights: 1, shadows: 0 }, 'limited'], [{ strength: 0.5, highlights: 0.5, bias: -1 }, 'full'],
] as const) {
  test.serial(`the graph's picture with ${JSON.stringify(look)} is the kernels', and its weight map, ${range} range`, async (t) => {
    const maps: (Uint8Array | undefined)[] = [];
    const looked = {
      fuse: async (task: FusionTask, scene: string) => {
        const fused = await shared(STRIPS * 20).fuse({ ...task, look: { ...NATURAL, ...task.look, ...look }, weights: true }, `${scene} ${JSON.stringify(look)}`);
        maps.push(fused.report.weights?.values);
        return fused;
      },
    } as unknown as GraphEngine;
    const expected = {
      fuse: async (task: FusionTask) => {
        const report = await kernels.fuse({ ...task, look: { ...NATURAL, ...task.look, ...look }, weights: true });
        maps.push(report.weights?.values);
        return report;
      },
      reset: () => kernels.reset(),
    } as unknown as FusionEngine;
    await t.notThrowsAsync(tryProvider(looked, expected, { width: 642, height: 358 }, range));
    const [own, other] = maps;
    t.true(own?.every((value, at) => Math.abs(value - (other?.[at] ?? 0)) <= 2));
  });
}

test.serial('the trial refuses a picture that is off by three codes somewhere, or by two too often', async (t) => {
  const size = { width: 320, height: 192 };
  /** The CPU's picture, of which so many bytes of luma are changed. */
  const off = (codes: number, bytes: number): GraphEngine => ({
    fuse: async (task: Parameters<FusionEngine['fuse']>[0]) => {
      kernels.reset();
      const report = await kernels.fuse(task);
      const payload = task.payloads[task.reference] ?? new Uint8Array();
      for (let at = 0; at < bytes; at += 1) payload[at * 7] = (payload[at * 7] ?? 0) + ((payload[at * 7] ?? 0) < 128 ? codes : -codes);
      return { payload, report };
    },
  }) as unknown as GraphEngine;
  const total = (size.width * size.height * 3) / 2;
  await t.notThrowsAsync(tryProvider(off(1, size.width * 20), kernels, size));
  await t.notThrowsAsync(tryProvider(off(2, Math.floor(total * 0.0009)), kernels, size));
  await t.throwsAsync(tryProvider(off(2, Math.ceil(total * 0.0011)), kernels, size), { message: /not the CPU's on 102 of 92160 bytes/ });
  await t.throwsAsync(tryProvider(off(3, 1), kernels, size), { message: /3 codes apart at byte 0/ });
});

test.serial('what cameras record above white and below black is in the trial', async (t) => {
  const codes = new Set<number>();
  const watch = { fuse: async ({ payloads }: Parameters<FusionEngine['fuse']>[0]) => {
    for (const payload of payloads) for (const code of payload) codes.add(code);
    throw new Error('seen');
  } } as unknown as GraphEngine;
  await t.throwsAsync(tryProvider(watch, kernels, { width: 320, height: 192 }), { message: 'seen' });
  t.true(Math.max(...codes) >= 250 && Math.min(...codes) <= 12, `${Math.min(...codes)}..${Math.max(...codes)}`);
});

test.serial('of an exposure that is black, or nearly, both paths take as little', async (t) => {
  const layout = planeLayout('NV12', 322, 180);
  for (const code of [17, 30]) {
    const task = (): FusionTask => {
      const payloads = [0.4, 0.8, 1.3].map((gain) => lensPicture(layout, gain));
      payloads[0].fill(code, 0, layout.planes[0].stride * 180);
      return { payloads, layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise: 0 }, weights: true };
    };
    const [own, given] = [await shared().fuse(task(), `black ${code}`), task()];
    kernels.reset();
    const { weights } = await kernels.fuse(given);
    t.true(own.payload.every((value, at) => Math.abs(value - given.payloads[1][at]) <= 2));
    const dark = weights?.values.subarray(0, weights.columns * weights.rows) ?? [];
    t.is(dark.every((weight) => weight === 0), code === 17);
    t.true(own.report.weights?.values.every((value, at) => Math.abs(value - (weights?.values[at] ?? 0)) <= 2));
  }
});

test.serial('highlights above white that the reference shows are kept, on both paths; none are made', async (t) => {
  const layout = planeLayout('NV12', 320, 192);
  const area = (visit: (at: number) => void): void => {
    for (let y = 32; y < 96; y += 1) for (let x = 64; x < 160; x += 1) visit(y * 320 + x);
  };
  const task = (look = NATURAL): Parameters<FusionEngine['fuse']>[0] => {
    const payloads = [0.4, 0.8, 1.3].map((gain) => lensPicture(layout, gain));
    // A cloud, of codes that only headroom has; the brighter exposure has lost it.
    area((at) => {
      for (const [exposure, payload] of payloads.entries()) payload[at] = exposure === 2 ? 254 : (exposure === 1 ? 238 : 150) + ((at * 5) % 3) * 7;
    });
    return { payloads, layout, range: 'limited', reference: 1, look: { ...look, denoise: 0 } };
  };
  const deviation = (payload: Uint8Array): number => {
    const values: number[] = [];
    area((at) => values.push(payload[at] ?? 0));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const graph = shared();
  const shown = deviation(task().payloads[1] ?? new Uint8Array());
  for (const look of [NATURAL, { ...NATURAL, strength: 0 }]) {
    const ofCpu = task(look);
    kernels.reset();
    await kernels.fuse(ofCpu);
    const { payload } = await graph.fuse(task(look), `strength ${look.strength}`);
    for (const [path, picture] of [['cpu', ofCpu.payloads[1]], ['graph', payload]] as const) {
      const kept = deviation(picture ?? new Uint8Array()) / shown;
      t.log(`strength ${look.strength}, ${path}: ${kept.toFixed(2)} of the detail`);
      t.true(kept >= 0.8, `strength ${look.strength}, ${path}: ${kept}`);
    }
  }
  // A picture without headroom gets none from the reference's curve.
  const { payload } = await graph.fuse({ ...task({ ...NATURAL, strength: 0 }), payloads: [0.4, 0.8, 1.3].map((gain) => lensPicture(layout, gain)) }, 'nominal');
  t.true(payload.subarray(0, 320 * 192).every((code) => code >= 16 && code <= 235));
});

test.serial('a scene that others have pushed out begins anew; one that they have not goes on', async (t) => {
  const [scene] = goldenScenes();
  if (!scene) throw new Error('no golden scene');
  /** The third picture is of another scene than the first, which only an engine that knows the first can see. */
  const after = async (others: number): Promise<boolean> => {
    const engine = shared();
    const first = `first of ${others}`;
    await engine.fuse(taskOf(scene, 0, 'I420'), first);
    for (let other = 0; other < others; other += 1) await engine.fuse(taskOf(scene, 0, 'I420'), `${first}: ${other}`);
    const { report } = await engine.fuse(taskOf(scene, 2, 'I420'), first);
    return report.sceneCut;
  };
  t.true(await after(7));
  t.false(await after(8));
});

test.serial('strength 0 shows the reference under its own curve whatever the others are; saturation 0 is grey', async (t) => {
  const [scene] = goldenScenes();
  if (!scene) throw new Error('no golden scene');
  const engine = shared();
  const look = { ...NATURAL, strength: 0, saturation: 0 };
  const one = await engine.fuse({ ...taskOf(scene, 0, 'I420'), look }, 'a');
  const first = Buffer.from(one.payload);
  const changed = taskOf(scene, 0, 'I420');
  for (const [exposure, payload] of changed.payloads.entries()) if (exposure !== changed.reference) payload.fill(77);
  const two = await engine.fuse({ ...changed, look }, 'b');
  t.deepEqual(Buffer.from(two.payload), first);
  t.true(first.subarray(scene.width * scene.height).every((code) => code === 128));
});

test.serial('what an exposure does not cover, lined up, it gives nothing to: the graph as the kernels', async (t) => {
  // The last exposure shows a part on the other side, or nothing.
  for (const [width, height, left] of [[320, 192, -41.5], [161, 91, -400]] as const) {
    const layout = planeLayout('NV12', width, height);
    const motions = [{ homography: turned(width, height, 1, 1, 30.5, 12) }, undefined, { homography: turned(width, height, 0, 1, left, -20) }];
    const task = (): Parameters<FusionEngine['fuse']>[0] =>
      ({ payloads: [0.4, 0.8, 1.3].map((gain) => lensPicture(layout, gain)), layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise: 0 }, motions, weights: true });
    kernels.reset();
    const graph = shared(STRIPS);
    const linedUp = await kernels.lineUp(task());
    const { payload, report } = await graph.fuse(linedUp, 'covered in part');
    const ofCpu = task();
    const { weights } = await kernels.fuse(ofCpu);
    let worst = 0;
    for (const { offset, stride, width: bytes, height: rows } of layout.planes) {
      for (let y = 0; y < rows; y += 1) for (let at = offset + y * stride; at < offset + y * stride + bytes; at += 1) worst = Math.max(worst, Math.abs(payload[at] - ofCpu.payloads[1][at]));
    }
    t.true(worst <= 2, `${width}x${height}: ${worst} codes apart`);
    t.true(report.weights?.values.every((share, at) => Math.abs(share - (weights?.values[at] ?? 0)) <= 2));
    // It would be another picture if that were not told.
    const { payload: whole } = await graph.fuse({ ...linedUp, covers: undefined }, 'covered');
    t.notDeepEqual(whole, payload);
  }
});
