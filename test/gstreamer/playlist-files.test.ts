/** A file that is called a film and is a list of addresses makes nothing fetch them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GraphError, GstIplError, launch, parseGraphText, source } from '../../plugin';
import { playlistFindings } from '../../plugin/gstreamer/launch/playlist-files';
import { temporaryFolder } from '../support/folder';
import { makeMp4 } from '../support/media';

const folder = temporaryFolder();
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(request.url ?? '');
  response.writeHead(404).end();
});
let origin = '';

test.before(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(() => void server.close());

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]);
const id3 = (text: string): Buffer => Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\x01\x10', 'latin1'), Buffer.alloc(144), Buffer.from(text)]);
const ape = (text: string): Buffer => Buffer.concat([Buffer.from('APETAGEX'), Buffer.from([0xd0, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa0]), Buffer.alloc(40), Buffer.from(text)]);
const hls = (): string => `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${origin}/a.ts\n#EXT-X-ENDLIST\n`;
const dash = (): string => `<?xml version="1.0"?>\n<!-- a > b -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><BaseURL>${origin}/</BaseURL></MPD>`;

const kinds: [name: string, content: () => string | Buffer, what: string][] = [
  ['hls', hls, 'an HLS playlist'],
  ['hls behind a byte order mark', () => `\ufeff${hls()}`, 'an HLS playlist'],
  ['hls behind a tag', () => id3(hls()), 'an HLS playlist'],
  ['hls behind two tags', () => Buffer.concat([id3(''), ape(hls())]), 'an HLS playlist'],
  ['dash', dash, 'a DASH manifest'],
  ['smooth', () => utf16(`<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2" Duration="1"></SmoothStreamingMedia>`), 'a Smooth Streaming manifest'],
  ['sdp', () => 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n', 'an SDP file'],
  ['asx', () => `<ASX version="3"><Entry><Ref href="${origin}/a"/></Entry></ASX>`, 'a playlist'],
  ['pls', () => `[playlist]\nFile1=${origin}/a\n`, 'a playlist'],
];

for (const [name, content, what] of kinds) {
  test(`a film that is ${name} is refused where it is named, and fetches nothing`, async (t) => {
    const file = path.join(folder, `${name}.mp4`);
    writeFileSync(file, content());
    const sentence = `"${file}" is ${what}: it would fetch what stands in it, and a file may open files only.`;
    for (const option of [`uri: "${file}"`, `uri: "${file}", play: loop`, `launch: 'filesrc location="${file}" ! decodebin'`, `launch: 'uridecodebin uri="file://${encodeURI(file)}"'`]) {
      const error = await t.throwsAsync<GraphError>(parseGraphText(`nodes:\n  a: { use: source, ${option} }\n  k: { use: sink, from: a, launch: fakesink }`), { instanceOf: GraphError });
      t.deepEqual(error?.problems.map(({ message }) => message.replace(`file://${encodeURI(file)}`, file)), [`Node "a": ${sentence}`]);
      t.is(error?.problems[0]?.place?.line, 2);
      t.true((error?.problems[0]?.place?.column ?? 0) > 20);
    }
    const inCode = await new Promise<unknown>((resolve) => void source(launch`filesrc location=${file} ! decodebin`).subscribe({ error: resolve, complete: () => resolve(undefined) }));
    t.true(inCode instanceof GstIplError);
    t.is((inCode as GstIplError).message, sentence);
    t.deepEqual(requests, []);
  });
}

test('what is read by an element of its own, or copied, or a film, is right', async (t) => {
  const [list, film] = [path.join(folder, 'list.m3u8'), await makeMp4(path.join(folder, 'film.m3u8'), 3)];
  writeFileSync(list, hls());
  t.deepEqual(playlistFindings(launch`filesrc location=${list} ! hlsdemux ! decodebin`), []);
  t.deepEqual(playlistFindings(launch`filesrc location=${list} ! fakesink`), []);
  t.deepEqual(playlistFindings(launch`filesrc location=${film} ! decodebin`), []);
  t.deepEqual(playlistFindings(launch`filesrc location=/dev/zero ! decodebin`), []);
  t.deepEqual(playlistFindings(launch`filesrc location=/nowhere ! decodebin`), []);
  t.is(playlistFindings(launch`filesrc location=${list} ! decodebin`).length, 1);
});
