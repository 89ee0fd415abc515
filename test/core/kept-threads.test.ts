/** Threads serve one after the other: what they gave is as if each had its own, and what cannot be kept is ended. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import test from 'ava';
import { endKeptThreads, keepThread, lendThread } from '../../plugin/core/kept-threads';
import { temporaryFolder } from '../support/folder';

const folder = temporaryFolder();
const MODULE = path.join(folder, 'echo');
// As `startThread` has it of tests.
writeFileSync(`${MODULE}.ts`, "import { parentPort, threadId } from 'node:worker_threads';\nparentPort?.on('message', (text) => { if (text === 'end') process.exit(0); parentPort?.postMessage(`${text} ${threadId}`); });\n");

async function answers(worker: ReturnType<typeof lendThread>): Promise<string> {
  const answer = once(worker, 'message');
  worker.postMessage('hello');
  return String((await answer)[0]);
}

const lend = (): ReturnType<typeof lendThread> => lendThread(MODULE, {});

test.afterEach.always(endKeptThreads);
// A thread at rest keeps no process alive.
const alive = setInterval(() => undefined, 1000);
test.after.always(() => clearInterval(alive));

test.serial('one at rest is lent again, without who listened to it', async (t) => {
  const first = lend();
  first.on('message', () => undefined);
  const answer = await answers(first);
  await keepThread(MODULE, first);
  const second = lend();
  t.is(second, first);
  t.is(second.listenerCount('message'), 0);
  t.is(await answers(second), answer);
  const third = lend();
  t.not(third, first);
  await Promise.all([second.terminate(), third.terminate()]);
});

test.serial('one that ends at rest is lent to nobody, and of those beyond the cores none is kept', async (t) => {
  const gone = lend();
  await answers(gone);
  await keepThread(MODULE, gone);
  const ended = once(gone, 'exit');
  gone.postMessage('end');
  await ended;
  // Whoever had it may not have heard of its end.
  await keepThread(MODULE, gone);
  const all = Array.from({ length: availableParallelism() + 1 }, lend);
  t.false(all.includes(gone));
  const exits: number[] = [];
  for (const [index, worker] of all.entries()) {
    await answers(worker);
    const { threadId } = worker;
    await keepThread(MODULE, worker);
    // An ended thread has no number.
    if (worker.threadId !== threadId) exits.push(index);
  }
  t.deepEqual(exits, [all.length - 1]);
});
