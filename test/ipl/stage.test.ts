import workers from 'node:worker_threads';
import test from 'ava';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { GstIplError } from '../../plugin/core/errors';
import { endKeptThreads } from '../../plugin/core/kept-threads';
import { checkOrder, orderExposures } from '../../plugin/ipl/exposure-order';
import { ipl } from '../../plugin/ipl';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { paintSet, psnr } from './pictures';

/** Every thread that the stage starts to fuse, so that a test can kill one. */
const started: workers.Worker[] = [];
const OriginalWorker = workers.Worker;
workers.Worker = class extends OriginalWorker {
  constructor(...given: ConstructorParameters<typeof OriginalWorker>) {
    super(...given);
    if (String(given[0]).includes('worker-entry')) started.push(this);
  }
};

/** Ends all threads that were given back, which they are soon after a stage has ended. @returns how many are left */
async function endThreads(): Promise<number> {
  const left = (): number => started.filter(({ threadId }) => threadId !== -1).length;
  for (let waits = 0; left() > 0 && waits < 1000; waits += 1) {
    await endKeptThreads();
    await pause(20);
  }
  return left();
}

// A thread at rest keeps no process alive.
const alive = setInterval(() => undefined, 1000);
test.after.always(() => clearInterval(alive));

// Each test has threads of its own.
test.beforeEach(endThreads);

/** One thread where it does not matter: each compiles TypeScript as it starts. */
const quiet = { threads: 1, onWarning: (): void => undefined };

function fuseAll(sets: readonly ExposureSet[], options: Parameters<typeof ipl>[0] = quiet): Promise<Frame[]> {
  return lastValueFrom(from(sets).pipe(ipl(options), toArray()));
}

test.serial('time, duration and caps of the output are those of the reference', async (t) => {
  const sets = [0, 1, 2].map((time) => paintSet('NV12', 322, 181, time));
  const expected = sets.map(({ frames }) => frames[1]);
  const fused = await fuseAll(sets);
  t.is(fused.length, 3);
  for (const [index, frame] of fused.entries()) {
    t.is(frame.runningTime, expected[index]?.runningTime);
    t.is(frame.duration, expected[index]?.duration);
    t.is(frame.caps, expected[index]?.caps);
    t.is(frame.payload.length, frame.caps.layout.size);
  }
});

test.serial('exposures may come in any order, declared or found', async (t) => {
  const [inOrder] = await fuseAll([paintSet('I420', 320, 180)]);
  const shuffled = (): ExposureSet => {
    const set = paintSet('I420', 320, 180);
    const pick = [2, 0, 1];
    return { ...set, frames: pick.flatMap((i) => set.frames[i] ?? []), branches: pick.flatMap((i) => set.branches[i] ?? []) };
  };
  const [found] = await fuseAll([shuffled()]);
  const [declared] = await fuseAll([shuffled()], { ...quiet, order: ['gain0.25', 'gain1', 'gain4'] });
  t.deepEqual(found?.payload, inOrder?.payload);
  t.deepEqual(declared?.payload, inOrder?.payload);
});

test('order and reference are checked by name', (t) => {
  const branches = ['under', 'mid', 'over'];
  const refused = (settings: Parameters<typeof checkOrder>[0]): GstIplError =>
    t.throws(() => checkOrder(settings, branches), { instanceOf: GstIplError });
  t.regex(refused({ order: ['under', 'middle', 'over'], reference: 'middle' }).message, /"middle", which is not a branch/);
  t.regex(refused({ order: ['under', 'over'], reference: 'middle' }).message, /declares 2 exposures, but there are 3/);
  t.is(refused({ order: 'auto', reference: 'ower' }).hint, 'Did you mean "over"?');
  t.notThrows(() => checkOrder({ order: ['over', 'mid', 'under'], reference: 'mid' }, branches));
});

