import workers from 'node:worker_threads';
import test from 'ava';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { GstIplError } from '../../plugin/core/errors';
import { checkOrder, orderExposures } from '../../plugin/ipl/exposure-order';
import { ipl } from '../../plugin/ipl';
import type { ExposureSet, Frame } from '../../plugin/core/frame';
import { paintSet, psnr } from './pictures';

/** Every worker thread that the stage starts, so that a test can kill one. */
const started: workers.Worker[] = [];
const OriginalWorker = workers.Worker;
workers.Worker = class extends OriginalWorker {
  constructor(...given: ConstructorParameters<typeof OriginalWorker>) {
    super(...given);
    started.push(this);
  }
};

const quiet = { onWarning: (): void => undefined };

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

test.serial('a worker that dies is started again; the set that it held is told of, the others are fused', async (t) => {
  const warnings: string[] = [];
  const sets = new Subject<ExposureSet>();
  const fused: Frame[] = [];
  const before = started.length;
  const done = new Promise<void>((resolve, reject) => {
    sets
      .pipe(ipl({ onWarning: (text) => warnings.push(text) }))
      .subscribe({ next: (frame) => fused.push(frame), complete: resolve, error: reject });
  });
  while (started.length === before) await pause(10);
  await new Promise((resolve) => started[before]?.once('message', resolve));
  await pause(10);
  sets.next(paintSet('I420', 640, 360, 0));
  void started[before]?.terminate();
  sets.next(paintSet('I420', 640, 360, 1));
  sets.next(paintSet('I420', 640, 360, 2));
  sets.complete();
  await done;
  t.is(started.length, before + 2);
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /worker died.*started again; the picture at 0\.000 s is lost/);
  t.deepEqual(fused.map(({ runningTime }) => runningTime), [1, 2].map((time) => BigInt(time) * 33_333_333n + 1n));
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
    sets.pipe(ipl({ ...quiet, reset })).subscribe({ next: (frame) => frames.push(frame), complete: resolve, error: reject });
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

test.serial('no worker is left behind', async (t) => {
  await fuseAll([paintSet('I420', 64, 64)]);
  await pause(100);
  t.true(started.every(({ threadId }) => threadId === -1));
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
