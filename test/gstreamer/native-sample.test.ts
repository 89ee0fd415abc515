/** What is read of samples and written into buffers, against GStreamer's own elements, and samples made by hand. */
import koffi from 'koffi';
import test, { type ExecutionContext } from 'ava';
import type { NativeElement } from '../../plugin/gstreamer/native/native-element';
import { copyIn, copyOut } from '../../plugin/gstreamer/native/native-buffer';
import { NativePipeline } from '../../plugin/gstreamer/native/native-pipeline';
import { NativeSample } from '../../plugin/gstreamer/native/native-sample';
import { loadLibrary, type Pointer } from '../../plugin/gstreamer/native/library';
import { readPacket, type GdpPacket } from '../support/gdp';

const library = loadLibrary();
const gst = koffi.load('libgstreamer-1.0.so.0');
const newSample = gst.func('void *gst_sample_new(void *buffer, void *caps, const void *segment, void *info)') as (...parts: unknown[]) => Pointer;
const appendBuffer = gst.func('void *gst_buffer_append(void *first, void *second)') as (first: Pointer, second: Pointer) => Pointer;
const countMemories = gst.func('unsigned int gst_buffer_n_memory(void *buffer)') as (buffer: Pointer) => number;
const initSegment = gst.func('void gst_segment_init(void *segment, int format)') as (segment: Buffer, format: number) => void;

const NO_TIMES = { pts: undefined, duration: undefined };
/** No number has this exactly: 2^53 + 1. */
const LONG = 9_007_199_254_740_993n;

/** Frees what it makes. */
function sampleOf(t: ExecutionContext, buffer: Pointer | null, caps: string | null = null, segment: Buffer | null = null): NativeSample {
  const held = caps === null ? null : (library.gst_caps_from_string(caps) as Pointer);
  const sample = newSample(buffer, held, segment, null);
  t.teardown(() => [sample, buffer, held].forEach((object) => object !== null && library.gst_mini_object_unref(object)));
  return new NativeSample(library, sample);
}

interface Read {
  readonly times: NativeSample['times'];
  readonly caps: string | undefined;
  readonly runningTime: bigint | undefined;
  readonly bytes: Buffer;
}

async function pullAll(launch: string, push?: (source: NativeElement) => Promise<void>): Promise<Read[]> {
  const pipeline = new NativePipeline(library, `${launch} ! appsink name=out sync=false`);
  const samples: Read[] = [];
  const read = async (sample: NativeSample): Promise<number> => samples.push({ times: sample.times, caps: sample.caps, runningTime: sample.runningTime, bytes: await sample.copy() });
  await pipeline.play();
  const source = pipeline.find('in');
  if (source) await push?.(source);
  while ((await pipeline.find('out')?.pull(read)) != null);
  await pipeline.stop();
  pipeline.release();
  return samples;
}

test.serial('times as videotestsrc stamps them, also those that no number holds exactly', async (t) => {
  const caps = 'video/x-raw,format=GRAY8,width=8,height=2,framerate=10/1';
  const samples = await pullAll(`videotestsrc num-buffers=2 timestamp-offset=${LONG} ! ${caps}`);
  t.deepEqual(samples.map(({ times }) => times), [LONG, LONG + 100_000_000n].map((pts) => ({ pts, duration: 100_000_000n })));
  t.deepEqual(samples.map(({ runningTime }) => runningTime), [LONG, LONG + 100_000_000n]);
  t.regex(samples[0]?.caps ?? '', /^video\/x-raw, format=\(string\)GRAY8, width=\(int\)8, height=\(int\)2, framerate=\(fraction\)10\/1/);
});

test.serial('no stamp, no duration, no caps, no bytes', async (t) => {
  const [sample] = await pullAll('fakesrc num-buffers=1 sizetype=empty');
  t.deepEqual(sample, { times: NO_TIMES, caps: undefined, runningTime: undefined, bytes: Buffer.alloc(0) });
});

test.serial('a sample without a buffer is empty', async (t) => {
  const sample = sampleOf(t, null);
  t.deepEqual([sample.times, sample.caps, sample.runningTime, sample.size], [NO_TIMES, undefined, undefined, 0]);
  t.is((await sample.copy()).length, 0);
});

test.serial('running time is that of the segment, and outside of it there is none', async (t) => {
  const segment = Buffer.alloc(120);
  initSegment(segment, 3);
  // Behind flags, two rates and the format: base, offset, start, stop (gst/gstsegment.h).
  for (const [at, value] of [[32, 300n], [48, 1000n], [56, 5000n]] as const) segment.writeBigUInt64LE(value, at);
  const timeOf = async (pts: bigint | undefined): Promise<bigint | undefined> =>
    sampleOf(t, await copyIn(library, Buffer.alloc(1), { pts, duration: undefined }), null, segment).runningTime;
  t.deepEqual(await Promise.all([1000n, 4000n, 5000n, 999n, 5001n, undefined].map(timeOf)), [300n, 3300n, 4300n, undefined, undefined, undefined]);
  const sample = sampleOf(t, await copyIn(library, Buffer.alloc(1), NO_TIMES), null, segment);
  t.deepEqual([1000n, 4000n, 999n, 600n, 5001n].map((pts) => sample.runningTimeOf(pts)), [300n, 3300n, 299n, -100n, 4301n], 'also beside it, where it is asked for');
  segment.writeDoubleLE(2, 8);
  t.is(await timeOf(4000n), 1800n, 'at twice the rate');
});

