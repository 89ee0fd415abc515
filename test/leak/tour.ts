/**
 * A program that goes through everything the binding does, some times, and ends as GStreamer ends: run it under a checker of memory
 * (bench/leak/checkers.ts) or with GStreamer's tracer of leaks. Prints "done" when it got through.
 *
 *     tour.ts [rounds]
 */
import { setTimeout as pause } from 'node:timers/promises';
import koffi from 'koffi';
import { concat, firstValueFrom, lastValueFrom, of, take, toArray } from 'rxjs';
import { launch, sink, source } from '../../plugin';
import { parseLaunch } from '../../plugin/gstreamer/binding';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { temporaryFolder } from '../support/folder';
import { collectGarbage } from './held';
import { deadCamera, endingSource, graphRun } from './repeated';

const RAW = 'video/x-raw,format=I420,framerate=30/1';

/** Launch strings that are refused: before anything is made, and after some of it is. */
const REFUSED = ['', '!', 'nosuchelement', 'videotestsrc ! nosuchelement', 'videotestsrc pattern=none ! fakesink', 'videotestsrc ! filesrc', 'fakesrc ! audioconvert ! videoconvert ! fakesink nosuch=1', '( videotestsrc ! fakesink'];

async function refusals(): Promise<void> {
  for (const text of REFUSED) {
    try {
      parseLaunch(text);
      throw new Error(`"${text}" was taken`);
    } catch (error) {
      if ((error as Error).message.endsWith('was taken')) throw error;
    }
  }
}

/** Of every kind of value: numbers of all widths, enums, flags, texts, nothing, fractions, caps, structures, objects, arrays. */
const PROPERTIES = ['name', 'parent', 'caps', 'pattern', 'num-buffers', 'timestamp-offset', 'is-live', 'blocksize', 'location', 'max-size-time', 'leaky', 'last-sample', 'stats', 'tcp-timeout', 'protocols', 'tls-database', 'throttle-time', 'render-delay', 'output-buffer', 'max-framerate', 'mixing', 'rotation', 'scale', 'none'];

async function properties(): Promise<void> {
  const pipeline = parseLaunch('videotestsrc name=a ! capsfilter name=b caps=video/x-raw,max-framerate=30/1 ! queue name=c ! fakesink name=d  filesrc name=e ! appsink name=f  rtspsrc name=g  appsrc name=h  udpsrc name=i uri=udp://1.2.3.4:5 ! fakesink');
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'a', 'missing']) {
    const element = pipeline.find(name);
    for (const property of PROPERTIES) if (element?.has(property)) element.get(property);
    element?.set('name', `${name}2`);
  }
  pipeline.find('a')?.set('pattern', 'snow');
  pipeline.find('b')?.set('caps', 'video/x-raw,width=[1,9],format={I420,NV12}');
  pipeline.find('e')?.set('location', '/nowhere');
  pipeline.release();
  pipeline.release();
  if (pipeline.find('a')?.get('pattern') !== undefined) throw new Error('A released element was read.');
}

/** Samples above and below what is copied at once, into GStreamer and out again; and a stop with pictures under way. */
async function pictures(): Promise<void> {
  for (const size of ['width=16,height=16', 'width=640,height=480']) {
    const frames = source(`videotestsrc num-buffers=5 ! ${RAW},${size}`);
    await lastValueFrom(frames.pipe(sink('x264enc speed-preset=ultrafast ! fakesink')));
    await firstValueFrom(source(`videotestsrc is-live=true ! ${RAW},${size}`).pipe(take(1)));
    const [first] = await lastValueFrom(frames.pipe(toArray()));
    if (!first) throw new Error('no frame');
    await lastValueFrom(concat(of(first), of(first)).pipe(sink(launch`jpegenc ! filesink location=${`${temporaryFolder()}/x.jpg`}`)));
  }
}

/** All that a bus says, and the state and time of the pipeline meanwhile. */
async function messages(): Promise<void> {
  const pipeline = new GstPipeline('audiotestsrc num-buffers=20 ! level interval=10000000 ! taginject tags="title=a" ! progressreport silent=true update-freq=1 ! fakesink sync=true');
  const heard = new Promise<void>((resolve) => pipeline.events.subscribe(({ type }) => (type === 'eos' || type === 'error') && resolve()));
  await pipeline.prepare();
  pipeline.alignTo(5n, 7n);
  await pipeline.play();
  await pause(50);
  void pipeline.duration;
  pipeline.sendEos();
  await Promise.race([heard, pause(2_000)]);
  await pipeline.drainBus();
  void pipeline.stop();
  await pipeline.stop();
}

/** Faults that are found at the start, in the stream, and nowhere; and pipelines that end before they begin. */
async function failures(): Promise<void> {
  for (const text of ['filesrc location=/nowhere ! fakesink', 'videotestsrc ! video/x-raw,width=16,height=16 ! jpegenc ! jpegdec ! video/x-raw,width=99 ! fakesink', 'filesrc location=/proc/self/exe ! decodebin ! fakesink', 'videotestsrc num-buffers=2 ! identity error-after=1 ! fakesink']) {
    const pipeline = new GstPipeline(text);
    const failed = new Promise((resolve) => pipeline.events.subscribe(({ type }) => type === 'error' && resolve(undefined)));
    void pipeline.play();
    await Promise.race([failed, pause(2_000)]);
    await pipeline.stop();
  }
  await new GstPipeline('videotestsrc ! fakesink').stop();
  const short = new GstPipeline('videotestsrc ! fakesink');
  void short.play();
  await short.stop();
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 1);
  const graph = await graphRun(temporaryFolder());
  for (let round = 0; round < rounds; round += 1) {
    for (const step of [refusals, properties, pictures, messages, failures, deadCamera, endingSource, graph]) {
      await step();
      collectGarbage();
    }
    console.log(`round ${round + 1}`);
  }
  await pause(500); // Threads of the pool come back.
  koffi.load('libgstreamer-1.0.so.0').func('void gst_deinit()')();
  console.log('done');
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