test('the reference is the middle exposure, the darker of two, or the named one', (t) => {
  const reference = (gains: number[], name = 'middle'): string | undefined => {
    const set = paintSet('I420', 64, 64, 0, gains);
    const { order, reference: index } = orderExposures(set, { order: 'auto', reference: name });
    return set.branches[order[index] ?? -1];
  };
  t.is(reference([4, 0.25, 1]), 'gain1');
  t.is(reference([4, 0.25]), 'gain0.25');
  t.is(reference([8, 0.1, 0.5, 2]), 'gain0.5');
  t.is(reference([4, 0.25, 1], 'gain4'), 'gain4');
});

test.serial('frames that others read too are left as they are', async (t) => {
  const set = paintSet('I420', 320, 180);
  const copies = set.frames.map(({ payload }) => Uint8Array.from(payload));
  const shared = { ...set, frames: set.frames.map((frame) => ({ ...frame, shared: true })) };
  const [fused] = await fuseAll([shared]);
  t.truthy(fused);
  for (const [index, frame] of shared.frames.entries()) t.deepEqual(frame.payload, copies[index]);
});

/** A stage under way, with the threads that it started. */
async function startStage(threads: number): Promise<{
  sets: Subject<ExposureSet>;
  fused: Frame[];
  warnings: string[];
  workers: workers.Worker[];
  done: Promise<void>;
}> {
  const sets = new Subject<ExposureSet>();
  const fused: Frame[] = [];
  const warnings: string[] = [];
  const before = started.length;
  const done = new Promise<void>((complete, error) => {
    const queue = { capacity: 64, policy: 'block' as const };
    sets
      .pipe(ipl({ threads, queue, onWarning: (text) => warnings.push(text) }))
      .subscribe({ next: (frame) => fused.push(frame), complete, error });
  });
  // The stage subscribes to its source once the network is there.
  while (!sets.observed) await pause(10);
  return { sets, fused, warnings, workers: started.slice(before), done };
}

/** What is no request throws where nobody catches it. (`terminate` would stop onnxruntime in the middle, which aborts the process.) */
const kill = (worker: workers.Worker | undefined): void => worker?.postMessage(null);

const timeOf = (set: ExposureSet): bigint => set.frames[1]?.runningTime ?? -1n;

test.serial('a worker that dies is started again; the set that it held is told of, the others are fused', async (t) => {
  const { sets, fused, warnings, workers: [worker], done } = await startStage(1);
  const before = started.length;
  const given = [0, 1, 2].map((time) => paintSet('I420', 640, 360, time));
  for (const set of given) sets.next(set);
  kill(worker);
  sets.complete();
  await done;
  t.is(started.length, before + 1);
  t.is(warnings.length, 1);
  // The first, unless this thread was held up before it could kill.
  const [, lost = 'none'] = /worker died.*started again; the frame at (\d\.\d{3}) s is lost/.exec(warnings[0] ?? '') ?? [];
  const others = given.map(timeOf).filter((time) => (Number(time) / 1e9).toFixed(3) !== lost);
  t.is(others.length, 2, warnings[0]);
  t.deepEqual(fused.map(({ runningTime }) => runningTime), others);
});

test.serial('workers that die at random moments cost their own frames only, and the order stays', async (t) => {
  const { sets, fused, warnings, done } = await startStage(3);
  const random = seeded(7);
  const given = Array.from({ length: 24 }, (_, time) => paintSet('I420', 320, 180, time % 5));
  let next = 0;
  const feed = setInterval(() => {
    const set = given[next];
    if (set) sets.next({ ...set, frames: set.frames.map((frame, k) => ({ ...frame, runningTime: BigInt(next * 100 + k) })) });
    next += 1;
    if (next === given.length) {
      sets.complete();
      clearInterval(feed);
    }
  }, 15);
  let over = false;
  void done.then(() => (over = true));
  for (let death = 0; death < 5; death += 1) {
    // Three deaths without a picture in between would be the end, as they should.
    const seen = fused.length;
    await pause(Math.floor(random() * 40));
    const alive = started.slice(-8).filter(({ threadId }) => threadId > 0);
    const victim = alive[Math.floor(random() * alive.length)];
    const gone = new Promise((resolve) => (victim ? victim.once('exit', resolve) : resolve(0)));
    kill(victim);
    await gone;
    while (fused.length === seen && !over) await pause(5);
  }
  await done;
  const times = fused.map(({ runningTime }) => runningTime);
  t.deepEqual(times, [...times].sort((a, b) => Number(a - b)));
  t.is(new Set(times).size + warnings.length, given.length, warnings.join('\n'));
  t.true(fused.length >= given.length - 5);
});

