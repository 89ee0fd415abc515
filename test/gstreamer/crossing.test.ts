/** Frames cross into Node and back with times, durations, caps and bytes unchanged. */
import path from 'node:path';
import test from 'ava';
import { concatMap, firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { gstFilter, launch, processQueued, sink, source, sources, type Frame, type GstIplError } from '../../plugin';
import { temporaryFolder } from '../support/folder';
import { pause } from '../support/frames';
import { comparable, readRecording, record } from '../support/media';
import { load, runToEnd } from '../support/run-graph';

const folder = temporaryFolder();
const collect = (text: string): Promise<Frame[]> => lastValueFrom(source(text).pipe(toArray()));

const streams = [
  'videotestsrc num-buffers=30 pattern=snow ! video/x-raw,format=I420,width=35,height=17,framerate=30000/1001',
  'videotestsrc num-buffers=7 ! video/x-raw,format=NV12,width=33,height=18,framerate=24/1,pixel-aspect-ratio=8/9,colorimetry=bt2020',
  'videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=1,height=1,framerate=1/3',
  'videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=66,height=20,framerate=25/1 ! capssetter caps=video/x-raw,colorimetry=(string)1:3:5:1,chroma-site=(string)jpeg',
  'videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=16,height=16,framerate=30/1 ! videorate drop-only=true max-rate=7',
];
for (const [index, stream] of streams.entries()) {
  test.serial(`source to sink, unchanged in every byte and nanosecond: ${stream.replace(/.*video\/x-raw,/, '')}`, async (t) => {
    const truth = await record(stream);
    const file = path.join(folder, `${index}.gdp`);
    await lastValueFrom(source(stream).pipe(sink(launch`gdppay ! filesink location=${file}`)));
    const got = readRecording(file);
    t.true(truth.frames.length > 2);
    t.deepEqual(comparable(got), comparable(truth));
  });
}

const deep = [
  'videotestsrc num-buffers=3 pattern=snow ! video/x-raw,format=I420_10LE,width=35,height=17,framerate=30/1',
  'videotestsrc num-buffers=3 pattern=snow ! video/x-raw,format=P010_10LE,width=33,height=19,framerate=30/1,colorimetry=bt2100-hlg',
  'videotestsrc num-buffers=3 ! video/x-raw,format=I420_10LE,width=1,height=1,framerate=30/1',
];
for (const [index, stream] of deep.entries()) {
  test.serial(`10 bits from source to sink, unchanged: ${stream.replace(/.*video\/x-raw,/, '')}`, async (t) => {
    const truth = await record(stream);
    const file = path.join(folder, `deep${index}.gdp`);
    await lastValueFrom(source(stream, { tenBits: true }).pipe(sink(launch`gdppay ! filesink location=${file}`)));
    t.deepEqual(comparable(readRecording(file)), comparable(truth));
  });
}

test.serial('who takes 10 bits gets what comes so, and what comes in 8 as it is', async (t) => {
  const formats = { Y42B: 'Y42B', I422_10LE: 'I420_10LE', v210: 'I420_10LE', Y210: 'I420_10LE', RGB: '', NV12: 'NV12' };
  for (const [given, wanted] of Object.entries(formats)) {
    const frames = source(`videotestsrc num-buffers=1 ! video/x-raw,format=${given},width=34,height=18`, { tenBits: true });
    const { caps, payload } = await firstValueFrom(frames);
    t.is(caps.format.endsWith('10LE'), wanted.endsWith('10LE'), `${given} comes as ${caps.format}`);
    t.is(payload.length, caps.layout.size);
  }
});

test.serial('a graph gives a sink the same', async (t) => {
  const truth = await record(streams[0] ?? '');
  const file = path.join(folder, 'graph.gdp');
  const graph = await load(`
nodes:
  a: { use: source, launch: "${streams[0]}" }
  b: { use: source, launch: "${streams[0]}" }
  s: { use: sync, from: [a, b] }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: "gdppay ! filesink location=${file}" }`);
  const { error, frames } = await runToEnd(graph);
  t.is(error, undefined);
  t.deepEqual(frames('m'), truth.frames.map(({ pts }) => pts));
  t.deepEqual(comparable(readRecording(file)), comparable(truth));
});

test.serial('a filter between keeps times too', async (t) => {
  const truth = await record(streams[0] ?? '');
  const frames = await lastValueFrom(source(streams[0] ?? '').pipe(gstFilter('videobalance'), toArray()));
  t.deepEqual(frames.map(({ runningTime, duration }) => [runningTime, duration]), truth.frames.map(({ pts, duration }) => [pts, duration]));
});

test.serial('what is not 8-bit 4:2:0 is converted in front; YUV of other kinds too', async (t) => {
  for (const format of ['RGB', 'Y444', 'P010_10LE', 'GRAY8']) {
    const [frame] = await collect(`videotestsrc num-buffers=1 ! video/x-raw,format=${format},width=34,height=18`);
    t.true(frame?.caps.format === 'I420' || frame?.caps.format === 'NV12', format);
    t.is(frame?.payload.length, frame?.caps.layout.size);
  }
});

test.serial('caps may change in the stream', async (t) => {
  const size = (width: number): string => `videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=${width},height=16,framerate=10/1 ! c.`;
  const frames = await collect(`${size(16)} ${size(40)} concat name=c`);
  t.deepEqual(frames.map(({ caps }) => caps.width), [16, 16, 16, 40, 40, 40]);
  t.deepEqual(frames.map(({ payload, caps }) => payload.length === caps.layout.size), [true, true, true, true, true, true]);
  // The second stream has a segment of its own: running time goes on where the first ended.
  t.deepEqual(frames.map(({ runningTime }) => Number(runningTime) / 1e6), [0, 100, 200, 300, 400, 500]);
  const file = path.join(folder, 'caps.gdp');
  await lastValueFrom(source(`${size(16)} ${size(40)} concat name=c`).pipe(sink(launch`gdppay ! filesink location=${file}`)));
  const read = readRecording(file);
  t.is(read.caps.length, 2);
  t.deepEqual(read.frames.map(({ payload }) => payload.length), frames.map(({ payload }) => payload.length));
});

test.serial('a new size of the same shape is noticed, and the shape of pixels is kept', async (t) => {
  const size = (width: number, height: number): string => `videotestsrc num-buffers=2 ! video/x-raw,format=NV12,width=${width},height=${height},framerate=10/1,pixel-aspect-ratio=8/9 ! c.`;
  const frames = await collect(`${size(32, 18)} ${size(64, 36)} concat name=c`);
  t.deepEqual(frames.map(({ caps }) => `${caps.width}x${caps.height}`), ['32x18', '32x18', '64x36', '64x36']);
  t.deepEqual(frames.map(({ payload, caps }) => payload.length === caps.layout.size), [true, true, true, true]);
  for (const { caps } of frames) t.regex(caps.text, /pixel-aspect-ratio=\(fraction\)8\/9/);
});

test.serial('sources of one pipeline share a clock, and start when all have subscribers', async (t) => {
  const live = 'videotestsrc is-live=true num-buffers=5 ! video/x-raw,width=16,height=16,framerate=50/1';
  const { a, b } = sources({ a: live, b: live });
  const first = lastValueFrom(a.pipe(toArray()));
  await pause(30);
  const [framesA, framesB] = await Promise.all([first, lastValueFrom(b.pipe(toArray()))]);
  t.deepEqual([framesA.length, framesB.length], [5, 5]);
  for (const [index, frame] of framesA.entries()) {
    const apart = Number(frame.runningTime - (framesB[index]?.runningTime ?? 0n)) / 1e6;
    t.true(Math.abs(apart) < 40, `${apart} ms`);
  }
});

test.serial('unsubscribing stops the pipeline, and a source can be subscribed to again', async (t) => {
  const endless = source('videotestsrc ! video/x-raw,width=16,height=16');
  for (let round = 0; round < 3; round += 1) {
    const frames = await lastValueFrom(endless.pipe(take(3), toArray()));
    t.deepEqual(frames.map(({ runningTime }) => runningTime), [0n, 33_333_333n, 66_666_666n]);
  }
});

test.serial('a slow stage holds the source back and loses nothing', async (t) => {
  let waiting = 0;
  let most = 0;
  const slow = source('videotestsrc num-buffers=40 ! video/x-raw,width=16,height=16').pipe(
    concatMap((frame) => {
      waiting += 1;
      most = Math.max(most, waiting);
      return [frame];
    }),
    processQueued(async (frame: Frame) => {
      await pause(2);
      waiting -= 1;
      return frame;
    }),
    toArray(),
  );
  const frames = await lastValueFrom(slow);
  t.is(frames.length, 40);
  t.true(most <= 4, `${most} frames waited`);
});

test.serial('frames without timestamps are refused with the remedy', async (t) => {
  const error: GstIplError = await collect('fakesrc num-buffers=2 sizetype=fixed sizemax=64 ! capsfilter caps=video/x-raw,format=GRAY8,width=8,height=8,framerate=0/1').then(
    () => t.fail('not refused'),
    (reason: GstIplError) => reason,
  );
  t.is(error.message, 'Node "source" gives frames without timestamps.');
  t.regex(error.hint ?? '', /do-timestamp=true/);
});

test.serial('a source that is no video says so', async (t) => {
  const error = await t.throwsAsync(() => collect('audiotestsrc num-buffers=2'), { name: 'GstIplError' });
  t.regex(error?.message ?? '', /cannot link|not-negotiated|no video/i);
});

/** Milliseconds of wall clock that a graph takes whose first picture is due at `start` seconds. */
async function clocked(start: number, sinks: string): Promise<number> {
  const graph = await load(`
nodes:
  a: { use: source, launch: "videotestsrc num-buffers=6 timestamp-offset=${start * 1e9} ! video/x-raw,width=16,height=16,framerate=10/1" }
  b: { use: source, launch: "videotestsrc num-buffers=6 timestamp-offset=${start * 1e9} ! video/x-raw,width=16,height=16,framerate=10/1" }
  s: { use: sync, from: [a, b] }
  m: { use: middle, from: s }
${sinks}`);
  const begin = Date.now();
  const { error } = await runToEnd(graph);
  if (error) throw error;
  return Date.now() - begin;
}

const onX64 = process.arch === 'x64' ? test.serial : test.serial.skip;
onX64('a clock-driven sink shows a stream that begins at a minute at once, and in its own time', async (t) => {
  const milliseconds = await clocked(60, '  k: { use: sink, from: m, launch: "fakesink sync=true" }');
  t.true(milliseconds >= 450 && milliseconds < 50_000, `${milliseconds} ms`);
});

onX64('the same beside another sink', async (t) => {
  const milliseconds = await clocked(60, '  k: { use: sink, from: m, launch: "fakesink sync=true" }\n  l: { use: sink, from: m, launch: "fakesink" }');
  t.true(milliseconds >= 450 && milliseconds < 50_000, `${milliseconds} ms`);
});

test.serial('a sink without frames ends, with an error', async (t) => {
  const frames = lastValueFrom(source('videotestsrc num-buffers=0').pipe(sink('fakesink'), toArray()));
  await t.throwsAsync(frames, { code: 'no-pictures', message: 'No frame came.' });
});

test.serial('the error of a stage in front reaches the subscriber of a sink', async (t) => {
  const broken = source('videotestsrc num-buffers=9').pipe(
    processQueued(async () => {
      throw new Error('stage broke');
    }),
    sink('fakesink'),
  );
  await t.throwsAsync(() => firstValueFrom(broken), { message: 'stage broke' });
});
