/** Bad input and accidents, in real graphs: a clear sentence with a hint, nothing hangs, and what was there is kept. */
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { defineElement, gstFilter, GstIplError, launch, processQueued, sink, source, type Frame, type Graph, type GraphEvent } from '../../plugin';
import { lastValueFrom, map, tap, toArray, type Observable } from 'rxjs';
import { temporaryFolder } from '../support/folder';
import { countPictures, makeMp4, readRecording } from '../support/media';
import { load, registryWithMiddle, runToEnd, type Outcome } from '../support/run-graph';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** Nothing waits for anything: a second, and many on a busy machine. */
const SOON_MS = 30_000;

const X264 = 'x264enc speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=${out}';

interface Written {
  a?: string;
  b?: string;
  sink?: string;
  out?: string;
  more?: string;
}

const TEST = 'videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';

function graphOf({ a = TEST, b = TEST, sink = X264, out = at('out.mp4'), more = '' }: Written): Promise<Graph> {
  const registry = registryWithMiddle();
  registry.add(breakingElement);
  return load(
    `params: { out: }\nnodes:\n  a: { use: source, launch: '${a}' }\n  b: { use: source, launch: '${b}' }\n` +
      `  s: { use: sync, from: [a, b] }\n  m: { use: middle, from: s }\n  k: { use: sink, from: m, launch: '${sink}' }\n${more}`,
    { out },
    registry,
    true, // What is missing before the start is told by the check: test/graph/check/surroundings.test.ts.
  );
}

async function run(written: Written, onEvent?: Parameters<typeof runToEnd>[1]): Promise<Outcome & { text: string; milliseconds: number }> {
  const graph = await graphOf(written);
  const begin = Date.now();
  const outcome = await runToEnd(graph, onEvent);
  return { ...outcome, text: outcome.error?.describe() ?? '', milliseconds: Date.now() - begin };
}

/** A stage that fails at its tenth frame. */
const breakingElement = defineElement({
  kind: 'stage',
  name: 'breaking',
  summary: '',
  input: { min: 1, max: 1, medium: 'frames' },
  output: 'frames',
  options: {},
  example: '',
  create: () => ({
    connect: ([frames]) =>
      (frames as Observable<Frame>).pipe(
        map((frame, index) => {
          if (index === 9) throw new Error('The tenth frame is one too many.');
          return frame;
        }),
      ),
  }),
});

const file = (name: string): string => `filesrc location=${at(name)} ! decodebin`;

test.before(async () => {
  await makeMp4(at('good.mp4'), 30);
  await makeMp4(at('short.mp4'), 12);
  writeFileSync(at('truncated.mp4'), readFileSync(at('good.mp4')));
  truncateSync(at('truncated.mp4'), Math.round(statSync(at('good.mp4')).size * 0.6));
  await makeMp4(at('cut.mp4'), 90);
  truncateSync(at('cut.mp4'), Math.round(statSync(at('cut.mp4')).size * 0.6));
  await makeMp4(at('no-index.mp4'), 30, '', 'mp4mux');
  truncateSync(at('no-index.mp4'), 3000);
  writeFileSync(at('empty.mp4'), '');
  writeFileSync(at('text.mp4'), 'These are words, not pictures. '.repeat(200));
  mkdirSync(at('folder.mp4'));
});

const inputs: [title: string, source: string, text: RegExp][] = [
  ['a missing file', file('missing.mp4'), /^graph\.yaml:4:3: Node "b": No such file ".*missing\.mp4"\.\n {4}Check the path; a relative path starts in the folder where the command was run\.$/],
  ['a folder', file('folder.mp4'), /^graph\.yaml:4:3: Node "b": ".*folder\.mp4" is a directory\.\n {4}.+$/],
  ['a zero-length file', file('empty.mp4'), /^graph\.yaml:4:3: Node "b": .*(empty|no data).*\n {4}The file is empty; record or copy it again\.$/i],
  ['a text file', file('text.mp4'), /^graph\.yaml:4:3: Node "b": .*\n {4}The file seems to be damaged or not a media file/],
  ['an MP4 without index', file('no-index.mp4'), /^graph\.yaml:4:3: Node "b": .*\n {4}The file seems to be damaged or not a media file/],
  ['a file without video', 'audiotestsrc num-buffers=5 ! wavenc ! decodebin', /^graph\.yaml:4:3: Node "b": .*\n {4}.+$/],
  ['a device that does not exist', 'v4l2src device=/dev/none', /^graph\.yaml:4:3: Node "b": Cannot identify device '\/dev\/none'.*\n {4}Check the name of the device/],
  ['formats that do not meet', 'videotestsrc ! x264enc ! decodebin ! video/x-raw,format=RGB', /^graph\.yaml:4:3: Node "b": .*\(streaming stopped, reason not-negotiated \(-4\)\)\.\n {4}.*`videoconvert`/],
];
for (const [title, b, text] of inputs) {
  test.serial(`input: ${title} is one clear sentence with a hint, soon`, async (t) => {
    const outcome = await run({ b, out: at('never.mp4') });
    t.regex(outcome.text, text);
    t.true(outcome.text.split('\n').length <= 2);
    // decodebin 1.22 can lose the error of a demuxer that finds nothing; then ten seconds without a picture tell.
    if (!title.includes('index')) t.notRegex(outcome.text, /nothing was done for/);
    t.true(outcome.milliseconds < SOON_MS, `${outcome.milliseconds} ms`);
  });
}

