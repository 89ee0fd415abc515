/** Nothing waits for ever: for a thread that died with the provider, and for a device that does not come back. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import workers from 'node:worker_threads';
import test from 'ava';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import type { ExposureSet, Frame } from '../../../plugin/core/frames/frame';
import { GstIplError } from '../../../plugin/core/errors';
import { endKeptThreads } from '../../../plugin/core/kept-threads';
import { ipl } from '../../../plugin/ipl';
import { FusionPool } from '../../../plugin/ipl/pool/fusion-pool';
import { claimProvider, ProviderGate } from '../../../plugin/ipl/gpu/provider-gate';
import { ProviderWatch, runLimit, watchIn, WATCH_WORDS } from '../../../plugin/ipl/gpu/provider-watch';
import { DEFAULT_MODEL, readCard } from '../../../plugin/ipl/network/read-model';
import { TYPESCRIPT } from '../../support/command';
import { temporaryFolder } from '../../support/folder';
import type { Fault } from './faulty-worker';
import { paintSet } from '../pictures';

/** Faults of the next threads that start, whichever of them has the provider; those after them have none. */
let faults: Fault[] = [];
const started: workers.Worker[] = [];
const OriginalWorker = workers.Worker;
workers.Worker = class extends OriginalWorker {
  constructor(file: string | URL, options: workers.WorkerOptions = {}) {
    const fault = faults.shift();
    const faulty = path.join(__dirname, 'faulty-worker.ts');
    super(fault ? faulty : file, fault ? { ...options, workerData: { ...(options.workerData as object), fault } } : options);
    started.push(this);
  }
};

// A thread with a fault serves nobody else, and one without none who wants a fault.
test.afterEach.always(endKeptThreads);

/** Far below what anything else here takes for ever. */
const PATIENCE = 60_000;

const sets = (count: number): ExposureSet[] => Array.from({ length: count }, (_, time) => paintSet('NV12', 160, 96, time));
const timeOf = (set: ExposureSet): bigint => set.frames[1]?.runningTime ?? -1n;
const queue = { capacity: 64, policy: 'block' as const };

async function fuse(given: readonly ExposureSet[], threads: number, next: Fault[]): Promise<{ fused: Frame[]; warnings: string[] }> {
  await endKeptThreads();
  faults = [...next];
  const warnings: string[] = [];
  const stage = ipl({ threads, provider: 'auto', queue, onWarning: (text) => warnings.push(text) });
  return { fused: await lastValueFrom(from(given).pipe(stage, toArray())), warnings };
}

/** What the CPU alone makes of sets. */
async function expected(given: readonly ExposureSet[]): Promise<Frame[]> {
  faults = [];
  await endKeptThreads();
  return lastValueFrom(from(given).pipe(ipl({ threads: 1, provider: 'cpu', queue }), toArray()));
}

for (const threads of [1, 2]) {
  test.serial(`a thread that dies while it tries the provider holds up nobody, of ${threads}`, async (t) => {
    t.timeout(PATIENCE);
    const { fused } = await fuse(sets(3), threads, Array<Fault>(threads).fill('dies in the trial'));
    t.deepEqual(fused.map(({ payload }) => Buffer.from(payload)), (await expected(sets(3))).map(({ payload }) => Buffer.from(payload)));
  });

  test.serial(`a device that hangs as it is tried is given up, by ${threads}`, async (t) => {
    t.timeout(PATIENCE);
    const { fused, warnings } = await fuse(sets(3), threads, Array<Fault>(threads).fill('hangs in the trial'));
    t.deepEqual(fused.map(({ payload }) => Buffer.from(payload)), (await expected(sets(3))).map(({ payload }) => Buffer.from(payload)));
    t.deepEqual(warnings, ['The GPU did not come back within 0.6 s, so fusion goes on with the CPU.']);
  });

  test.serial(`a device that hangs at a picture: it is told as lost, the others come from the CPU in their order, on ${threads}`, async (t) => {
    t.timeout(PATIENCE);
    const { fused, warnings } = await fuse(sets(6), threads, Array<Fault>(threads).fill('hangs in a run'));
    t.deepEqual(fused.map(({ runningTime }) => runningTime), sets(6).filter((_, time) => time !== 2).map(timeOf));
    t.is(warnings[0], 'The GPU did not come back within 0.6 s, so fusion goes on with the CPU.');
    t.regex(warnings[1] ?? '', /worker hangs: the GPU did not come back within 0\.6 s\. It is started again; the frame at 0\.067 s is lost\.$/);
    t.is(warnings.length, 2);
    // As if the scene had begun with the first picture after it.
    const after = await expected(sets(6).slice(3));
    t.deepEqual(fused.slice(2).map(({ payload }) => Buffer.from(payload)), after.map(({ payload }) => Buffer.from(payload)));
  });
}