test.serial('stamps in a segment that counts bytes are running times', async (t) => {
  const segment = Buffer.alloc(120);
  initSegment(segment, 2);
  t.is(sampleOf(t, await copyIn(library, Buffer.alloc(1), { pts: 70n, duration: undefined }), null, segment).runningTime, 70n);
});

test.serial('a buffer whose memory is in pieces is copied as a whole', async (t) => {
  const pieces = [70_000, 1, 30_000].map((bytes, index) => Buffer.alloc(bytes, index + 1));
  const [first, ...others] = await Promise.all(pieces.map((piece) => copyIn(library, piece, NO_TIMES)));
  const buffer = others.reduce(appendBuffer, first);
  t.is(countMemories(buffer), 3);
  const sample = sampleOf(t, buffer);
  t.is(sample.size, 100_001);
  t.true((await sample.copy()).equals(Buffer.concat(pieces)));
  t.true((await sample.copy(70_001)).equals(Buffer.concat(pieces.slice(0, 2))));
  const few = await sample.copy(5);
  t.deepEqual([...few], [1, 1, 1, 1, 1]);
  t.is(few.buffer.byteLength, 5, 'can be given to another thread');
});

test.serial('nothing is made up where bytes are missing', async (t) => {
  const buffer = await copyIn(library, Buffer.alloc(10), NO_TIMES);
  t.teardown(() => library.gst_mini_object_unref(buffer));
  await t.throwsAsync(copyOut(library, buffer, 11), { message: '10 of the 11 bytes of a buffer can be read.' });
});

test.serial('nothing is copied where there are no bytes: GStreamer calls that an error', async (t) => {
  const refused = (): never => t.fail();
  const copiesNothing = new Proxy(library, { get: (target, name: keyof typeof library) => (/extract|fill/.test(name) ? refused : target[name]) });
  const buffer = await copyIn(copiesNothing, Buffer.alloc(0), NO_TIMES);
  t.teardown(() => library.gst_mini_object_unref(buffer));
  t.is((await copyOut(copiesNothing, buffer, 0)).length, 0);
});

test.serial('what is pushed comes out of GStreamer as it went in', async (t) => {
  const times = [{ pts: 0n, duration: 1n }, { pts: LONG, duration: LONG + 2n }, NO_TIMES];
  const bytes = [Buffer.alloc(0), Buffer.alloc(100_000, 7), Buffer.from('small')];
  const packets: GdpPacket[] = (
    await pullAll('appsrc name=in format=time ! gdppay', async (source) => {
      source.setCaps('application/x-test, number=(int)1');
      for (const [index, data] of bytes.entries()) {
        await source.push(data, times[index] ?? NO_TIMES);
        source.setCaps(`application/x-test, number=(int)${index < 1 ? 1 : 2}`);
      }
      source.endStream();
    })
  ).map((packet) => readPacket(packet.bytes));
  const read = packets.flatMap((packet) => (packet.type === 'buffer' ? [{ pts: packet.pts, duration: packet.duration }] : []));
  t.deepEqual(read, times);
  t.deepEqual(packets.flatMap((packet) => (packet.type === 'buffer' ? [Buffer.from(packet.payload)] : [])), bytes);
  t.deepEqual(packets.flatMap((packet) => (packet.type === 'caps' ? packet.text : packet.type === 'buffer' ? 'data' : [])), [
    'application/x-test, number=(int)1',
    'data',
    'data',
    'application/x-test, number=(int)2',
    'data',
  ]);
});

test.serial('caps that GStreamer cannot read are refused', async (t) => {
  await pullAll('appsrc name=in', async (source) => {
    t.throws(() => source.setCaps('video/x-raw, ='), { code: 'bad-caps', message: /"video\/x-raw, ="/ });
    source.endStream();
  });
});

test.serial('what waits in an appsrc is counted in buffers', async (t) => {
  const pipeline = new NativePipeline(library, 'appsrc name=in ! fakesink');
  const source = pipeline.find('in');
  t.is(source?.waiting, 0);
  for (const bytes of [0, 9]) await source?.push(Buffer.alloc(bytes), NO_TIMES);
  t.is(source?.waiting, 2);
  await pipeline.stop();
  pipeline.release();
  t.is(source?.waiting, 0);
});

test.serial('of a pipeline that is released, nothing is asked', async (t) => {
  const pipeline = new NativePipeline(library, 'appsrc name=in ! appsink name=out');
  const [source, sink] = [pipeline.find('in'), pipeline.find('out')];
  await pipeline.stop();
  pipeline.release();
  t.is(await sink?.pull(() => t.fail()), null);
  await source?.push(Buffer.alloc(1), NO_TIMES);
  source?.setCaps('video/x-raw');
  source?.endStream();
  t.deepEqual([pipeline.find('in'), pipeline.findAll('appsrc')], [undefined, []]);
});
