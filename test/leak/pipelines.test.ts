/** What is made again and again is given back: descriptors, threads, heap, memory. `npm run leak` does the same for longer. */
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../support/folder';
import { runDeadCameras } from './dead-cameras';
import { growthOf, type Plan } from './held';
import { deadCamera, endingSource, graphRun } from './repeated';

const logging = (t: ExecutionContext, warm: number, times: number): Plan => {
  t.timeout(15 * 60_000);
  return { warm, times, onHeld: (done, held) => t.log(done, JSON.stringify(held)) };
};

test.serial('a camera that is not there, tried 150 times', async (t) => {
  t.deepEqual(await growthOf(logging(t, 30, 150), deadCamera), []);
});

test.serial('a source that ends, 150 times', async (t) => {
  t.deepEqual(await growthOf(logging(t, 30, 150), endingSource), []);
});

test.serial('a graph with a fusion, a recording, a page and a sink, run 40 times', async (t) => {
  t.deepEqual(await growthOf(logging(t, 14, 40), await graphRun(temporaryFolder())), []);
});

test.serial('a live chain with cameras that refuse, have no address and say nothing, tried 120 times', async (t) => {
  const { problems, ...figures } = await runDeadCameras(logging(t, 30, 120));
  t.log(figures);
  t.deepEqual(problems, []);
});
