/** Jobs on several workers, which are killed, and a Redis that goes away. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import type { Outcome } from '../../plugin/batch/perform-job';
import { QueueRunner, QueueView, SharedFolder } from '../../plugin/queue';
import { makeBrackets } from '../support/brackets';
import { figure, runCommand, startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, gstLaunch } from '../support/media';
import { freePort } from '../support/ports';
import { TestWorker } from '../support/queue-worker';
import { startRedis } from '../support/redis';

const { version } = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
const BRACKETS = 4;
const FRAMES = 80;

/** Far longer than any of it takes. */
const LONGEST_MS = 120_000;

async function until<T>(found: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
    await pause(50);
  }
}

const filesOf = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort();

test.serial('workers are killed again and again, and the queue is lost once: every output, also of a recording in segments, is there once, whole, as one machine makes it', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const folder = temporaryFolder();
  const [photos, out, alone] = ['photos', 'out', 'alone'].map((name) => path.join(folder, name));
  await makeBrackets(photos, BRACKETS, { width: 160, height: 120 });
  const night = path.join(photos, 'night');
  mkdirSync(night);
  for (const [index, name] of ['under', 'mid', 'over'].entries()) {
    await gstLaunch(`videotestsrc num-buffers=${FRAMES} pattern=ball ! video/x-raw,format=I420,width=64,height=64,framerate=25/1 ! videobalance brightness=${(index - 1) / 4} ! x264enc key-int-max=${5 + index} ! h264parse ! mp4mux ! filesink location=$file`, { file: path.join(night, `${name}.mp4`) });
  }
  const redis = await startRedis(t); // It keeps nothing over a restart.
  const workers = [0, 1, 2].map(() => new TestWorker(redis.url, folder));
  t.teardown(() => Promise.all(workers.map((worker) => worker.kill())));
  await Promise.all(workers.map(({ ready }) => ready));
  const batch = startCommand('batch', photos, '-o', out, '--queue', redis.url, '--shared', folder, '--shadows', '0.8', '--segment', '2');
  const over = batch.finished.then(() => true);
  let reached = 0;
  for (const step of [0, 1, 'redis', 2, 0] as const) {
    // Something is done in between: who is hit every time is set aside.
    await until(() => Promise.race([over, Promise.resolve(existsSync(out) && filesOf(out).length > reached)]));
    reached = existsSync(out) ? filesOf(out).length : 0;
    if (step === 'redis') {
      await redis.kill();
      await redis.start();
    } else {
      await workers[step].kill();
      workers[step] = new TestWorker(redis.url, folder);
    }
  }
  const { code, stderr } = await batch.finished;
  t.is(code, 0, stderr);
  t.regex(stderr, new RegExp(`${BRACKETS + 1} fused, 0 were done before, 0 failed`));
  t.regex(stderr, /mid-fused\.mp4: 2 of 2 segments/);
  t.deepEqual(readdirSync(path.join(out, 'night')), ['mid-fused.mp4']);
  t.is(await countPictures(path.join(out, 'night', 'mid-fused.mp4')), FRAMES);
  rmSync(night, { recursive: true });
  t.is((await runCommand('batch', photos, '-o', alone, '--shadows', '0.8')).code, 0);
  t.is(filesOf(out).length, BRACKETS);
  t.deepEqual(filesOf(out), filesOf(alone));
  for (const name of filesOf(out)) t.true(readFileSync(path.join(out, name)).equals(readFileSync(path.join(alone, name))), name);
  t.deepEqual(readdirSync(out).filter((name) => name.startsWith('.gst-ipl-') && name !== '.gst-ipl-batch.jsonl'), []);
  // What is done is not done again, and not even asked of the queue.
  await Promise.all(workers.map((worker) => worker.stop()));
  t.regex((await runCommand('batch', photos, '-o', out, '--queue', redis.url, '--shared', folder, '--shadows', '0.8')).stderr, new RegExp(`0 fused, ${BRACKETS} were done before`));
});

