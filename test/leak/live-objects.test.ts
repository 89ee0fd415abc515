/** No object of JavaScript outlives the graph, the source or the pipeline that made it. */
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../support/folder';
import { keptBy } from './live-objects';
import { deadCamera, endingSource, graphRun } from './repeated';

const PLAN = { warm: 4, spans: 3, times: 4 };

const keepsNothing = async (t: ExecutionContext, once: () => Promise<void>): Promise<void> => {
  t.timeout(300_000);
  const kept = await keptBy(once, PLAN);
  t.log(kept);
  t.true(kept < 1, `${kept} objects stay each time. Compare heap snapshots (v8.writeHeapSnapshot) to see which.`);
};

test.serial('a camera that is not there', (t) => keepsNothing(t, deadCamera));

test.serial('a source that ends', (t) => keepsNothing(t, endingSource));

test.serial('a graph with a recording, a page and a sink', async (t) => keepsNothing(t, await graphRun(temporaryFolder())));

test.serial('one object, and one function, that are kept each time are found', async (t) => {
  const kept: unknown[] = [];
  t.is(Math.round(await keptBy(async () => void kept.push({}), PLAN)), 1);
  t.is(Math.round(await keptBy(async () => void kept.push(() => kept, Buffer.alloc(1)), PLAN)), 2 + 1, 'a function, a buffer and its memory');
});

test.serial('what comes once, and what comes and goes, is not kept', async (t) => {
  let kept: unknown[] = [];
  let done = 0;
  const once = async (): Promise<void> => {
    done += 1;
    if (done === PLAN.warm + 2) kept = Array.from({ length: 100 }, () => ({}));
  };
  t.is(await keptBy(once, PLAN), 0);
  t.is(kept.length, 100);
});
