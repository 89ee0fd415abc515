/** Pipelines in which GStreamer itself hangs, as in open(2) of a pipe without its other end: nothing else does. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { temporaryFolder } from '../support/folder';
import { until } from '../support/peers';

/** A pipe. `open` lets go of all that wait for its other end; they find it empty. */
function fifo(): { path: string; open: () => void } {
  const at = path.join(temporaryFolder(), 'fifo');
  spawnSync('mkfifo', [at]);
  return { path: at, open: () => closeSync(openSync(at, constants.O_RDWR)) };
}

/** What hangs keeps no program alive; a test waits for it. */
async function settled(promise: Promise<unknown>): Promise<void> {
  let is = false;
  void promise.then(() => (is = true));
  await until(() => is);
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = {};
  return (await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 300, pending))])) === pending;
}

test.serial('a start that hangs is told, fails after a while, and is left alone until it ends', async (t) => {
  const pipe = fifo();
  const pipeline = new GstPipeline(`filesrc name=reader location=${pipe.path} ! fakesink name=end`, new Map([['reader', 'cam'], ['end', 'cam']]));
  const told: string[] = [];
  pipeline.events.subscribe((event) => told.push(event.type === 'error' ? event.error.describe() : event.type === 'warning' ? event.message : event.type));
  const prepared = pipeline.prepare();
  const played = pipeline.play();
  const zero = pipeline.playOnClock();
  pipeline.sendEos(); // Waits for GStreamer's lock of the pipeline, but not here.
  await until(() => told.length > 0);
  t.deepEqual(told, ['GStreamer has been starting the pipeline of cam for 5 s. See whether what it opens answers: a pipe needs its other end, a share its server.']);
  t.is(pipeline.failure, undefined);
  t.deepEqual(await Promise.all([prepared, played, zero]), [false, false, undefined]);
  t.is(pipeline.failure?.code, 'pipeline-failed');
  t.deepEqual(pipeline.failure?.place, { node: 'cam' });
  t.deepEqual(told.slice(1), [
    'node cam: GStreamer cannot start the pipeline of cam: it has not come back from it for 10 s.\n    See whether what it opens answers: a pipe needs its other end, a share its server. What is left of it stays until it does.',
  ]);
  t.is(await pipeline.stop(), undefined);
  t.true(await isPending(pipeline.gone));
  pipe.open();
  await settled(pipeline.gone);
  t.is(await pipeline.stop(), undefined);
});

test.serial('one that is stopped while it starts says that it hangs, and is freed when it does not any more', async (t) => {
  const pipe = fifo();
  const pipeline = new GstPipeline(`filesrc name=reader location=${pipe.path} ! fakesink`, new Map([['reader', 'cam']]));
  let completed = false;
  pipeline.events.subscribe({ complete: () => (completed = true) });
  const started = pipeline.play();
  t.true(await isPending(started));
  const stopped = pipeline.stop();
  t.false(await started);
  t.is(await stopped, 'GStreamer does not come back from stopping the pipeline of cam; it is left as it is.');
  t.true(completed);
  t.true(await isPending(pipeline.gone));
  pipe.open();
  await settled(pipeline.gone);
});

test.serial('a stop that hangs is told as well, and is over when it is', async (t) => {
  const pipeline = new GstPipeline('videotestsrc ! identity name=sleepy sleep-time=6000000 ! fakesink async=false', new Map([['sleepy', 'out']]));
  t.true(await pipeline.play());
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.is(await pipeline.stop(), 'GStreamer does not come back from stopping the pipeline of out; it is left as it is.');
  await settled(pipeline.gone);
  t.is(pipeline.findInside('sleepy'), undefined);
});

test.serial('more of them than libuv has threads take none: files are read, and other pipelines start and stop', async (t) => {
  const pipe = fifo();
  const hanging = Array.from({ length: Number(process.env.UV_THREADPOOL_SIZE) + 6 }, () => new GstPipeline(`filesrc location=${pipe.path} ! fakesink`));
  const starts = hanging.map((pipeline) => pipeline.play());
  t.true(await isPending(Promise.race(starts)));
  const stops = hanging.map((pipeline) => pipeline.stop());
  t.regex(await readFile(__filename, 'utf8'), /more of them/);
  const other = new GstPipeline('videotestsrc num-buffers=2 ! fakesink');
  const ended = new Promise((resolve) => other.events.subscribe(({ type }) => type === 'eos' && resolve(undefined)));
  t.true(await other.play());
  await ended;
  t.is(await other.stop(), undefined);
  t.is(new Set(await Promise.all(stops)).size, 1);
  pipe.open();
  await settled(Promise.all(hanging.map(({ gone }) => gone)));
});
