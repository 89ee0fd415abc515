/** The fusion as one graph: parity with PyTorch's pictures, the choice of the provider, and what happens when it fails. */
import { mkdtempSync, readdirSync, writeFileSync, copyFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { planeLayout } from '../../plugin/core/video-layout';
import { FusionEngine } from '../../plugin/ipl/fusion-engine';
import { noiseOf } from '../../plugin/ipl/noise-reduction';
import { readGraphs } from '../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../plugin/ipl/gpu/graph-engine';
import { NATURAL } from '../../plugin/ipl/look';
import { chooseProvider } from '../../plugin/ipl/gpu/provider-choice';
import { ProviderEngine } from '../../plugin/ipl/gpu/provider-engine';
import { ProviderGate, claimProvider, giveUpProvider, tellNote, type Note } from '../../plugin/ipl/gpu/provider-gate';
import { openSession, type GraphSession } from '../../plugin/ipl/gpu/session';
import { tryProvider } from '../../plugin/ipl/gpu/trial';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/model';
import { readCard, MODELS_FOLDER } from '../../plugin/ipl/model-card';
import { planGeometry } from '../../plugin/ipl/geometry';
import { Scene } from '../../plugin/ipl/scene';
import { differences, goldenScenes, taskOf } from './gpu-golden';
import { lensPicture, noisy, paintSet } from './pictures';

const ALONE = { wait: () => undefined, pass: () => undefined };

for (const [number, scene] of goldenScenes().entries()) {
  for (const format of ['I420', 'NV12'] as const) {
    test(`scene ${number} (${scene.exposures} exposures, ${scene.width}x${scene.height}, ${scene.range} range, ${format}): the graph's pictures are PyTorch's`, async (t) => {
      // Two or more strips each.
      const engine = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { stripPixels: 5000 });
      for (let picture = 0; picture < scene.pictures; picture += 1) {
        const { payload, report } = await engine.fuse(taskOf(scene, picture, format), 'scene');
        const { beyondOne, most } = differences(scene, picture, format, payload);
        t.true(beyondOne <= 0.001 && most <= 2, `picture ${picture}: ${most} codes off, ${beyondOne} of it more than 1`);
        // The third picture is of another scene.
        t.is(report.sceneCut, picture === 2);
      }
      await engine.close();
    });
  }
}

for (const [width, height, range] of [[1280, 720, 'limited'], [1280, 720, 'full'], [642, 358, 'limited'], [642, 358, 'full'], [3840, 2160, 'limited']] as const) {
  test(`the graph's picture of ${width}x${height}, ${range} range, is the kernels'`, async (t) => {
    const size = { width, height };
    const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
    const kernels = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
    await t.notThrowsAsync(tryProvider(graph, kernels, size, range));
    await graph.close();
  });
}

