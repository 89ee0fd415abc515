/** Our reading and writing of the GStreamer Data Protocol against GStreamer's own. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GDP_HEADER_BYTES, OPEN_SEGMENT, readPacket, toRunningTime, writeBufferHeader, writeStreamHeader, type GdpPacket } from '../../plugin/gstreamer/gdp';
import { temporaryFolder } from '../support/folder';
import { gstLaunch, readRecording, record } from '../support/media';

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

test('a segment that does not start at zero is read, and gives running times', async (t) => {
  const file = path.join(folder, 'segment.gdp');
  // The second stream of concat has a segment of its own, with a base. (Without the queue, GStreamer 1.22 crashes here.)
  await gstLaunch(
    'concat name=c ! queue ! videoconvert ! gdppay ! filesink location=$file videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=8,height=8,framerate=10/1 ! c. ' +
      'videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=8,height=8,framerate=10/1 ! c.',
    { file },
  );
  const bytes = readFileSync(file);
  const packets: GdpPacket[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + GDP_HEADER_BYTES + bytes.readUInt32BE(at + 6);
    packets.push(readPacket(bytes.subarray(at, end)));
    at = end;
  }
  let segment = OPEN_SEGMENT;
  const times: (bigint | undefined)[] = [];
  for (const packet of packets) {
    if (packet.type === 'segment') segment = packet.segment;
    if (packet.type === 'buffer' && packet.pts !== undefined) times.push(toRunningTime(packet.pts, segment));
  }
  t.deepEqual(times, [0n, 100_000_000n, 200_000_000n, 300_000_000n, 400_000_000n]);
});

test('running time as gst_segment_to_running_time counts it', (t) => {
  const segment = { start: 1000n, stop: 5000n, base: 300n, offset: 0n };
  t.is(toRunningTime(1000n, segment), 300n);
  t.is(toRunningTime(4000n, segment), 3300n);
  t.is(toRunningTime(999n, segment), undefined);
  t.is(toRunningTime(5001n, segment), undefined);
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
