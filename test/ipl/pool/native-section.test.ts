import workers from 'node:worker_threads';
import test from 'ava';
import { NativeSection } from '../../../plugin/ipl/pool/native-section';

const INSIDE = 1;
const BARRED = 3;

test('who waits for a thread to come out does not believe a wake-up that was another\'s', async (t) => {
  const section = new NativeSection();
  const state = new Int32Array(section.buffer);
  state[0] = INSIDE;
  // Wakes whoever waits, again and again, and comes out half a second later.
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const state = new Int32Array(workerData);
    parentPort.postMessage('begins');
    while (Atomics.load(state, 0) !== 2) Atomics.wait(state, 0, 1, 5);
    for (const end = Date.now() + 500; Date.now() < end; Atomics.notify(state, 0)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    Atomics.store(state, 0, 3);
    Atomics.notify(state, 0);`;
  const worker = new workers.Worker(code, { eval: true, workerData: section.buffer });
  await new Promise((resolve) => worker.once('message', resolve));
  t.true(section.waitBarred(20_000));
  t.is(state[0], BARRED);
  await worker.terminate();
});

test('the wait ends when its time is over, and says so', (t) => {
  const section = new NativeSection();
  new Int32Array(section.buffer)[0] = INSIDE;
  t.false(section.waitBarred(30));
});
