/** What measures leaks finds them. */
import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { growthOf } from './held';

const PLAN = { warm: 4, times: 24 };
const words = (problems: readonly string[]): string[] => problems.map((text) => text.replace(/:.*/, ''));

test.serial('nothing grows where nothing is kept', async (t) => {
  t.deepEqual(await growthOf(PLAN, async () => void Buffer.alloc(1e6, 1)), []);
});

test.serial('descriptors that stay open', async (t) => {
  const open: number[] = [];
  const problems = await growthOf(PLAN, async () => void open.push(openSync('/dev/null', 'r')));
  open.forEach((descriptor) => closeSync(descriptor));
  t.deepEqual(words(problems), ['descriptors']);
});

test.serial('threads that stay', async (t) => {
  const workers: Worker[] = [];
  const problems = await growthOf({ warm: 2, times: 12 }, async () => {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    workers.push(worker);
    await new Promise((resolve) => worker.once('online', resolve));
  });
  await Promise.all(workers.map((worker) => worker.terminate()));
  t.true(words(problems).includes('threads'), problems.join(' '));
});

test.serial('objects and memory that are kept', async (t) => {
  const objects: object[] = [];
  t.true(words(await growthOf(PLAN, async () => void objects.push(Array.from({ length: 100_000 }, (_, index) => ({ index }))))).includes('heap'));
  const buffers: Buffer[] = [];
  t.deepEqual(words(await growthOf(PLAN, async () => void buffers.push(Buffer.alloc(4e6, 1)))), ['memory']);
});