test.serial('input: an unreadable file', async (t) => {
  writeFileSync(at('secret.mp4'), 'x');
  chmodSync(at('secret.mp4'), 0);
  if (process.getuid?.() === 0) return t.pass(); // Nothing is unreadable to root.
  const { text } = await run({ b: file('secret.mp4') });
  return t.regex(text, /^graph\.yaml:4:3: Node "b": .*Permission denied.*\n {4}Check the permissions/);
});

test.serial('input: of a truncated MP4 all that is there is delivered, and it is told', async (t) => {
  const outcome = await run({ a: file('good.mp4'), b: file('truncated.mp4'), out: at('from-truncated.mp4') });
  t.true(outcome.frames('m').length >= 10 && outcome.frames('m').length < 30, `${outcome.frames('m').length}`);
  t.true(outcome.text !== '' || outcome.warnings.some((warning) => warning.includes('"b"')));
  t.is(await countPictures(at('from-truncated.mp4')), outcome.frames('m').length);
});

test.serial('input: when all files are truncated alike, it is told, too', async (t) => {
  const outcome = await run({ a: file('cut.mp4'), b: file('cut.mp4'), out: at('from-cut.mp4') });
  t.is(outcome.text, '');
  const count = outcome.frames('m').length;
  t.true(count >= 20 && count < 80, `${count}`);
  t.deepEqual(outcome.warnings, [`The sources end at ${(count / 30).toFixed(3)} s of 3.000 s; a file seems to be truncated.`]);
  t.is(await countPictures(at('from-cut.mp4')), count);
});

test.serial('input: files that are whole give no warning', async (t) => {
  const outcome = await run({ a: file('good.mp4'), b: file('good.mp4'), out: at('from-good.mp4') });
  t.deepEqual([outcome.text, outcome.warnings, outcome.frames('m').length], ['', [], 30]);
});

test.serial('input: one branch shorter than the other ends the stream there, in a playable file', async (t) => {
  const outcome = await run({ a: file('good.mp4'), b: file('short.mp4'), out: at('from-short.mp4') });
  t.is(outcome.text, '');
  t.deepEqual(outcome.warnings, ['Branch "b" ends at 0.367 s, before "a"; the fused stream ends there.']);
  t.is(await countPictures(at('from-short.mp4')), 12);
});

test.serial('input: branches of different size are refused', async (t) => {
  const { text } = await run({ b: TEST.replace('width=64', 'width=32') });
  t.is(text, 'graph.yaml:4:3: The exposures differ in size: "a" has 64x48, "b" has 32x48.\n    Put `videoscale` and a caps filter with the common width and height at the end of both launch fragments.');
});

test.serial('input: interlaced video is made progressive, a picture for each frame', async (t) => {
  const { text, frames } = await run({ b: `${TEST},interlace-mode=interleaved` });
  t.is(text, '');
  t.is(frames('m').length, 30);
});

