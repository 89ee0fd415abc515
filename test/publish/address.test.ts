/** Addresses: what is understood, what is refused, and that no text in one can reach GStreamer as more than a value. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import test from 'ava';
import { elementsOf } from '../../plugin/gstreamer/launch/launch';
import { parseLaunch } from '../../plugin/gstreamer/binding';
import { GstIplError } from '../../plugin';
import type { NetworkAddress } from '../../plugin/core/address';
import { parseAddress } from '../../plugin/publish/address';
import { MUXER, routeLaunch } from '../../plugin/publish/routes';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { HlsFolder } from '../../plugin/publish/hls';
import { VIEWED } from '../../plugin/publish/viewers';
import { temporaryFolder } from '../support/folder';

test('addresses are taken apart', (t) => {
  t.like(parseAddress('srt://:7001'), { scheme: 'srt', host: '', port: 7001 });
  t.like(parseAddress('udp://[::1]:5000'), { scheme: 'udp', host: '::1', port: 5000 });
  t.like(parseAddress('rtsp://me:secret@10.0.0.1:8554/live?a=b'), { scheme: 'rtsp', host: '10.0.0.1', port: 8554 });
  t.like(parseAddress(' hls:/var/www/my films '), { scheme: 'hls', folder: '/var/www/my films' });
});

const refused: [address: string, sentence: RegExp][] = [
  ['', /names no address/],
  ['fused.mp4', /names no address/],
  ['http://host/x', /"http:" is no address that frames can be published to/],
  ['udp://:5000', /lacks a host/],
  ['rtsp://host', /a server and a path/],
  ['hls:', /names no folder/],
  ['hls:a\nb', /control character/],
];
for (const [address, sentence] of refused) {
  test(`refused: ${JSON.stringify(address)}`, (t) => {
    const error = t.throws(() => parseAddress(address), { instanceOf: GstIplError });
    t.is(error?.code, 'bad-option');
    t.regex(error?.message ?? '', sentence);
  });
}

test('no secret of an address is in a sentence', (t) => {
  for (const address of ['srt://h:1?passphrase=geheim', 'srt://me:geheim@h', 'rtsp://me:geheim@host', 'srt://h:1?streamid=geheim&mode=geheim']) {
    const error = t.throws(() => parseAddress(address), { instanceOf: GstIplError });
    t.notRegex(error?.describe() ?? '', /geheim/, address);
  }
});

const evil = ['x ! fakesink name=evil', 'x" ! fakesink name=evil ', "x' ! fakesink name=evil ! '", 'a\\', '"a"', 'a\\" ! fakesink name=evil', '$(id)'];
for (const text of evil) {
  test(`hostile, and only a value: ${text}`, async (t) => {
    const streamid = parseAddress(`srt://127.0.0.1:7001?streamid=${encodeURIComponent(text)}`) as NetworkAddress;
    const launch = await routeLaunch(streamid, 'h264');
    t.deepEqual(elementsOf(launch).map(({ factory }) => factory), ['mpegtsmux', 'srtsink'], launch);
    // GStreamer's own parser agrees.
    const pipeline = parseLaunch(launch);
    t.is(pipeline.find('evil'), undefined);
    t.is(pipeline.find(VIEWED)?.get('streamid'), text);
  });
}

test('hostile paths of RTSP addresses, too', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const place of ['a"!fakesink', 'a"\\!fakesink\\', "a'!filesink"]) {
    const launch = await routeLaunch(parseAddress(`rtsp://127.0.0.1:${port}/${place}`) as NetworkAddress, 'h265');
    t.deepEqual(elementsOf(launch).map(({ factory }) => factory), ['rtspclientsink'], launch);
    t.is(parseLaunch(`h265parse ! ${launch}`).find(MUXER)?.get('location'), `rtsp://127.0.0.1:${port}/${place}`);
  }
});

test('a folder for HLS with signs that mean something to launch strings and to printf', async (t) => {
  const folder = path.join(temporaryFolder(), '100 %n "films" ! fakesink name=evil');
  const hls = new HlsFolder(folder);
  await hls.prepare();
  const launch = await hls.launch('', parseVideoCaps('video/x-raw, format=(string)I420, width=(int)64, height=(int)48, framerate=(fraction)30/1'));
  t.deepEqual(elementsOf(launch).map(({ factory }) => factory), ['splitmuxsink']);
  const sink = parseLaunch(`h264parse ! ${launch}`).find(MUXER);
  t.is(sink?.get('location'), path.join(folder.replace('%', '%%'), '.open-%05d.ts'));
});