test.serial('frames on several threads are those of one thread, in the same order', async (t) => {
  const sequence = (): ExposureSet[] => {
    const times = [0, 1, 2, 3, 4, 5];
    // A cut in the middle, with frames in flight: the pictures after it are much darker.
    return times.map((time) => paintSet('I420', 320, 180, time, time < 3 ? [0.25, 1, 4] : [0.01, 0.04, 0.16]));
  };
  const one = await fuseAll(sequence(), { ...quiet, threads: 1 });
  const several = await fuseAll(sequence(), { ...quiet, threads: 3 });
  t.deepEqual(several.map(({ runningTime }) => runningTime), one.map(({ runningTime }) => runningTime));
  for (const [index, frame] of several.entries()) t.deepEqual(frame.payload, one[index]?.payload, `frame ${index}`);
});

/** The painted set at a time without some of its exposures. */
function lacking(time: number, ...missing: string[]): ExposureSet {
  const whole = paintSet('I420', 320, 180, time);
  const kept = whole.branches.flatMap((name, index) => (missing.includes(name) ? [] : [index]));
  return { ...whole, frames: kept.flatMap((index) => whole.frames[index] ?? []), branches: kept.flatMap((index) => whole.branches[index] ?? []), missing };
}

test.serial('sets that lack exposures keep the order, and the time of the reference', async (t) => {
  const named: ExposureSet = { ...paintSet('I420', 320, 180, 4), reference: 'gain4' };
  const sets = [lacking(0), lacking(1, 'gain4'), lacking(2, 'gain1'), lacking(3, 'gain0.25', 'gain1'), named];
  const fused = await fuseAll(sets);
  // 0, 1 and 2 nanoseconds after the set's: under, mid, over.
  t.deepEqual(fused.map(({ runningTime }) => runningTime), [0n, 1n, 2n, 3n, 4n].map((time) => time * 33_333_333n + (time === 4n ? 2n : 1n)));
});

test.serial('a single exposure is the picture as long as nothing was fused', async (t) => {
  const single = lacking(0, 'gain0.25', 'gain1');
  const expected = Uint8Array.from(single.frames[0]?.payload ?? []);
  const [fused] = await fuseAll([single]);
  t.deepEqual(fused?.payload, expected);
});

test.serial('a model that cannot be loaded ends the stream with its error', async (t) => {
  const error = await t.throwsAsync(fuseAll([paintSet('I420', 64, 64)], { ...quiet, model: '/nowhere/model.json' }));
  t.true(error instanceof GstIplError && error.code === 'bad-model');
});

test.serial('a reset on request makes the next picture the first of a scene', async (t) => {
  const [fresh] = await fuseAll([paintSet('I420', 320, 180, 3)]);
  const reset = new Subject<void>();
  const sets = new Subject<ExposureSet>();
  const frames: Frame[] = [];
  const done = new Promise<void>((resolve, reject) => {
    sets.pipe(ipl({ ...quiet, reset, threads: 2 })).subscribe({ next: (frame) => frames.push(frame), complete: resolve, error: reject });
  });
  // The stage subscribes to its source once the network is there.
  while (!sets.observed) await pause(10);
  sets.next(paintSet('I420', 320, 180, 0, [0.15, 0.6, 2.4]));
  while (frames.length < 1) await pause(10);
  reset.next();
  sets.next(paintSet('I420', 320, 180, 3));
  sets.complete();
  await done;
  const layout = frames[1]?.caps.layout;
  if (!layout || !fresh) return t.fail();
  t.is(psnr(frames[1]?.payload ?? new Uint8Array(), fresh.payload, layout), Infinity);
});

test.serial('no worker is left behind: all are given back', async (t) => {
  await fuseAll([paintSet('I420', 64, 64)]);
  t.is(await endThreads(), 0);
});

/** Uniform in 0..1; the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
