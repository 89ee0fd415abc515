/** A long recording over a queue, by a program that stands for gst-ipl. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import { QueueRunner, QueueView, QueueWorker, SharedFolder } from '../../plugin/queue';
import { temporaryFolder } from '../support/folder';
import { startRedis } from '../support/redis';
import { takeLog, writeProgram } from '../support/segment-program';

test('workers do its segments, and one joins them; a bad one fails it, and says which; what was done is not done again', async (t) => {
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
