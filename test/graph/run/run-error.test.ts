/** What fails at work names the graph's node and its line, never an element that the planner or GStreamer made. */
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../../plugin';
import { GstPipeline } from '../../../plugin/gstreamer/pipeline';
import { ROOT } from '../../support/command';
import { load, runToEnd } from '../../support/run-graph';

const file = path.join(ROOT, 'examples', 'media', 'video', 'mid.mp4');

const SMALL = 'videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=16,height=16,framerate=10/1';
const one = (launch: string): string =>
  `nodes:\n  a: { use: source, launch: "${launch.replaceAll('FILE', file)}" }\n  b: { use: source, launch: "${SMALL}" }\n  s: { use: sync, from: [a, b] }\n  m: { use: middle, from: s }\n  k: { use: sink, from: m, launch: fakesink }`;

const failures: [title: string, text: string, told: RegExp][] = [
  ['a stream that does not fit', one('filesrc location=FILE ! decodebin ! h264parse ! avdec_h264'), /^graph\.yaml:2:3: Node "a": What decodebin gives does not fit h264parse\.\n {4}Put an element between/],
  ['a stream that is not decoded', one('filesrc location=FILE ! qtdemux'), /^graph\.yaml:2:3: Node "a": What qtdemux gives at the end of the launch fragment is no raw video\.\n {4}.*`decodebin` does/],
  ['a file without video', one('audiotestsrc num-buffers=5 ! wavenc ! decodebin'), /^graph\.yaml:2:3: Node "a": What decodebin gives at the end of the launch fragment is no raw video\.\n {4}The stream has no video/],
  [
    'a link that is refused only between what is known by then',
    `nodes:\n  a: { use: source, launch: "${SMALL}" }\n  k: { use: sink, from: a, launch: fakesink }\n  l: { use: sink, from: a, launch: "videocrop left=1000 ! fakesink" }`,
    /^graph\.yaml:4:3: Node "l": GStreamer cannot link videoconvert to videocrop\.\n/,
  ],
  [
    'formats that do not meet, behind a stage',
    `nodes:\n  a: { use: source, launch: "${SMALL}" }\n  b: { use: source, launch: "${SMALL}" }\n  s: { use: sync, from: [a, b] }\n  m: { use: middle, from: s }\n  l: { use: sink, from: m, launch: "videocrop left=1000 ! fakesink" }`,
    /^graph\.yaml:6:3: Node "l": Internal data stream error/,
  ],
];
for (const [title, text, told] of failures) {
  test.serial(`at work: ${title}: node and line`, async (t) => {
    const { error } = await runToEnd(await load(text));
    t.regex(error?.describe() ?? '', told);
  });
}

test.serial('a link that GStreamer refuses at the start names the node', (t) => {
  const owners = new Map([['a-x264enc-1', 'a'], ['a_outlet-queue-0', 'a']]);
  const error = t.throws(() => new GstPipeline('videotestsrc ! x264enc name=a-x264enc-1 ! queue name=a_outlet-queue-0 ! videoconvert ! fakesink', owners), { instanceOf: GstIplError });
  t.is(error?.message, 'Node "a": GStreamer cannot link queue to videoconvert.');
  t.deepEqual(error?.place, { node: 'a' });
});