test.serial('SIGTERM hands a job back; one that ends three workers is set aside with its log, and told', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const folder = temporaryFolder();
  await makeBrackets(folder, 1, { width: 1200, height: 900 });
  const redis = await startRedis(t);
  const runner = await QueueRunner.open(redis.address, new SharedFolder(folder), () => undefined);
  const view = await QueueView.open(redis.address, () => undefined);
  t.teardown(() => Promise.all([runner.close(), view.close()]));
  mkdirSync(path.join(folder, 'out'));
  const spec: JobSpec = { id: '5'.repeat(64), kind: 'photographs', inputs: [1, 2, 3].map((number) => path.join(folder, `IMG_000${number}.jpg`)), output: path.join(folder, 'out', 'a.jpg'), options: [], version };
  let outcome: Outcome | undefined;
  const done = runner.perform(spec).then((found) => (outcome = found));
  t.is((await until(async () => (await view.read()).waiting[0])).output, 'out/a.jpg');

  const names: string[] = [];
  let worker = new TestWorker(redis.url, folder);
  t.teardown(() => worker.kill());
  const begins = async (): Promise<void> => {
    await worker.begun;
    names.push(worker.name);
  };
  await begins();
  const [active] = (await view.read()).active;
  t.deepEqual([active?.output, active?.worker, active?.begun], ['out/a.jpg', worker.name, 1]);
  const stopped = await worker.stop();
  t.regex(stopped.stderr, /0 done, 0 failed, 1 handed back/);
  t.deepEqual((await view.read()).waiting, [{ output: 'out/a.jpg' }]);

  for (let kills = 0; kills < 3; kills += 1) {
    worker = new TestWorker(redis.url, folder);
    await begins();
    await worker.kill();
    t.is(outcome, undefined);
  }
  const port = await freePort();
  worker = new TestWorker(redis.url, folder, '--metrics', String(port));
  await done;
  t.is(outcome?.state, 'failed');
  t.regex(outcome?.messages.join('\n') ?? '', /^It has ended 3 workers, and is set aside/);
  const { counts, failed } = await view.read();
  t.deepEqual([counts.failed, counts.waiting, counts.active, failed[0]?.output], [1, 0, 0, 'out/a.jpg']);
  t.deepEqual(failed[0]?.log.filter((line) => line.endsWith(' begins.')), names.map((name) => `${name} begins.`));
  const shown = await runCommand('queue', '--queue', redis.url);
  t.regex(shown.stdout, /^0 waiting, 0 active, 1 failed, 0 done\n\nFailed:\n {2}out\/a\.jpg {2}It has ended 3 workers/);
  t.regex((await runCommand('queue', '--queue', redis.url, '--metrics')).stdout, /^gst_ipl_queue_backlog 0$[^]*^gst_ipl_queue_jobs\{state="failed"\} 1$/m);

  // Who gives it again wants it done.
  t.is((await runner.perform(spec)).state, 'done');
  t.deepEqual(readdirSync(path.join(folder, 'out')), ['a.jpg']);
  const made = readFileSync(spec.output);
  const { ino } = statSync(spec.output);
  t.is((await runner.perform(spec)).state, 'done');
  t.is(statSync(spec.output).ino, ino); // It is as the worker left it: nothing is done again.
  writeFileSync(spec.output, 'made with other settings');
  t.is((await runner.perform(spec)).state, 'done');
  t.true(readFileSync(spec.output).equals(made));

  // What monitors and autoscalers see. A queue that is away is no reason to start a worker again.
  t.is(await figure('gst_ipl_worker_jobs_total{result="done"}', port), 2);
  t.is(await figure('gst_ipl_queue_jobs{state="completed"}', port), 1);
  const statusOf = (what: string) => fetch(`http://127.0.0.1:${port}/${what}`).then(({ status }) => status);
  t.deepEqual([await statusOf('health'), await statusOf('health/live')], [200, 200]);
  await redis.kill();
  await until(async () => (await statusOf('health')) === 503);
  t.is(await statusOf('health/live'), 200);
  t.is(await figure('gst_ipl_queue_jobs{state="completed"}', port), 0);
  await redis.start();
  await until(async () => (await statusOf('health')) === 200);
  await worker.stop();
});
