/** What GStreamer takes without a word, and what fails or stands still only at work, is found by the check. */
import path from 'node:path';
import test from 'ava';
import { EMPTY } from 'rxjs';
import { builtinElements, defineElement, GraphError, ONE_STREAM, parseGraphText, type ElementRegistry } from '../../../plugin';
import { installHint } from '../../../plugin/gstreamer/launch/debian-packages';
import { atMost } from '../../support/at-most';
import { temporaryFolder } from '../../support/folder';

/** Each check starts a program. */
const inTurn = atMost(4);

interface Told {
  readonly line: string;
  readonly hint: string | undefined;
}

async function check(text: string, registry: ElementRegistry = builtinElements(), dry = false): Promise<Told[]> {
  try {
    await inTurn(() => parseGraphText(text, { dry }, registry));
    return [];
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return error.problems.map(({ message, place, hint }) => ({ line: `${place?.line}:${place?.column} ${message}`, hint }));
  }
}

const graph = (source: string, sink: string): string => `nodes:\n  a: { use: source, launch: "${source}" }\n  k: { use: sink, from: a, launch: "${sink}" }\n`;

const wrong: [title: string, source: string, sink: string, line: string, hint: string][] = [
  ['a negative rate', 'videotestsrc', 'x264enc bitrate=-5 ! fakesink', '3:53 Node "k": The property "bitrate" of the GStreamer element x264enc cannot be "-5".', 'It is a whole number from 1 to 2048000.'],
  ['a rate that is too large', 'videotestsrc', 'x264enc bitrate=3000000000 ! fakesink', '3:53 Node "k": The property "bitrate" of the GStreamer element x264enc cannot be "3000000000".', 'It is a whole number from 1 to 2048000.'],
  ['a number with a fraction out of range', 'videotestsrc', 'videobalance contrast=7 ! fakesink', '3:59 Node "k": The property "contrast" of the GStreamer element videobalance cannot be "7".', 'It is a number from 0 to 2.'],
  ['a signed number out of range', 'videotestsrc num-buffers=-5', 'fakesink', '2:55 Node "a": The property "num-buffers" of the GStreamer element videotestsrc cannot be "-5".', 'It is a whole number from -1 to 2147483647.'],
  ['a misspelt property', 'videotestsrc patern=ball', 'fakesink', '2:43 Node "a": The GStreamer element videotestsrc has no property "patern".', 'Did you mean "pattern"? `gst-inspect-1.0 videotestsrc` lists its properties.'],
  ['a misspelt field of caps', 'videotestsrc ! video/x-raw,witdh=100', 'fakesink', '2:57 Node "a": Raw video has no field "witdh".', 'Did you mean "width"?'],
  ['a misspelt field of a capsfilter', 'videotestsrc', 'capsfilter caps=video/x-raw,format=I420,framrate=25/1 ! fakesink', '3:77 Node "k": Raw video has no field "framrate".', 'Did you mean "framerate"?'],
  ['a sink that is a converter', 'videotestsrc', 'videoconvert', '3:37 Node "k": The launch fragment ends with videoconvert, which is no sink: the frames would go nowhere.', 'End with a sink element, such as `filesink location=PATH`, `autovideosink` or `fakesink`.'],
  ['a sink that ends with the second of two encoders', 'videotestsrc', 'x264enc ! avdec_h264 ! x264enc', '3:60 Node "k": The launch fragment ends with x264enc, which is no sink: the frames would go nowhere.', 'End with a sink element, such as `filesink location=PATH`, `autovideosink` or `fakesink`.'],
  ['a source that is a converter', 'videoconvert', 'fakesink', '2:30 Node "a": The launch fragment begins with videoconvert, which is no source.', 'Begin with a source element, such as `filesrc location=PATH`, `v4l2src` or `videotestsrc`.'],
];
for (const [title, source, sink, line, hint] of wrong) {
  test(`${title} is told with its place`, async (t) => {
    t.deepEqual(await check(graph(source, sink)), [{ line, hint }]);
  });
}

