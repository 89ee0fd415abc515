/** A worker in the test's own process, with a queue that does not do all that it is asked. */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Job } from 'bullmq';
import type { JobSpec } from '../../plugin/batch/job';
import { QueueRunner, QueueView, QueueWorker, SharedFolder } from '../../plugin/queue';
import { temporaryFolder } from '../support/folder';
import { startRedis } from '../support/redis';
import { replace } from '../support/replace';

/** Far longer than any of it takes. */
const LONGEST_MS = 120_000;

const [VERSION, SILENCE_MS] = ['0.0.0', 30_000];

/** A job waits, and a worker takes it whose program never ends by itself. */
async function underWay(t: ExecutionContext): Promise<{ worker: QueueWorker; view: QueueView; told: string[] }> {
  const folder = temporaryFolder();
  const [redis, shared] = [await startRedis(t), new SharedFolder(folder)];
  const runner = await QueueRunner.open(redis.address, shared, () => undefined);
  const view = await QueueView.open(redis.address, () => undefined);
  const spec: JobSpec = { id: '6'.repeat(64), kind: 'photographs', inputs: [path.join(folder, 'a.jpg')], output: path.join(folder, 'b.jpg'), options: [], version: VERSION };
  void runner.perform(spec);
  const told: string[] = [];
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const tell = (event: string, message: string): void => {
    told.push(`${event}: ${message}`);
    if (event === 'begun') begin();
  };
  const command = ['-e', 'setInterval(() => undefined, 1000)', '--'];
  const worker = await QueueWorker.open({ address: redis.address, lanes: 1, silentMs: SILENCE_MS, shared, version: VERSION, options: new Set(), command, tell });
  t.teardown(() => Promise.all([worker.stop(), runner.close(), view.close()]));
  void worker.run();
  await begun;
  return { worker, view, told };
}

test.serial('a log that is refused, or hangs, keeps no job from being handed back, and costs it no attempt', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  t.timeout(20_000);
  let refuse: (error: Error) => void = () => undefined;
  const hanging = new Promise<never>((_, reject) => (refuse = reject));
  let logs = 0;
  replace(t, Job.prototype, { log: () => (logs++ === 0 ? Promise.reject(new Error('OOM command not allowed')) : hanging) });
  const { worker, view, told } = await underWay(t);
  const stopped = worker.stop();
  while ((await view.counts()).waiting === 0) await pause(20);
  refuse(new Error('The queue is full.'));
  await stopped;
  const { active, waiting, delayed, failed } = await view.counts();
  t.deepEqual({ active, waiting, delayed, failed }, { active: 0, waiting: 1, delayed: 0, failed: 0 });
  t.deepEqual([worker.counts.handedBack, worker.counts.failed], [1, 0]);
  t.regex(told.join('\n'), /^log: .*b\.jpg.*OOM command not allowed/m);
});