test('the trial refuses a picture that is off by three codes somewhere, or by two too often', async (t) => {
  const size = { width: 320, height: 192 };
  const cpu = await cpuEngine();
  /** The CPU's picture, of which so many bytes of luma are changed. */
  const off = (codes: number, bytes: number): GraphEngine => ({
    fuse: async (task: Parameters<FusionEngine['fuse']>[0]) => {
      cpu.reset();
      const report = await cpu.fuse(task);
      const payload = task.payloads[task.reference] ?? new Uint8Array();
      for (let at = 0; at < bytes; at += 1) payload[at * 7] = (payload[at * 7] ?? 0) + ((payload[at * 7] ?? 0) < 128 ? codes : -codes);
      return { payload, report };
    },
  }) as unknown as GraphEngine;
  const total = (size.width * size.height * 3) / 2;
  await t.notThrowsAsync(tryProvider(off(1, size.width * 20), cpu, size));
  await t.notThrowsAsync(tryProvider(off(2, Math.floor(total * 0.0009)), cpu, size));
  await t.throwsAsync(tryProvider(off(2, Math.ceil(total * 0.0011)), cpu, size), { message: /not the CPU's on 102 of 92160 bytes/ });
  await t.throwsAsync(tryProvider(off(3, 1), cpu, size), { message: /3 codes apart at byte 0/ });
});

test('what cameras record above white and below black is in the trial', async (t) => {
  const codes = new Set<number>();
  const watch = { fuse: async ({ payloads }: Parameters<FusionEngine['fuse']>[0]) => {
    for (const payload of payloads) for (const code of payload) codes.add(code);
    throw new Error('seen');
  } } as unknown as GraphEngine;
  await t.throwsAsync(tryProvider(watch, await cpuEngine(), { width: 320, height: 192 }), { message: 'seen' });
  t.true(Math.max(...codes) >= 250 && Math.min(...codes) <= 12, `${Math.min(...codes)}..${Math.max(...codes)}`);
});

test('highlights above white that the reference shows are kept, on both paths; none are made', async (t) => {
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
  const cpu = await cpuEngine();
  const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const shown = deviation(task().payloads[1] ?? new Uint8Array());
  for (const look of [NATURAL, { ...NATURAL, strength: 0 }]) {
    const ofCpu = task(look);
    cpu.reset();
    await cpu.fuse(ofCpu);
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
  await graph.close();
});

test('a scene that others have pushed out begins anew; one that they have not goes on', async (t) => {
  const [scene] = goldenScenes();
  if (!scene) throw new Error('no golden scene');
  const after = async (others: number): Promise<Buffer> => {
    const engine = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
    await engine.fuse(taskOf(scene, 0, 'I420'), 'first');
    for (let other = 0; other < others; other += 1) await engine.fuse(taskOf(scene, 0, 'I420'), `other ${other}`);
    const payload = Buffer.from((await engine.fuse(taskOf(scene, 1, 'I420'), 'first')).payload);
    await engine.close();
    return payload;
  };
  const alone = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const anew = Buffer.from((await alone.fuse(taskOf(scene, 1, 'I420'), 'first')).payload);
  await alone.close();
  t.notDeepEqual(await after(7), anew);
  t.deepEqual(await after(8), anew);
});

test('strength 0 shows the reference under its own curve whatever the others are; saturation 0 is grey', async (t) => {
  const [scene] = goldenScenes();
  if (!scene) throw new Error('no golden scene');
  const engine = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const look = { ...NATURAL, strength: 0, saturation: 0 };
  const one = await engine.fuse({ ...taskOf(scene, 0, 'I420'), look }, 'a');
  const first = Buffer.from(one.payload);
  const changed = taskOf(scene, 0, 'I420');
  for (const [exposure, payload] of changed.payloads.entries()) if (exposure !== changed.reference) payload.fill(77);
  const two = await engine.fuse({ ...changed, look }, 'b');
  t.deepEqual(Buffer.from(two.payload), first);
  t.true(first.subarray(scene.width * scene.height).every((code) => code === 128));
  await engine.close();
});

async function cpuEngine(): Promise<FusionEngine> {
  return new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
}

function paintedTask(time: number): Parameters<FusionEngine['fuse']>[0] {
  const { frames } = paintSet('NV12', 160, 96, time);
  const layout = frames[0]?.caps.layout;
  if (!layout) throw new Error('no frame');
  return { payloads: frames.map(({ payload }) => payload), layout, range: 'limited', reference: 1 };
}

test('a provider that fails in mid-stream: the picture in work and all later ones come from the CPU, none is lost', async (t) => {
  let runs = 0;
  const open = async (provider: string, graph: Buffer): Promise<GraphSession> => {
    const session = await openSession(provider, graph);
    const run = ((feeds, fetches) => {
      runs += 1;
      if (runs === 3) throw new Error('device lost');
      return session.run(feeds, fetches as Record<string, never>);
    }) as GraphSession['run'];
    return { run, release: () => session.release() };
  };
  const notes: Note[] = [];
  const cpu = await cpuEngine();
  const engine = new ProviderEngine(cpu, new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { open }), (note) => notes.push(note));
  const { layout } = paintedTask(0);
  const memory = Scene.allocate(planGeometry('', layout, 3, 4, readCard(DEFAULT_MODEL)));
  const alone = await cpuEngine();
  for (let time = 0; time < 5; time += 1) {
    const task = paintedTask(time);
    const { payload } = await engine.fuse(task, memory, ALONE);
    t.is(payload.length, layout.size);
    if (time < 2) continue;
    // As if the scene had begun here.
    const expected = paintedTask(time);
    await alone.fuse(expected);
    t.deepEqual(Buffer.from(payload), Buffer.from(expected.payloads[1] ?? []), `picture ${time}`);
  }
  t.is(runs, 3);
  t.is(notes.length, 1);
  t.regex(notes[0]?.message ?? '', /cpu failed, so fusion goes on with the CPU; no picture is lost\. device lost/);
});

test('noise is reduced behind the graph as behind the kernels', async (t) => {
  const layout = planeLayout('NV12', 160, 96);
  const task = (): Parameters<FusionEngine['fuse']>[0] => {
    const payloads = [0.4, 0.8, 1.3].map((gain, seed) => noisy(lensPicture(layout, gain), 5, seed));
    return { payloads, layout, range: 'limited', reference: 1 };
  };
  const cpu = await cpuEngine();
  const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const memory = Scene.allocate(planGeometry('', layout, 3, 4, readCard(DEFAULT_MODEL)));
  const expected = Uint8Array.from((await graph.fuse(task(), 'alone')).payload);
  const plain = Uint8Array.from(expected);
  cpu.reduceNoise(task(), expected, noiseOf(task()));
  t.notDeepEqual(expected, plain);
  const { payload } = await new ProviderEngine(cpu, graph, () => t.fail()).fuse(task(), memory, ALONE);
  t.deepEqual(Uint8Array.from(payload), expected);
  await graph.close();
});

test('what fails after the provider gave its picture is that picture\'s error: its turn is over, and the provider works on', async (t) => {
  const cpu = await cpuEngine();
  const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');
  const engine = new ProviderEngine(cpu, graph, () => t.fail());
  const { layout } = paintedTask(0);
  const memory = Scene.allocate(planGeometry('', layout, 3, 4, readCard(DEFAULT_MODEL)));
  let passed = 0;
  const turn = { wait: () => { if (passed > 0) throw new Error('It waits for a turn that is over.'); }, pass: () => { passed += 1; } };
  const reduceNoise = cpu.reduceNoise.bind(cpu);
  cpu.reduceNoise = () => { throw new Error('no memory'); };
  await t.throwsAsync(engine.fuse(paintedTask(0), memory, turn), { message: 'no memory' });
  t.is(passed, 1);
  cpu.reduceNoise = reduceNoise;
  await t.notThrowsAsync(engine.fuse(paintedTask(1), memory, ALONE));
  await graph.close();
});

/** A folder with the model's card and the graphs, made for each other. */
function matchingModel(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-gpu-'));
  for (const file of readdirSync(MODELS_FOLDER)) if (/\.(onnx|json)$/.test(file)) copyFileSync(path.join(MODELS_FOLDER, file), path.join(folder, file));
  const card = path.join(folder, 'ipl-s-gpu.json');
  const graphs = JSON.parse(readFileSync(card, 'utf8')) as object;
  writeFileSync(card, JSON.stringify({ ...graphs, network: readCard(DEFAULT_MODEL).sha256 }));
  return path.join(folder, 'ipl-s.json');
}

test('auto takes the first that works and is faster, and says why not the others', async (t) => {
  const cpu = await cpuEngine();
  const candidates = () => ['cuda', 'webgpu', 'cpu'].map((provider) => ({ provider, missing: provider === 'cuda' ? 'no NVIDIA GPU' : undefined }));
  const trial = async ({ provider }: GraphEngine) => {
    if (provider === 'webgpu') throw new Error('no adapter\nmore');
    return { providerMs: 3, cpuMs: 9 };
  };
  const fast = await chooseProvider({ provider: 'auto', model: matchingModel(), cpu, candidates, trial });
  t.is(fast.engine?.provider, 'cpu');
  t.is(fast.note.message, 'Fusing with cpu (3.0 ms a 720p picture, one CPU thread 9.0 ms).');
  const slow = await chooseProvider({
    provider: 'auto', model: matchingModel(), cpu, candidates,
    trial: async (graph) => ({ ...(await trial(graph)), providerMs: 2000 }),
  });
  t.is(slow.engine, undefined);
  t.deepEqual(slow.note, {
    level: 'notify',
    message: 'Fusing on the CPU (cuda: no NVIDIA GPU; webgpu: no adapter; cpu: it works, but is slower (2000.0 ms a 720p picture, one CPU thread 9.0 ms)).',
  });
});

test('a named provider that does not work is a warning, and the CPU fuses', async (t) => {
  const { engine, note } = await chooseProvider({ provider: 'nonsense', model: matchingModel(), cpu: await cpuEngine() });
  t.is(engine, undefined);
  t.is(note.level, 'warn');
  t.regex(note.message, /^Fusing on the CPU \(nonsense: /);
});

test('graphs of another network are refused', async (t) => {
  const model = matchingModel();
  const card = model.replace('.json', '-gpu.json');
  writeFileSync(card, readFileSync(card, 'utf8').replace(/"network":"[^"]*"/, '"network":"0"'));
  const { engine, note } = await chooseProvider({ provider: 'cpu', model, cpu: await cpuEngine() });
  t.is(engine, undefined);
  t.regex(note.message, /made with another network/);
  // Nor are those whose card says something else.
  const card2 = matchingModel().replace('.json', '-gpu.json');
  writeFileSync(card2, readFileSync(card2, 'utf8').replace('"bandRows":4', '"bandRows":8'));
  const other = await chooseProvider({ provider: 'cpu', model: card2.replace('-gpu.json', '.json'), cpu: await cpuEngine() });
  t.is(other.engine, undefined);
  t.regex(other.note.message, /"bandRows" in the card of the GPU graphs is 8/);
});

test('one worker has the provider; its notes arrive; when it gives up the others may begin', async (t) => {
  const note = await new Promise<Note>((resolve) => {
    const gate = new ProviderGate('auto', resolve);
    t.true(claimProvider(gate.settings, 1));
    giveUpProvider(gate.settings);
    t.false(claimProvider(gate.settings, 2));
    tellNote(gate.settings, { level: 'warn', message: 'hello' });
    t.teardown(() => gate.close());
  });
  t.deepEqual(note, { level: 'warn', message: 'hello' });
  const cpuOnly = new ProviderGate('cpu');
  t.false(claimProvider(cpuOnly.settings, 1));
  cpuOnly.close();
});
