/** Addresses become what GStreamer needs, and nothing else: no text in them can add an element or a property. */
import test from 'ava';
import { GstIplError } from '../../plugin';
import { elementsOf, nameElements } from '../../plugin/gstreamer/launch/launch';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { readAddress } from '../../plugin/source/address';
import { load } from '../support/run-graph';

const settings = { codec: 'h264', latency: 200_000_000n } as const;

const elementNames = (uri: string): string[] => elementsOf(readAddress(uri, settings).launch).map(({ factory }) => factory);

const kinds: [uri: string, live: boolean, elements: string[]][] = [
  ['rtsp://10.0.0.7/stream1', true, ['rtspsrc', 'capsfilter', 'decodebin', 'queue']],
  ['rtsps://bob:p%40ss@camera.local:322/a/b?channel=1&subtype=0', true, ['rtspsrc', 'capsfilter', 'decodebin', 'queue']],
  ['rtspu://[fe80::1]:8554/x', true, ['rtspsrc', 'capsfilter', 'decodebin', 'queue']],
  ['srt://10.0.0.7:7001?passphrase=correct-horse', true, ['srtsrc', 'decodebin', 'queue']],
  ['srt://:7001?mode=listener', true, ['srtsrc', 'decodebin', 'queue']],
  ['rtp://:5004', true, ['udpsrc', 'rtpjitterbuffer', 'decodebin', 'queue']],
  ['udp://@239.1.2.3:5000', true, ['udpsrc', 'decodebin', 'queue']],
  ['v4l2:///dev/video0', true, ['v4l2src', 'decodebin']],
  ['file:///a%20b.mp4', false, ['filesrc', 'decodebin']],
  ['clips/a.mp4', false, ['filesrc', 'decodebin']],
];
for (const [uri, live, elements] of kinds) {
  test(`${uri}: ${elements.join(' ! ')}`, (t) => {
    t.is(readAddress(uri, settings).live, live);
    t.deepEqual(elementNames(uri), elements);
    const { launch, names } = nameElements(readAddress(uri, settings).launch, 'x');
    const pipeline = new GstPipeline(`${launch} ${live ? ':' : '!'} fakesink name=end`);
    for (const name of names) t.notThrows(() => pipeline.find(name));
  });
}

const HOSTILE = [
  ' ! filesink name=evil location=/tmp/evil',
  '" ! filesink name=evil location="/tmp/evil',
  "' ! fakesink name=evil '",
  '\\" ! fakesink name=evil \\"',
  '\\',
  ' name=evil',
  ' : fakesink name=evil',
  ' evil. ! fakesink name=evil',
  '$(touch /tmp/evil)`;|&',
  '(fakesink name=evil)',
  '${evil}',
  '\u00e9\u4e2d %s %n',
];
for (const [index, text] of HOSTILE.entries()) {
  test(`hostile text ${index + 1} adds nothing: ${text}`, (t) => {
    const uris = [
      text, `clips/${text}`, `file:///x${encodeURIComponent(text)}`, `rtsp://host/${text}`, `rtsp://bob:${text}@host/x`, `rtsp://${text}/x`, `srt://host:7001?streamid=${text}`,
      `srt://${text}:1`, `rtp://${text}:5000`, `udp://${text}:5000`, `udp://239.1.1.1:5000${text}`, `v4l2://${text}`, `v4l2:///dev/video0${text}`,
    ];
    for (const uri of uris) {
      let launch: string;
      try {
        ({ launch } = readAddress(uri, settings));
      } catch (error) {
        t.true(error instanceof GstIplError && error.code === 'bad-option', String(error));
        continue;
      }
      const named = nameElements(launch, 'x');
      t.true(named.names.every((name) => /^x-(filesrc|rtspsrc|srtsrc|udpsrc|v4l2src|capsfilter|rtpjitterbuffer|decodebin|queue)-\d$/.test(name)), launch);
      const pipeline = new GstPipeline(`${named.launch} : fakesink name=end`);
      t.throws(() => pipeline.find('evil'), { instanceOf: TypeError });
      if (uri === text) t.is(pipeline.find('x-filesrc-0').get('location'), text);
    }
  });
}

test('a parameter in an address is data, too', async (t) => {
  const graph = await load('params: { file: }\nnodes:\n  a: { use: source, uri: "${file}" }\n  k: { use: sink, from: a, launch: fakesink }', {
    file: 'x.mp4 ! fakesink name=evil',
  }, undefined, true);
  t.deepEqual(graph.plan.pipelines.flatMap(({ owners }) => [...owners.keys()]).filter((name) => name.includes('evil')), []);
});

const wrong: [node: string, text: RegExp][] = [
  ['latency: 1s', /Node "a": it needs either "uri" or "launch"\.\n {4}An address such as/],
  ['uri: a.mp4, launch: videotestsrc', /Node "a": it has both "uri" and "launch"\./],
  ['uri: "http://host/x"', /the address "http:\/\/host\/x" has the scheme "http", which is none of rtsp .*\n {4}Write what it takes as a launch fragment/],
  ['uri: "rtsp:///x"', /Node "a": the address lacks a host\.\n {4}Write rtsp:\/\/HOST\[:PORT\]\/PATH\./],
  ['uri: "srt://host"', /the address lacks a port\.\n {4}Write srt:\/\/HOST:PORT/],
  ['uri: "udp://:99999"', /it is not an address like udp:\/\/HOST:PORT/],
  ['uri: "v4l2://video0"', /names no device\.\n {4}Write v4l2:\/\/\/dev\/video0/],
  ['uri: "rtsp://host/x", play: loop', /the option "play" is for files/],
  ['uri: a.mp4, restart: always', /a file that is played once is not started again/],
  ['uri: a.mp4, size: 12', /Option "size" of node "a": expected a size such as 1280x720, but got 12\./],
  ['launch: videotestsrc, restart: sometimes', /expected auto, never, always, or \{ silence, delay, longest, attempts \}, but got "sometimes"\./],
  ['launch: videotestsrc, restart: { silence: 0s }', /"silence" must be longer than nothing\./],
  ['launch: videotestsrc, restart: { attempts: 0 }', /expected auto, never, always/],
  ['launch: videotestsrc, restart: { delay: 5s, longest: 1s }', /"longest" is shorter than "delay"\./],
  ['launch: videotestsrc, restart: { pause: 5s }', /expected auto, never, always/],
];
for (const [node, text] of wrong) {
  test(`${node}: a clear sentence`, async (t) => {
    const error = await t.throwsAsync(load(`nodes:\n  a: { use: source, ${node} }\n  k: { use: sink, from: a, launch: fakesink }`), { instanceOf: GstIplError });
    t.regex(error.describe(), text);
  });
}
