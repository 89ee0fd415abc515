/** The graphs for pictures of 10 bits, on the provider of the CPU: their pictures are the kernels'. */
import test from 'ava';
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { MergeGraph } from '../../../plugin/ipl/gpu/merge-graph';
import { MergeKernels } from '../../../plugin/ipl/hdr/merge-kernels';
import type { HdrSettings, MergeTask } from '../../../plugin/ipl/hdr/merge-task';
import { HdrEngine } from '../../../plugin/ipl/hdr/hdr-engine';
import { HdrScene } from '../../../plugin/ipl/hdr/hdr-scene';
import { chooseMerge } from '../../../plugin/ipl/gpu/provider-choice';
import { ProviderEngine } from '../../../plugin/ipl/gpu/provider-engine';
import type { Note } from '../../../plugin/ipl/gpu/provider-gate';
import { ProviderMerge } from '../../../plugin/ipl/gpu/provider-merge';
import { tryMerge } from '../../../plugin/ipl/gpu/trial';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { planGeometry } from '../../../plugin/ipl/network/geometry';
import { readCard } from '../../../plugin/ipl/network/read-model';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/model';
import { cpuEngine } from '../engines';
import { bracket, noise } from '../hdr/brackets';
import { sampleAt } from '../hdr/reference';
import { turned } from '../kernels/warp/motions';
import { losingAt } from './failing-session';

/** How far two pictures are apart, in codes of 10 bits: at most, and on how many samples by more than two. */
export function apart(layout: PlaneLayout, one: Uint8Array, other: Uint8Array, otherLayout = layout): { most: number; beyondTwo: number } {
  let [most, beyond, count] = [0, 0, 0];
  for (const plane of [0, 1, 2]) {
    const scale = plane === 0 ? 1 : 2;
    for (let y = 0; y < Math.ceil(layout.height / scale); y += 1) {
      for (let x = 0; x < Math.ceil(layout.width / scale); x += 1) {
        const difference = Math.abs(sampleAt(one, layout, plane, x, y) - sampleAt(other, otherLayout, plane, x, y));
        most = Math.max(most, difference);
        beyond += Number(difference > 2);
        count += 1;
      }
    }
  }
  return { most, beyondTwo: beyond / count };
}

const scenes: readonly [PixelFormat, number, number, 'limited' | 'full', number[], number][] = [
  ['I420_10LE', 200, 120, 'limited', [-2, 0, 2], 9000], ['P010_10LE', 161, 91, 'full', [-2, 0], 5000], ['I420_10LE', 162, 118, 'limited', [-4, -2, 0, 2, 4], 2 ** 23],
];

for (const [format, width, height, range, ev, stripPixels] of scenes) {
  test.serial(`SDR of ${ev.length} exposures, ${format} ${width}x${height} ${range}: the graph's picture is the kernels', to 2 codes of 10 bits`, async (t) => {
    const { payloads } = bracket({ format, width, height, range, ev, scene: noise(width, height, 11), noise: 1 });
    const layout = planeLayout(format, width, height);
    // The first exposure does not cover all.
    const motions = ev.map((_, index) => (index === 0 ? { homography: turned(width, height, 1, 1, 8.5, 3) } : undefined));
    const task = (): FusionTask => ({ payloads: payloads.map((payload) => payload.slice()), layout, range, reference: ev.length >> 1, look: { ...NATURAL, denoise: 0 }, motions });
    const kernels = await cpuEngine();
    const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { stripPixels });
    const linedUp = await kernels.lineUp(task());
    kernels.mend(linedUp);
    const { payload } = await graph.fuse(linedUp, 'ten bits');
    await graph.close();
    const ofCpu = task();
    await kernels.fuse(ofCpu);
    const { most, beyondTwo } = apart(layout, payload, ofCpu.payloads[ofCpu.reference]);
    t.log(`${most} codes at most, ${(100 * beyondTwo).toFixed(3)} % beyond two`);
    t.true(beyondTwo <= 0.001 && most <= 8);
  });
}

const merges: readonly [PixelFormat, number, number, 'limited' | 'full', number[], number, Partial<HdrSettings>, number][] = [
  ['I420_10LE', 200, 120, 'limited', [-2, 0, 2], 1, { output: 'pq', curve: 'bt709' }, 2 ** 21],
  ['P010_10LE', 161, 91, 'full', [-2, 0], 1, { curve: 'slog3', peak: 600 }, 4000],
  ['NV12', 163, 119, 'limited', [-4, -2, 0, 2, 4], 2, { output: 'pq', peak: 600, primaries: 'p3' }, 4000],
  ['I420', 96, 50, 'full', [-2, 0, 2], 0, { curve: 'hlg', primaries: 'bt2020' }, 2 ** 21],
];
for (const [format, width, height, range, ev, reference, change, stripPixels] of merges) {
  test.serial(`HDR of ${ev.length} exposures, ${format} ${width}x${height} ${range}, ${JSON.stringify(change)}: the graph's picture is the kernels', to 2 codes of 10 bits`, async (t) => {
    const settings = { output: 'hlg', curve: 'srgb', peak: 1000, referenceWhite: 203, primaries: 'bt709', ...change } as const;
    const given = bracket({ format, width, height, range, ev, scene: noise(width, height, 11), curve: settings.curve });
    // Where the darkest exposure covers nothing, lights that the reference has lost stay lost.
    const covers = ev.map((_, index) => (index === 0 ? Int32Array.from({ length: 2 * height }, (_, at) => (at % 2 === 0 ? (at >> 3) % 40 : width - ((at >> 2) % 9))) : undefined));
    const task = { ...given, settings, reference, declared: ev.map((each) => each - ev[reference]), covers };
    const times = task.declared.map((each) => 2 ** each);
    const graph = new MergeGraph('cpu', { stripPixels });
    const payload = await graph.merge(task, times);
    await graph.close();
    const layout = planeLayout('I420_10LE', width, height);
    const expected = new Uint8Array(layout.size);
    (await MergeKernels.load()).merge(task, times, expected, layout);
    const { most, beyondTwo } = apart(layout, payload, expected);
    t.log(`${most} codes at most, ${(100 * beyondTwo).toFixed(3)} % beyond two`);
    t.true(beyondTwo <= 0.001 && most <= 16);
  });
}

