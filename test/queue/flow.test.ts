/** A long recording over a queue, by a program that stands for gst-ipl. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import { readS3Address } from '../../plugin/core/address';
import { QueueRunner, QueueView, QueueWorker, SharedFolder } from '../../plugin/queue';
import { S3Depot } from '../../plugin/storage';
import { temporaryFolder } from '../support/folder';
import { ObjectStore } from '../support/object-store';
import { startRedis } from '../support/redis';
import { takeLog, writeProgram } from '../support/segment-program';

/** Far longer than any of it takes. */
const LONGEST_MS = 120_000;

test.serial('workers do its segments, and one joins them; a bad one fails it, and says which; what was done is not done again', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const folder = temporaryFolder();
  const [redis, shared, command] = [await startRedis(t), new SharedFolder(folder), [writeProgram(folder)]];
  const told: string[] = [];
  const runner = await QueueRunner.open(redis.address, shared, () => undefined, { settings: { command, every: 60 }, tell: (output, done, of) => told.push(`${path.basename(output)} ${done}/${of}`) });
  const view = await QueueView.open(redis.address, () => undefined);
  const worker = await QueueWorker.open({ address: redis.address, lanes: 1, silentMs: 30_000, shared, version: '1', options: new Set(), command, tell: () => undefined });
  t.teardown(() => Promise.all([worker.stop(), runner.close(), view.close()]));
  const job: JobSpec = { id: 'a1'.repeat(32), kind: 'recording', inputs: ['under', 'mid', 'over'].map((name) => path.join(folder, `${name}.mp4`)), output: path.join(folder, 'out', 'night.mp4'), options: [], version: '1' };
  writeFileSync(path.join(folder, 'bad'), '120ns');
  const first = runner.perform(job);
  while ((await view.counts()).waiting < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  t.is((await view.counts())['waiting-children'], 1);
  t.deepEqual((await view.read()).waiting.map(({ output }) => output).sort(), [1, 2, 3].map((number) => `out/night.mp4 ${number}/3`));
  void worker.run();
  const { state, messages } = await first;
  t.is(state, 'failed');
  t.regex(messages.join('\n'), /^out\/night\.mp4 3\/3 failed:\nThe film is torn\./);
  t.false(existsSync(job.output));
  t.deepEqual(takeLog(folder), ['cut', 'fuse 0ns', 'fuse 120ns', 'fuse 60ns']);

  rmSync(path.join(folder, 'bad'));
  t.is((await runner.perform(job)).state, 'done');
  t.deepEqual(takeLog(folder), ['cut', 'fuse 120ns', 'join']);
  t.is(readFileSync(job.output, 'utf8'), '00001 00002 00003');
  t.deepEqual(readdirSync(path.join(folder, 'out')), ['night.mp4']);
  t.is(told.at(-1), 'night.mp4 3/3');
});

test.serial('the same where the machines share a bucket, and nothing else', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const store = await ObjectStore.start(t);
  Object.assign(process.env, store.environment);
  const [folder, redis] = [temporaryFolder(), await startRedis(t)];
  const command = [writeProgram(folder)];
  const address = readS3Address('s3://studio');
  const machine = (): SharedFolder => {
    const depot = new S3Depot();
    t.teardown(() => depot.close());
    mkdirSync(depot.folderOf(address), { recursive: true });
    return new SharedFolder(depot.folderOf(address), depot);
  };
  for (const name of ['under', 'mid', 'over']) store.objects.set(`studio/night/${name}.mp4`, Buffer.from(name));
  const [here, there] = [machine(), machine()];
  const runner = await QueueRunner.open(redis.address, here, () => undefined, { settings: { command, every: 60 }, tell: () => undefined });
  const worker = await QueueWorker.open({ address: redis.address, lanes: 2, silentMs: 30_000, shared: there, version: '1', options: new Set(), command, tell: () => undefined });
  t.teardown(() => Promise.all([worker.stop(), runner.close()]));
  void worker.run();
  const job: JobSpec = { id: 'b2'.repeat(32), kind: 'recording', inputs: ['under', 'mid', 'over'].map((name) => here.fileAt(`night/${name}.mp4`)), output: here.fileAt('fused/night.mp4'), options: [], version: '1' };
  const { state, messages } = await runner.perform(job);
  t.deepEqual([state, messages], ['done', []]);
  t.deepEqual([...store.objects.keys()].sort(), ['studio/fused/night.mp4', 'studio/night/mid.mp4', 'studio/night/over.mp4', 'studio/night/under.mp4']);
  t.is(store.objects.get('studio/fused/night.mp4')?.toString(), '00001 00002 00003');
  // The worker's copies of the inputs were brought once for all segments.
  t.is(store.requests.filter((request) => request.startsWith('GET /studio/night/')).length, 3);
  t.is((await runner.perform(job)).state, 'done');
  t.deepEqual(takeLog(folder).filter((line) => line.startsWith('fuse')).length, 3);
});
