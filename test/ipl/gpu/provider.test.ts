/** The choice of the provider, and what happens when it fails. */
import { mkdtempSync, readdirSync, writeFileSync, copyFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import { noiseOf } from '../../../plugin/ipl/engine/noise-reduction';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { chooseProvider } from '../../../plugin/ipl/gpu/provider-choice';
import { ProviderEngine } from '../../../plugin/ipl/gpu/provider-engine';
import { ProviderGate, claimProvider, giveUpProvider, postNote, type Note } from '../../../plugin/ipl/gpu/provider-gate';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/model';
import { readCard, MODELS_FOLDER } from '../../../plugin/ipl/network/read-model';
import { planGeometry } from '../../../plugin/ipl/network/geometry';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { cpuEngine } from '../engines';
import { lensPicture, noisy, paintSet } from '../pictures';
import { losingAt } from './failing-session';

const ALONE = { wait: () => undefined, pass: () => undefined };

function paintedTask(time: number): Parameters<FusionEngine['fuse']>[0] {
  const { frames } = paintSet('NV12', 160, 96, time);
  const layout = frames[0]?.caps.layout;
  if (!layout) throw new Error('no frame');
  return { payloads: frames.map(({ payload }) => payload), layout, range: 'limited', reference: 1 };
}

test('a provider that fails in mid-stream: the picture in work and all later ones come from the CPU, none is lost', async (t) => {
  const notes: Note[] = [];
  const cpu = await cpuEngine();
  const device = losingAt(3);
  const engine = new ProviderEngine(cpu, new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { open: device.open }), (note) => notes.push(note));
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
  t.is(device.runs(), 3);
  t.is(notes.length, 1);
  t.regex(notes[0]?.message ?? '', /cpu failed, so fusion goes on with the CPU; no frame is lost\. device lost/);
});

test('what stands in one exposure only, before ground that the reference lost, is taken out before a device fuses, too', async (t) => {
  const layout = planeLayout('I420', 160, 96);
  const task = (): Parameters<FusionEngine['fuse']>[0] => {
    const payloads = [0.45, 1].map((gain) => {
      const payload = new Uint8Array(layout.size).fill(128);
      for (let y = 0; y < 96; y += 1) {
        for (let x = 0; x < 160; x += 1) {
          const isMan = gain < 1 && Math.abs(x - 80) < 10 && y > 50 && y < 80;
          payload[y * 160 + x] = isMan ? 20 : Math.min(255, gain * (y < 40 ? 110 : 330));
        }
      }
      return payload;
    });
    return { payloads, layout, range: 'full', reference: 1 };
  };
  const cpu = await cpuEngine();
  const engine = new ProviderEngine(cpu, new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu'), () => t.fail());
  const [given, mended] = [task(), task()];
  cpu.mend(mended);
  t.is(mended.payloads[0]?.[65 * 160 + 80], Math.floor(0.45 * 330));
  await engine.fuse(given, Scene.allocate(planGeometry('', layout, 2, 4, readCard(DEFAULT_MODEL))), ALONE);
  t.deepEqual(Buffer.from(given.payloads[0] ?? []), Buffer.from(mended.payloads[0] ?? []));
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
  t.is(fast.note?.message, 'Fusing with cpu (3.0 ms a 720p frame, one CPU thread 9.0 ms).');
  const slow = await chooseProvider({
    provider: 'auto', model: matchingModel(), cpu, candidates,
    trial: async (graph) => ({ ...(await trial(graph)), providerMs: 2000 }),
  });
  t.is(slow.engine, undefined);
  t.deepEqual(slow.note, {
    level: 'notify',
    message: 'Fusing on the CPU (cuda: no NVIDIA GPU; webgpu: no adapter; cpu: it works, but is slower (2000.0 ms a 720p frame, one CPU thread 9.0 ms)).',
  });
});

test('where there is no GPU at all, auto says nothing: the CPU is what there is', async (t) => {
  const cpu = await cpuEngine();
  const candidates = () => ['cuda', 'webgpu'].map((provider) => ({ provider, missing: 'none', absent: true }));
  t.deepEqual(await chooseProvider({ provider: 'auto', model: matchingModel(), cpu, candidates }), { engine: undefined, note: undefined });
  // Where there is one that is of no use, whoever bought it wants to know.
  const unused = () => [...candidates(), { provider: 'webgpu', missing: 'its library is not installed' }];
  const { note } = await chooseProvider({ provider: 'auto', model: matchingModel(), cpu, candidates: unused });
  t.regex(note?.message ?? '', /its library is not installed/);
});

test('a named provider that does not work is a warning, and the CPU fuses', async (t) => {
  const { engine, note } = await chooseProvider({ provider: 'nonsense', model: matchingModel(), cpu: await cpuEngine() });
  t.is(engine, undefined);
  t.is(note?.level, 'warn');
  t.regex(note?.message ?? '', /^Fusing on the CPU \(nonsense: /);
});

test('graphs of another network are refused', async (t) => {
  const model = matchingModel();
  const card = model.replace('.json', '-gpu.json');
  writeFileSync(card, readFileSync(card, 'utf8').replace(/"network":"[^"]*"/, '"network":"0"'));
  const { engine, note } = await chooseProvider({ provider: 'cpu', model, cpu: await cpuEngine() });
  t.is(engine, undefined);
  t.regex(note?.message ?? '', /made with another network/);
  // Nor are those whose card says something else.
  const card2 = matchingModel().replace('.json', '-gpu.json');
  writeFileSync(card2, readFileSync(card2, 'utf8').replace('"bandRows":4', '"bandRows":8'));
  const other = await chooseProvider({ provider: 'cpu', model: card2.replace('-gpu.json', '.json'), cpu: await cpuEngine() });
  t.is(other.engine, undefined);
  t.regex(other.note?.message ?? '', /"bandRows" in the card of the GPU graphs is 8/);
});

test('one worker has the provider; its notes arrive; when it gives up the others may begin', async (t) => {
  const note = await new Promise<Note>((resolve) => {
    const gate = new ProviderGate('auto', resolve);
    t.true(claimProvider(gate.settings, 1));
    giveUpProvider(gate.settings);
    t.false(claimProvider(gate.settings, 2));
    postNote(gate.settings, { level: 'warn', message: 'hello' });
    t.teardown(() => gate.close());
  });
  t.deepEqual(note, { level: 'warn', message: 'hello' });
  const cpuOnly = new ProviderGate('cpu');
  t.false(claimProvider(cpuOnly.settings, 1));
  cpuOnly.close();
});