const right: [title: string, source: string, sink: string][] = [
  ['-1 for the most that an unsigned number can be', 'videotestsrc', 'queue max-size-bytes=-1 max-size-time=-1 ! fakesink'],
  ['the ends of a range', 'videotestsrc num-buffers=-1', 'x264enc bitrate=2048000 ip-factor=2 ! fakesink'],
  ['fields that nobody knows', 'videotestsrc ! video/x-raw,studio=7', 'fakesink'],
  ['pads that come later', `uridecodebin uri=file://${path.resolve('examples/media/video/mid.mp4')} ! videoconvert`, 'fakesink'],
  ['sinks that are bins', 'videotestsrc', 'tee name=t ! queue ! autovideosink t. ! queue ! x264enc ! rtspclientsink location=rtsp://127.0.0.1/x'],
  ['another chain first', 'audiotestsrc ! fakesink videotestsrc', 'fakesink'],
];
for (const [title, source, sink] of right) {
  test(`${title}: nothing is wrong`, async (t) => {
    t.deepEqual(await check(graph(source, sink)), []);
  });
}

test('a network interface that is not there is told, of addresses and of elements; one that is there is right', async (t) => {
  const text = (name: string): string =>
    `nodes:\n  a: { use: source, uri: "udp://239.1.2.3:5000?iface=${name}" }\n  b: { use: source, launch: "udpsrc address=239.1.2.3 port=5001 multicast-iface=${name} caps=video/mpegts ! decodebin" }\n` +
    `  k: { use: sink, from: b, launch: fakesink }\n  l: { use: publish, from: a, to: "rtp://239.1.2.3:5002?iface=${name}" }\n`;
  const told = await check(text('nope0'));
  t.deepEqual(told.map(({ line }) => line), [
    '2:26 Node "a": there is no network interface "nope0".',
    '5:35 Node "l": there is no network interface "nope0".',
    '3:81 Node "b": There is no network interface "nope0".',
  ]);
  for (const { hint } of told) t.regex(hint ?? '', /^(There is: .*\blo\b.*\.|Did you mean ".*"\?) `ip link` lists them\.$/);
  t.deepEqual(await check(text('lo')), []);
  t.deepEqual(await check(text('nope0'), undefined, true), [], 'a graph that is only shown');
});

test('an element that a stage needs and that is not installed is told where it was chosen', async (t) => {
  const registry = builtinElements();
  const summary = 'A test.';
  const text = { summary, syntax: 'text', fallback: 'identity', defaultText: 'identity', required: false, schema: {}, read: String };
  registry.add(defineElement({
    kind: 'stage', name: 'needy', summary, input: ONE_STREAM, output: 'none', options: { by: text }, example: '',
    needs: ({ by }) => ['videoconvert', by],
    create: () => ({ connect: ([frames]) => frames ?? EMPTY }),
  }));
  const graphOf = (more: string): string => `nodes:\n  a: { use: source, launch: videotestsrc }\n  k: { use: needy, from: a${more} }\n`;
  t.deepEqual(await check(graphOf(''), registry), []);
  t.deepEqual(await check(graphOf(', by: x264enk'), registry), [{ line: '3:33 Node "k": GStreamer has no element "x264enk".', hint: 'Did you mean "x264enc"?' }]);
  t.deepEqual(await check(graphOf(', by: x264enk'), registry, true), [], 'a graph that is only shown');
  t.is(installHint('x265enc'), 'Install it: apt-get install gstreamer1.0-plugins-bad');
  t.is(installHint('vah264enc'), 'It is there only with its hardware, the driver, and the package: apt-get install gstreamer1.0-plugins-bad');
});

test('an encoder that does not fit is told where it was chosen', async (t) => {
  const folder = temporaryFolder();
  const graphOf = (more: string): string => `nodes:\n  a: { use: source, launch: videotestsrc }\n  k: { use: record, from: a, to: "${folder}", ${more} }\n`;
  t.deepEqual(await check(graphOf('codec: h265, encoder: x264enc')), [{
    line: `3:${45 + folder.length} Node "k": the encoder "x264enc" makes h264, and the codec is h265.`,
    hint: 'Write `codec: h264`, or choose one of x265enc, vah265enc, nvh265enc.',
  }]);
  t.deepEqual((await check(graphOf('encoder: openh264enc, preset: slow'))).map(({ hint }) => hint), ['Leave `preset` out: it is for x264enc and x265enc.']);
  t.deepEqual(await check(graphOf('encoder: openh264enc')), []);
});