const ALONE = { wait: () => undefined, pass: () => undefined };
const small = (): MergeTask => ({ ...bracket({ format: 'I420_10LE', width: 64, height: 36, range: 'limited', ev: [-2, 0, 2], scene: noise(64, 36, 3) }) });

test.serial('HDR on a provider: what is merged is the graph\'s; one that fails is told of once, and that frame and all later ones are the CPU\'s', async (t) => {
  const cpu = await HdrEngine.load();
  const expected = (): Uint8Array => cpu.merge(small(), HdrScene.allocate(), ALONE).payload.slice();
  const device = losingAt(4);
  // The trial takes two of the runs.
  const { engine, note } = await chooseMerge({ provider: 'cpu', cpu: cpu.kernels, open: device.open, trial: (graph, kernels) => tryMerge(graph, kernels, { width: 64, height: 36 }) });
  t.regex(note?.message ?? '', /^Merging HDR with cpu \([\d.]+ ms a 720p frame/);
  const notes: Note[] = [];
  const merge = new ProviderMerge(cpu, engine, (one) => notes.push(one));
  const layout = planeLayout('I420_10LE', 64, 36);
  for (let frame = 0; frame < 3; frame += 1) {
    const { payload, report } = await merge.merge(small(), HdrScene.allocate(), ALONE);
    t.is(report.ev.length, 3);
    t.true(apart(layout, payload, expected()).beyondTwo <= 0.001);
    t.is(notes.length, frame === 0 ? 0 : 1);
  }
  t.is(device.runs(), 4);
  t.is(notes[0]?.message, 'cpu failed, so HDR is merged on the CPU; no frame is lost. device lost');
  t.true(merge.touchedDevice);
});

test.serial('a provider whose HDR frame is not the CPU\'s is not taken', async (t) => {
  const { kernels } = await HdrEngine.load();
  const wrong = { merge: async (task: MergeTask, times: readonly number[], to: Uint8Array, layout: PlaneLayout) => kernels.merge(task, times.map((time) => time * 1.02), to, layout) } as unknown as MergeKernels;
  const { engine, note } = await chooseMerge({ provider: 'cpu', cpu: wrong, trial: (graph, cpu) => tryMerge(graph, cpu, { width: 64, height: 36 }) });
  t.is(engine, undefined);
  t.is(note?.level, 'warn');
  t.regex(note?.message ?? '', /^Merging HDR on the CPU \(cpu: its picture is not the CPU's/);
  // Where there is no GPU, nobody is told.
  t.is((await chooseMerge({ provider: 'auto', cpu: kernels, candidates: () => [{ provider: 'cuda', missing: 'no device', absent: true }] })).note, undefined);
});

test.serial('frames of 10 bits are tried when the first one comes: where they are not the CPU\'s it fuses them, which is told once, and the provider goes on with 8', async (t) => {
  const kernels = await cpuEngine();
  const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const setOf = (format: PixelFormat): FusionTask => {
    const { payloads, layout, reference } = bracket({ format, width: 64, height: 36, range: 'limited', ev: [-2, 0, 2], scene: noise(64, 36, 3) });
    return { payloads, layout, reference, range: 'limited', look: { ...NATURAL, denoise: 0 } };
  };
  const fuses: string[] = [];
  const watched = { provider: 'cpu', isOpen: () => true, fuse: (task: FusionTask, scene: string) => { fuses.push(task.layout.format); return graph.fuse(task, scene); } } as unknown as GraphEngine;
  const [notes, failures]: Note[][] = [[], []];
  let tried = 0;
  const deepTrial = (): Promise<never> => { tried += 1; return Promise.reject(new Error('its picture is not the CPU\'s: 99 codes apart')); };
  const run = async (engine: ProviderEngine, format: PixelFormat): Promise<Uint8Array> => {
    const task = setOf(format);
    const memory = Scene.allocate(planGeometry('', task.layout, 3, 4, readCard(DEFAULT_MODEL)));
    return (await engine.fuse(task, memory, ALONE)).payload.slice();
  };
  const refused = new ProviderEngine(kernels, watched, (note) => failures.push(note), { onNote: (note) => notes.push(note), deepTrial });
  const onCpu = await run(refused, 'I420_10LE');
  await run(refused, 'I420');
  await run(refused, 'I420_10LE');
  t.deepEqual([tried, fuses, failures], [1, ['I420'], []]);
  t.deepEqual(notes, [{ level: 'warn', message: 'Frames of 10 bits are fused on the CPU (cpu: its picture is not the CPU\'s: 99 codes apart).' }]);
  const taken = new ProviderEngine(kernels, watched, (note) => failures.push(note), { deepTrial: () => Promise.resolve({ providerMs: 1, cpuMs: 1 }) });
  t.true(apart(planeLayout('I420_10LE', 64, 36), await run(taken, 'I420_10LE'), onCpu).beyondTwo <= 0.001);
  t.deepEqual([fuses, failures], [['I420', 'I420_10LE'], []]);
  await graph.close();
});
