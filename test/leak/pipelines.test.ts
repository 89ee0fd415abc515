/** What is made again and again is given back: descriptors, heap, memory. */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import { lastValueFrom, toArray } from 'rxjs';
import { source } from '../../plugin';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { temporaryFolder } from '../support/folder';
import { load, runToEnd } from '../support/run-graph';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Held {
  readonly descriptors: number;
  readonly heap: number;
  readonly memory: number;
}

async function held(): Promise<Held> {
  // What threads of the pool have in hand is freed when they are back.
  await new Promise((resolve) => setTimeout(resolve, 100));
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { descriptors: readdirSync('/proc/self/fd').length, heap: heapUsed / 1e6, memory: rss / 1e6 };
}

/** The first `warm` times fill caches and the allocator's heap. */
async function staysFlat(t: ExecutionContext, warm: number, times: number, once: () => Promise<void>): Promise<void> {
  for (let time = 0; time < warm; time += 1) await once();
  const before = await held();
  for (let time = warm; time < times; time += 1) await once();
  const after = await held();
  t.log(JSON.stringify({ before, after }));
  t.true(after.descriptors <= before.descriptors + 2, 'descriptors');
  t.true(after.heap <= before.heap * 1.05 + 0.5, 'heap');
  t.true(after.memory <= before.memory * 1.05, 'memory');
}

test.serial('a camera that is not there, tried 300 times', (t) =>
  staysFlat(t, 50, 300, async () => {
    const pipeline = new GstPipeline('rtspsrc location=rtsp://127.0.0.1:9/none ! decodebin ! fakesink');
    const failed = new Promise((resolve) => pipeline.events.subscribe(({ type }) => type === 'error' && resolve(undefined)));
    pipeline.prepare();
    await failed;
    pipeline.stop();
  }),
);

test.serial('a source that ends, 300 times', (t) =>
  staysFlat(t, 50, 300, async () => {
    const frames = await lastValueFrom(source('videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1').pipe(toArray()));
    if (frames.length !== 2) throw new Error(`${frames.length} frames`);
  }),
);

test.serial('a graph with a recording, a page and a sink, run 100 times', async (t) => {
  const camera = 'videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';
  const graph = await load(`nodes:
  camera: { use: source, launch: "${camera}" }
  files: { use: record, from: camera, to: ${temporaryFolder()}, preset: ultrafast, keep: 1MB }
  page: { use: preview, from: camera, listen: 0 }
  screen: { use: sink, from: camera, launch: fakesink }
`);
  await staysFlat(t, 40, 100, async () => {
    const { error } = await runToEnd(graph);
    if (error) throw error;
  });
});
