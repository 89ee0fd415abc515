/** What GStreamer's errors mean: the texts are those that its elements gave (1.22), each made by its fault. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import test from 'ava';
import { explainBusError } from '../../plugin/gstreamer/bus-error';
import { entryOf } from '../../plugin/observe/log';
import { freePort } from '../support/ports';
import { load, runToEnd } from '../support/run-graph';

const OPEN = 'Could not open resource for reading and writing.';
const READ = 'Could not read from resource.';
const WRITE = 'Could not open resource for writing.';

const faults: [element: string, message: string, detail: string, permanent: boolean, hint: RegExp][] = [
  // What only a change mends.
  ['GstSRTSink:a', WRITE, 'Failed to open SRT: failed to set passphrase (reason: Operation not supported: Bad parameters)', true, /^An SRT passphrase has 10 to 79 bytes/],
  ['GstX265Enc:a', 'Can not initialize x265 encoder.', '', true, /capssetter caps=video\/x-raw,framerate=30\/1/],
  ['GstRTSPSrc:a', 'Unhandled error', 'Unsupported Transport (461)', true, /^The camera does not send over TCP: write rtspu:\/\//],
  ['GstV4l2Src:a', "Cannot identify device '/dev/video9'.", 'system error: No such file or directory', true, /^Check the name of the device/],
  ['GstFileSrc:a', 'Resource not found.', 'No such file "a.mp4"', true, /^Check the path; a relative path/],
  ['GstDecodeBin:a', 'Your GStreamer installation is missing a plug-in.', 'no suitable plugins found', true, /^`gst-ipl doctor`/],
  // What may heal by itself.
  ['GstSRTSrc:a', READ, 'Error on SRT socket: Connection timeout', false, /^Check that the other end is on and listens/],
  ['GstSRTSink:a', 'Failed to write to SRT socket: Connection does not exist', '', false, /^Check that the other end is on and listens.*same passphrase\.$/],
  ['GstFileSrc:a', 'Internal data stream error.', 'streaming stopped, reason error (-5)', false, /^An element behind it could do nothing with what came/],
  ['GstSRTSink:a', WRITE, 'Failed to open SRT: Cannot bind to 127.0.0.1:1 - Connection setup failure: unable to create/configure SRT socket', false, /^Another program listens on that port/],
  ['GstSRTSrc:a', READ, 'Failed to authenticate: Incorrect passphrase', false, /^Both ends need the same passphrase/],
  ['GstUDPSrc:a', 'Could not get/set settings from/on resource.', 'bind failed: Error binding to address 10.9.9.9:5000: Cannot assign requested address', false, /^Another program listens on that port, or the address is not one of this machine/],
  ['GstRTSPSrc:a', OPEN, 'Failed to connect. (Generic error)', false, /^Check that the other end is on, and its address and port\.$/],
  ['GstRTSPSrc:a', READ, 'Could not receive message. (System error)', false, /^Check that the other end is on and listens/],
  ['GstRTSPSrc:a', 'Not found', 'Not Found (404)', false, /^The server has no such stream, or not yet/],
  ['GstRTSPClientSink:a', 'Resource not found.', 'Not Found', false, /^The server has no such stream, or not yet/],
  ['GstRTSPSrc:a', 'Unauthorized', 'Unauthorized (401)', false, /^Check the user name and the password/],
  ['GstRTSPSrc:a', 'Unhandled error', 'Bad Request (400)', false, /^The server does not understand the address/],
  ['GstRTSPSrc:a', 'Unhandled error', 'Service Unavailable (503)', false, /^The server is not ready/],
  ['GstSplitMuxSink:a/GstFileSink:sink', 'Could not open file "a.part" for writing.', 'system error: No such file or directory', false, /^Check that the output folder exists/],
  ['GstFileSink:a', 'No space left on the resource.', 'system error: No space left on device', false, /^The disk is full/],
];
for (const [element, message, detail, permanent, hint] of faults) {
  test(`${permanent ? 'permanent' : 'an outage'}: ${message} ${detail}`, (t) => {
    const path = `/GstPipeline:pipeline0/${element}`;
    const debug = `../a.c(1): f (): ${path}${detail ? `:\n${detail}` : ''}`;
    const error = explainBusError({ type: 'error', _src_element_name: 'a', name: path, message, debug }, 'cam');
    t.is(error.permanent, permanent);
    t.regex(error.hint ?? '', hint);
  });
}

test.serial('SRT without anybody at the other end: source and publish tell of it, and of no file', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const graph = await load(
    `nodes:\n  cam: { use: source, uri: "srt://127.0.0.1:${port}" }\n  k: { use: sink, from: cam, launch: fakesink }\n` +
      `  test: { use: source, launch: "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=15/1" }\n  air: { use: publish, from: test, to: "srt://127.0.0.1:${other}" }\n`,
  );
  const told = new Map<string, string>();
  const { error } = await runToEnd(graph, (event, running) => {
    if (event.type === 'source-lost') told.set('cam', entryOf(event)?.message ?? '');
    if (event.type === 'warning') told.set('air', event.message);
    if (told.size === 2) running.stop();
  });
  t.is(error?.code, 'no-pictures', 'nothing was ever sent');
  for (const text of told.values()) t.regex(text, /Check that the other end is on and listens, its address and port/);
});

test.serial('a server that answers 400: an outage, and what to do is said once', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', (request) => {
    socket.write(`RTSP/1.0 400 Bad Request\r\nCSeq: ${/CSeq: (\d+)/.exec(request.toString())?.[1]}\r\n\r\n`);
  })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const graph = await load(`nodes:\n  cam: { use: source, uri: "rtsp://127.0.0.1:${port}/x", restart: { delay: 100ms, longest: 100ms, attempts: 2 } }\n  k: { use: sink, from: cam, launch: fakesink }`);
  const { events, error } = await runToEnd(graph);
  const lines = events.flatMap((event) => (event.type === 'source-lost' ? [entryOf(event)?.message ?? ''] : []));
  t.is(lines.length, 2);
  t.regex(lines[0] ?? '', /Bad Request \(400\).*attempt 1\. The server does not understand the address/);
  t.regex(lines[1] ?? '', /Bad Request \(400\).*attempt 2\.$/);
  t.false(error?.permanent);
});

test.serial('an encoder that takes no such pictures ends the run, with its reason', async (t) => {
  const camera = 'videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=8,height=8,framerate=30/1';
  const graph = await load(`nodes:\n  cam: { use: source, launch: "${camera}" }\n  air: { use: publish, from: cam, to: "udp://127.0.0.1:${await freePort()}", codec: h265 }`);
  const { error } = await runToEnd(graph);
  t.like(error, { code: 'bad-caps', permanent: true });
  t.regex(error?.message ?? '', /^Node "air": /);
});