test.serial('input: branches of different matrix are refused with what to write; written, it makes them alike', async (t) => {
  const red = (matrix: string): string => `${TEST.replace(' !', ' pattern=red !')},colorimetry=${matrix}`;
  const refused = await run({ a: red('bt601'), b: red('bt709') });
  const [sentence, hint = ''] = refused.text.split('\n');
  t.is(sentence, 'graph.yaml:4:3: The exposures differ in matrix: "a" has BT.601, "b" has BT.709.');
  const fragment = /`(.+?)` at the end/.exec(hint)?.[1] ?? '';
  const [alike] = await lastValueFrom(source(`${red('bt709')} ! ${fragment}`).pipe(toArray()));
  const [wanted] = await lastValueFrom(source(red('bt601')).pipe(toArray()));
  const samples = (frame: Frame | undefined): (number | undefined)[] => (frame?.caps.layout.planes ?? []).map(({ offset }) => frame?.payload[offset]);
  // Pure red is Y 81, U 90, V 240 in BT.601 and 63, 102, 240 in BT.709.
  for (const [index, sample] of [81, 90, 240].entries()) {
    t.true(Math.abs((samples(alike)[index] ?? 0) - sample) <= 1 && Math.abs((samples(wanted)[index] ?? 0) - sample) <= 1, `${samples(alike).join()} ${samples(wanted).join()}`);
  }
  t.is((await run({ a: red('bt601'), b: `${red('bt709')} ! ${fragment}` })).text, '');
});

test.serial('middle: a branch that fails after 20 frames: these are fused, the file is whole, the error is told', async (t) => {
  const outcome = await run({ b: `${TEST} ! identity error-after=21`, out: at('from-broken.mp4') });
  t.is(outcome.text, 'graph.yaml:4:3: Node "b": Failed after iterations as requested.');
  t.is(outcome.frames('m').length, 20);
  t.is(await countPictures(at('from-broken.mp4')), 20);
});

test.serial('middle: a stage that fails: what it gave is in the file', async (t) => {
  const more = `  x: { use: breaking, from: m }\n  l: { use: sink, from: x, launch: '${X264.replace('${out}', at('from-stage.mp4'))}' }`;
  const outcome = await run({ more, out: at('beside-stage.mp4') });
  t.regex(outcome.text, /^graph\.yaml:8:3: Node "x": The tenth frame is one too many\.\nError: The tenth frame.*\n +at .*faults\.test\.ts:\d+/);
  t.is(await countPictures(at('from-stage.mp4')), 9);
  t.true((await countPictures(at('beside-stage.mp4'))) >= 9);
});

test.serial('middle: a sink that fails does not spoil the file of another', async (t) => {
  const more = '  l: { use: sink, from: m, launch: "identity error-after=10 ! fakesink" }';
  const outcome = await run({ a: TEST.replace('30 !', '300 !'), b: TEST.replace('30 !', '300 !'), more, out: at('beside-sink.mp4') });
  t.is(outcome.text, 'graph.yaml:8:3: Node "l": Failed after iterations as requested.');
  t.true(outcome.milliseconds < SOON_MS, `${outcome.milliseconds} ms`);
});

test.serial('output: a folder that does not exist', async (t) => {
  const { text, milliseconds } = await run({ out: '/nowhere/out.mp4' });
  t.is(text, 'graph.yaml:7:3: Node "k": Could not open file "/nowhere/out.mp4" for writing (system error: No such file or directory).\n    Check that the output folder exists and may be written to.');
  t.true(milliseconds < SOON_MS, `${milliseconds} ms`);
});

test.serial('output: a full disk', async (t) => {
  let out = '/dev/full';
  if (process.getuid?.() === 0) {
    mkdirSync(at('tiny'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('tiny')], { stdio: 'ignore' });
      out = at('tiny/out.raw');
    } catch {
      // No right to mount in this container: the device of the kernel serves as well.
    }
  }
  const { text, milliseconds } = await run({ sink: 'filesink location=${out}', out });
  if (out !== '/dev/full') execFileSync('umount', [at('tiny')]);
  t.regex(text, /^graph\.yaml:7:3: Node "k": .*No space left on the resource\.\n {4}The disk is full; what was written so far is kept\. Free some room or write elsewhere\.$/);
  t.true(milliseconds < SOON_MS, `${milliseconds} ms`);
});

const ENDLESS = 'videotestsrc ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';

const afterFrames = (count: number, act: (running: { stop(): void }) => void) => {
  let frames = 0;
  return (event: GraphEvent, running: { stop(): void }): void => {
    if (event.type === 'frame' && event.node === 'm' && ++frames === count) act(running);
  };
};

test.serial('stop: sources end, what is under way is written, the file is playable', async (t) => {
  for (const source of [ENDLESS, ENDLESS.replace('videotestsrc', 'videotestsrc is-live=true')]) {
    const outcome = await run({ a: source, b: source, out: at('stopped.mp4') }, afterFrames(15, (running) => running.stop()));
    t.is(outcome.text, '');
    const count = outcome.frames('m').length;
    t.true(count >= 15 && count < 40, `${count}`);
    t.is(await countPictures(at('stopped.mp4')), count);
  }
});