test.serial('a device that fails and does not let go: the CPU goes on', async (t) => {
  t.timeout(PATIENCE);
  const { fused, warnings } = await fuse(sets(5), 1, ['fails and does not let go']);
  t.deepEqual(fused.map(({ runningTime }) => runningTime), sets(5).filter((_, time) => time !== 2).map(timeOf));
  t.regex(warnings[0] ?? '', /cpu failed, so fusion goes on with the CPU.*device lost/);
  t.regex(warnings.at(-1) ?? '', /the frame at 0\.067 s is lost/);
});

test.serial('a thread that dies with the provider in mid-stream: the CPU goes on', async (t) => {
  t.timeout(PATIENCE);
  faults = ['none', 'none'];
  const before = started.length;
  const given = new Subject<ExposureSet>();
  const fused: Frame[] = [];
  const warnings: string[] = [];
  const done = new Promise<void>((complete, error) => {
    given.pipe(ipl({ threads: 2, provider: 'auto', queue, onWarning: (text) => warnings.push(text) }))
      .subscribe({ next: (frame) => fused.push(frame), complete, error });
  });
  while (!given.observed) await pause(10);
  const [first, ...rest] = sets(5);
  if (first) given.next(first);
  while (fused.length < 1) await pause(10);
  // The one that works has it; the other waits. What is no request throws where nobody catches it.
  for (const worker of started.slice(before)) worker.postMessage(null);
  for (const set of rest) given.next(set);
  given.complete();
  await done;
  t.is(fused.length + warnings.length, 5, `${fused.length} fused\n${warnings.join('\n')}`);
  t.deepEqual(fused.at(-1)?.runningTime, timeOf(rest.at(-1) ?? raise()));
});

test.serial('a network that cannot be loaded is told at once, however many threads wait for the provider', async (t) => {
  t.timeout(PATIENCE);
  const model = path.join(temporaryFolder(), 'model.json');
  writeFileSync(model, JSON.stringify({ ...readCard(DEFAULT_MODEL), file: 'nowhere.onnx' }));
  for (const provider of ['auto', 'cpu']) {
    const pool = new FusionPool({ model, sliceBands: 4, threads: 3, gate: new ProviderGate(provider) });
    const error = await t.throwsAsync(pool.start(), { instanceOf: GstIplError });
    t.is(error.code, 'bad-model');
    await pool.close();
  }
});

test('who claims the provider waits until it is free of it, or given up', async (t) => {
  const gate = new ProviderGate('auto');
  t.teardown(() => gate.close());
  t.true(claimProvider(gate.settings, 1));
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { claimProvider } = require(${JSON.stringify(path.join(__dirname, '..', '..', '..', 'plugin', 'ipl', 'gpu', 'provider-gate.ts'))});
    parentPort.postMessage('claims');
    parentPort.postMessage(claimProvider(workerData, 2));`;
  const worker = new OriginalWorker(code, { eval: true, workerData: gate.settings, execArgv: TYPESCRIPT });
  const said: unknown[] = [];
  worker.on('message', (message) => said.push(message));
  while (said.length === 0) await pause(10);
  const words = new Int32Array(gate.settings.state);
  // Wake-ups that mean nothing.
  for (let times = 0; times < 10; times += 1) {
    await pause(20);
    Atomics.notify(words, 0);
  }
  // That of a thread which never had it means nothing either.
  gate.ended(2);
  t.deepEqual(said, ['claims']);
  gate.ended(1);
  while (said.length === 1) await pause(10);
  t.deepEqual(said, ['claims', false]);
});

test('only a piece of work that lasts too long is a hang, and the time grows with the picture', async (t) => {
  const state = new SharedArrayBuffer(4 * WATCH_WORDS);
  const hangs: [thread: number, milliseconds: number][] = [];
  const watch = new ProviderWatch(state, (...hang) => hangs.push(hang));
  t.teardown(() => watch.close());
  const work = watchIn(state, 7);
  for (let times = 0; times < 12; times += 1) await work(400, () => pause(100));
  await t.throwsAsync(work(400, () => Promise.reject(new Error('failed'))));
  await pause(900);
  t.deepEqual(hangs, []);
  await work(400, async () => {
    while (hangs.length === 0) await pause(20);
  });
  t.deepEqual(hangs, [[7, 400]]);
  const [small, large] = [runLimit({ width: 1280, height: 720 }, false), runLimit({ width: 15360, height: 8640 }, false)];
  t.deepEqual([Math.round(small), Math.round(large)], [5461, 71356]);
  t.true(runLimit({ width: 1280, height: 720 }, true) > 60_000);
});

const raise = (): never => { throw new Error('no set'); };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
