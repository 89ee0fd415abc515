/** Where frames enter and leave GStreamer: segments, and ends that come while something is under way. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, toArray } from 'rxjs';
import { launch, source } from '../../plugin';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { Inlet, inletLaunch } from '../../plugin/gstreamer/inlet';
import { Outlet, outletLaunch } from '../../plugin/gstreamer/outlet';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { temporaryFolder } from '../support/folder';
import { writeBufferHeader, writeEos, writeStreamHeader } from '../support/gdp';
import type { Frame } from '../../plugin';

const folder = temporaryFolder();
const CAPS = 'video/x-raw, format=(string)I420, width=(int)1920, height=(int)1080, framerate=(fraction)30/1';

function bigFrame(value: number, runningTime: bigint): Frame {
  const caps = parseVideoCaps(CAPS);
  return { kind: 'frame', payload: new Uint8Array(caps.layout.size).fill(value), caps, runningTime, duration: undefined, shared: false, origins: [] };
}

test.serial('pictures that begin in front of the segment are not given, and running time begins with it', async (t) => {
  const caps = 'video/x-raw, format=(string)I420, width=(int)8, height=(int)8, framerate=(fraction)10/1';
  const pictures = [0, 1, 2, 3].flatMap((number) => [writeBufferHeader(96, BigInt(number) * 100_000_000n, 100_000_000n), Buffer.alloc(96, number)]);
  const file = path.join(folder, 'late.gdp');
  // The appsink leaves out what lies in front as a whole; picture 1 reaches into the segment.
  writeFileSync(file, Buffer.concat([...writeStreamHeader(caps, 150_000_000n), ...pictures, ...writeEos()]));
  const frames = await lastValueFrom(source(launch`filesrc location=${file} ! gdpdepay`).pipe(toArray()));
  t.deepEqual(frames.map(({ runningTime, payload }) => [runningTime, payload[0]]), [[50_000_000n, 2], [150_000_000n, 3]]);
});

test.serial('an end that comes while a picture is copied waits for it', async (t) => {
  const pipeline = new GstPipeline(`${inletLaunch('in')} ! appsink name=out sync=false`);
  const inlet = new Inlet(pipeline, 'in');
  await pipeline.prepare();
  const written = inlet.write(bigFrame(9, 5n));
  t.true(inlet.waiting);
  inlet.end();
  const sink = pipeline.find('out');
  const bytes = await sink.pull((sample) => sample.copy());
  t.deepEqual([bytes?.length, bytes?.[0], bytes?.at(-1)], [parseVideoCaps(CAPS).layout.size, 9, 9]);
  t.is(await sink.pull(() => true), null);
  await written;
  t.false(inlet.waiting);
  void pipeline.stop();
});

test.serial('a pipeline that is stopped while a picture is copied lets go of both', async (t) => {
  const pipeline = new GstPipeline(`${inletLaunch('in')} ! fakesink`);
  const inlet = new Inlet(pipeline, 'in');
  const frame = bigFrame(1, 0n);
  const written = inlet.consume(frame);
  void pipeline.stop();
  await written;
  t.is(frame.payload.length, 0);
});

test.serial('an outlet that is ended while its readers hold it gives way to the rest of its pipeline', async (t) => {
  const pipeline = new GstPipeline(`videotestsrc num-buffers=30 ! ${outletLaunch('out', 'videotestsrc')}`);
  const outlet = new Outlet(pipeline, 'out', 'node', false);
  const holder = {};
  let frames = 0;
  const completed = lastValueFrom(outlet.frames.pipe(toArray()));
  outlet.frames.subscribe(() => {
    frames += 1;
    outlet.flow.hold(holder);
  });
  const ended = new Promise((resolve) => pipeline.events.subscribe(({ type }) => type === 'eos' && resolve(undefined)));
  await pipeline.play();
  outlet.start();
  while (frames === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  outlet.end();
  await Promise.all([completed, ended, outlet.over]);
  t.is(frames, 1);
  void pipeline.stop();
});