test.serial('stop: a sink that shares a source, and stages with a filter between, finish too', async (t) => {
  const outcome = await run(
    {
      a: ENDLESS,
      b: ENDLESS,
      out: at('stopped-k.mp4'),
      more:
        `  l: { use: sink, from: a, launch: '${X264.replace('${out}', at('stopped-l.mp4'))}' }\n` +
        `  f: { use: filter, from: m, launch: videobalance }\n  p: { use: breaking, from: f }\n  n: { use: sink, from: p, launch: 'gdppay ! filesink location=${at('stopped-n.gdp')}' }`,
    },
    afterFrames(5, (running) => running.stop()),
  );
  t.is(outcome.text, '');
  const count = outcome.frames('m').length;
  t.is(await countPictures(at('stopped-k.mp4')), count);
  t.is(readRecording(at('stopped-n.gdp')).frames.length, count);
  t.true((await countPictures(at('stopped-l.mp4'))) >= count);
  t.true(outcome.milliseconds < SOON_MS, `${outcome.milliseconds} ms`);
});

test.serial('stop: files whose pictures go to a sink of their own, too', async (t) => {
  await makeMp4(at('long.mp4'), 600);
  const more = `  l: { use: sink, from: a, launch: '${X264.replace('${out}', at('stopped-copy.mp4'))}' }`;
  const outcome = await run({ a: file('long.mp4'), b: file('long.mp4'), out: at('stopped-files.mp4'), more }, afterFrames(5, (running) => running.stop()));
  t.is(outcome.text, '');
  t.is(await countPictures(at('stopped-files.mp4')), outcome.frames('m').length);
  const copied = await countPictures(at('stopped-copy.mp4'));
  t.true(copied >= outcome.frames('m').length && copied < 600, `${copied}`);
});

test.serial('a slow stage behind a filter between two stages gets every frame', async (t) => {
  const registry = registryWithMiddle();
  registry.add({
    ...breakingElement,
    name: 'slow',
    create: () => ({
      connect: ([frames]) =>
        (frames as Observable<Frame>).pipe(
          processQueued(async (frame) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            return frame;
          }),
        ),
    }),
  });
  const graph = await load(
    `nodes:\n  a: { use: source, launch: '${TEST}' }\n  p: { use: slow, from: a }\n  f: { use: filter, from: p, launch: identity }\n` +
      `  q: { use: slow, from: f }\n  g: { use: filter, from: q, launch: identity }\n  r: { use: slow, from: g }\n  k: { use: sink, from: r, launch: fakesink }`,
    {},
    registry,
  );
  const outcome = await runToEnd(graph);
  t.is(outcome.error, undefined);
  t.deepEqual([outcome.frames('p').length, outcome.frames('q').length, outcome.frames('r').length], [30, 30, 30]);
});

test.serial('stop: at once, before anything runs', async (t) => {
  const graph = await graphOf({ a: ENDLESS, b: ENDLESS, sink: 'fakesink' });
  const running = graph.run();
  const ended = new Promise<string>((resolve) => {
    running.events.subscribe({ error: (error: Error) => resolve(error.message), complete: () => resolve('complete') });
  });
  running.stop();
  t.is(await ended, 'complete');
});

test.serial('unsubscribing stops everything at once, and the graph can run again', async (t) => {
  const graph = await graphOf({ a: ENDLESS, b: ENDLESS, sink: 'fakesink' });
  for (let round = 0; round < 2; round += 1) {
    let frames = 0;
    await new Promise<void>((resolve) => {
      const subscription = graph.run().events.subscribe(({ type }) => {
        if (type !== 'frame' || ++frames !== 5) return;
        setImmediate(() => {
          subscription.unsubscribe();
          resolve();
        });
      });
    });
    const seen = frames;
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.is(frames, seen);
  }
});

test.serial('in code, too, a source that fails costs nothing of what it gave, and its error comes last', async (t) => {
  const out = at('from-code.mp4');
  let taken = 0;
  const frames = source(`${TEST} ! identity error-after=20`).pipe(
    gstFilter('identity'),
    sink(launch`x264enc speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=${out}`),
    tap(() => (taken += 1)),
  );
  const error = await t.throwsAsync(lastValueFrom(frames), { instanceOf: GstIplError });
  t.regex(error?.message ?? '', /Node "source": Failed after iterations/);
  t.true(taken >= 15, `${taken}`);
  t.is(await countPictures(out), taken);
});
