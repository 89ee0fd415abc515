/** What graph files can do, in code: sources that are looked after, outputs, and graphs as values. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { filter, lastValueFrom, map, take, toArray, zip } from 'rxjs';
import { createGraph, GraphError, launch, publish, record, source, sources } from '../../plugin';
import { ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { receive } from '../support/peers';
import { freePort } from '../support/ports';

const SMALL = 'video/x-raw,format=I420,width=64,height=48,framerate=10/1';
const film = path.join(ROOT, 'examples', 'media', 'video', 'mid.mp4');

test.serial('record: frames come out as they are taken, and the end is when the file is whole', async (t) => {
  const folder = path.join(temporaryFolder(), 'new');
  const figures = new Map<string, number>();
  const recorded = source(`videotestsrc num-buffers=12 ! ${SMALL}`).pipe(
    record({ to: folder, segment: 2_000_000_000n, preset: 'ultrafast', onFigure: (name, value) => figures.set(name, value) }),
    toArray(),
  );
  t.is((await lastValueFrom(recorded)).length, 12);
  const files = readdirSync(folder);
  t.is(files.length, 1);
  t.is(await countPictures(path.join(folder, files[0] ?? '')), 12);
  t.is(figures.get('recording_up'), 1);
  t.throws(() => record({ to: '' }), { message: /names no folder/ });
  t.throws(() => record({ to: folder, ...{ audio: 'cam' } }), { message: /"audio" names a node/ });
  // The folder is free again.
  await lastValueFrom(source(`videotestsrc num-buffers=2 ! ${SMALL}`).pipe(record({ to: folder })));
});

test.serial('publish: who listens gets the pictures, and who unsubscribes ends it', async (t) => {
  const port = await freePort();
  const grey = `videotestsrc is-live=true pattern=solid-color foreground-color=0xff969696 ! video/x-raw,format=I420,width=160,height=90,framerate=15/1`;
  const receiving = receive(`udpsrc port=${port} ! tsdemux ! h264parse ! avdec_h264`, 6);
  const sending = source(grey).pipe(publish({ to: `udp://127.0.0.1:${port}`, preset: 'ultrafast' })).subscribe();
  const { mean } = await receiving;
  sending.unsubscribe();
  t.true(Math.abs(mean - 145) < 6, String(mean));
});

test.serial('a source that is looked after and a launch fragment have one clock; a loss is told of', async (t) => {
  const events: string[] = [];
  const { live, test: pattern } = sources(
    {
      live: { launch: `videotestsrc num-buffers=4 is-live=true ! ${SMALL}`, restart: { delay: '50ms' } },
      test: `videotestsrc is-live=true ! ${SMALL}`,
    },
    { onEvent: (event) => events.push(`${event.type} ${event.node}`) },
  );
  const pairs = zip(live, pattern).pipe(map(([a, b]) => Number(a.runningTime - b.runningTime) / 1e9), take(7), toArray());
  const apart = await lastValueFrom(pairs);
  // Before the loss they come together.
  t.true(apart.slice(0, 3).every((seconds) => Math.abs(seconds) < 0.5), apart.join());
  t.deepEqual(events.slice(0, 2), ['source-lost live', 'source-restored live']);
});

test.serial('a film by its address', async (t) => {
  const frame = await lastValueFrom(source({ uri: film, size: '64x48' }).pipe(take(1)));
  t.deepEqual([frame.caps.width, frame.caps.height, frame.runningTime], [64, 48, 0n]);
  t.throws(() => source({ uri: film, launch: 'videotestsrc' }), { message: /has both "uri" and "launch"/ });
});

test.serial('a graph as values: runs, and what is wrong with it has the node, and no lines that nobody wrote', async (t) => {
  const out = path.join(temporaryFolder(), 'out.raw');
  const graph = await createGraph({
    params: { rate: 10 },
    nodes: {
      a: { use: 'source', launch: `videotestsrc num-buffers=5 ! ${SMALL}`, latency: 5_000_000n },
      k: { use: 'sink', from: 'a', launch: launch`filesink location=${out}` },
    },
  });
  const events = graph.run().events.pipe(filter(({ type }) => type === 'started'), toArray());
  t.is((await lastValueFrom(events)).length, 1);
  const wrong = createGraph({ nodes: { a: { use: 'source', uri: film }, k: { use: 'sink', from: 'b', launch: 'fakesink' } } });
  const { problems } = await t.throwsAsync<GraphError>(wrong, { instanceOf: GraphError });
  t.deepEqual(problems.map(({ message, place }) => [message, place]), [
    ['Nothing reads from node "a".', { file: 'graph' }],
    ['Node "k" reads from "b", which does not exist.', { file: 'graph' }],
  ]);
});
