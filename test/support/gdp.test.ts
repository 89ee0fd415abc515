/** The tests' own reading and writing of the GStreamer Data Protocol, against GStreamer's. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GDP_HEADER_BYTES, readPacket, writeBufferHeader, writeStreamHeader } from './gdp';
import { temporaryFolder } from './folder';
import { gstLaunch, readRecording, record } from './media';

const folder = temporaryFolder();

test('what gdppay writes is read: caps, segment, timestamps, durations, payloads', async (t) => {
  const file = path.join(folder, 'pay.gdp');
  await gstLaunch('videotestsrc num-buffers=4 timestamp-offset=5000000000 ! video/x-raw,format=I420,width=35,height=17,framerate=30000/1001 ! gdppay ! filesink location=$file', { file });
  const { caps, frames } = readRecording(file);
  t.is(caps.length, 1);
  t.regex(caps[0] ?? '', /^video\/x-raw, .*width=\(int\)35, height=\(int\)17/);
  t.deepEqual(frames.map(({ pts }) => pts), [5_000_000_000n, 5_033_366_666n, 5_066_733_333n, 5_100_100_000n]);
  t.deepEqual(frames.map(({ duration }) => duration), [33_366_666n, 33_366_667n, 33_366_667n, 33_366_666n]);
  t.deepEqual(frames.map(({ payload }) => payload.length), [1300, 1300, 1300, 1300].map(() => 36 * 18 + 2 * 20 * 9));
});

test('what we write is read by gdpdepay: timestamps, a missing duration, odd sizes, caps unchanged', async (t) => {
  const caps = 'video/x-raw, format=(string)I420, width=(int)5, height=(int)3, framerate=(fraction)30000/1001, pixel-aspect-ratio=(fraction)8/9, colorimetry=(string)1:3:5:1, interlace-mode=(string)progressive, chroma-site=(string)jpeg';
  const size = 8 * 4 + 2 * 4 * 2;
  const frames = [
    { pts: 123_456_789n, duration: 33_366_667n as bigint | undefined },
    { pts: 7_000_000_000_001n, duration: undefined },
  ];
  const packets = frames.flatMap(({ pts, duration }, index) => [writeBufferHeader(size, pts, duration), Buffer.alloc(size, index + 1)]);
  const file = path.join(folder, 'written.gdp');
  writeFileSync(file, Buffer.concat([...writeStreamHeader(caps), ...packets]));
  const read = await record(`filesrc location=${file} ! gdpdepay`);
  t.deepEqual(read.caps, [caps]);
  t.deepEqual(read.frames.map(({ pts, duration }) => ({ pts, duration })), frames);
  t.deepEqual(read.frames.map(({ payload }) => [...new Set(payload)]), [[1], [2]]);
});

test('what is not a packet is not mistaken for one', (t) => {
  t.is(readPacket(Buffer.alloc(0)).type, 'other');
  t.is(readPacket(Buffer.alloc(GDP_HEADER_BYTES)).type, 'other');
});
