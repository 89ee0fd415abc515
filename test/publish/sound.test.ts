/** Sound on its way to viewers: a row for each container and codec that docs/sound.md lists, read back by ffmpeg. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin';
import { clapperFilm, clapsIn, offsets } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { freePort } from '../support/ports';
import { load, runToEnd } from '../support/run-graph';

/** Seconds. */
const LIMIT = 0.02;

/** Keeps what is sent to an address, as it comes. */
function keep(address: string, file: string): ChildProcess {
  return spawn('ffmpeg', ['-v', 'fatal', '-y', '-i', address, '-c', 'copy', '-f', 'matroska', file], { stdio: ['pipe', 'ignore', 'inherit'] });
}

/** It finishes its file, or is ended: what is in it is there. */
async function leave(viewer: ChildProcess | undefined): Promise<void> {
  if (!viewer || viewer.exitCode !== null) return;
  const left = once(viewer, 'exit');
  viewer.stdin?.on('error', () => undefined); // It may have left by itself.
  viewer.stdin?.end('q');
  const timer = setTimeout(() => viewer.kill('SIGKILL'), 3000);
  await left;
  clearTimeout(timer);
}

interface Row {
  readonly to: (port: number, folder: string) => string;
  readonly codec: string;
}

const rows: Record<string, Row> = {
  'SRT, AAC': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'aac' },
  'SRT, Opus': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'opus' },
};

for (const [name, { to, codec }] of Object.entries(rows)) {
  test.serial(`${name}: click and flash reach a viewer together`, async (t) => {
    t.timeout(60_000);
    const [port, folder] = [await freePort(), temporaryFolder()];
    const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 12 });
    const [address, kept] = [to(port, folder), path.join(folder, 'kept.mkv')];
    const viewed = address.replace('?mode=listener', '');
    let viewer: ChildProcess | undefined;
    const graph = await load(`nodes:
  cam: { use: source, uri: '${film}', play: live }
  air: { use: publish, from: cam, to: '${address}', preset: ultrafast, audio: cam, audioCodec: ${codec} }
`);
    const { error, warnings } = await runToEnd(graph, (event) => {
      if (event.type === 'started') viewer ??= keep(viewed, kept);
    });
    t.deepEqual([error, warnings.filter((text) => !/Nobody watches/.test(text))], [undefined, []]);
    await leave(viewer);
    const claps = await clapsIn(kept);
    const found = offsets({ ...claps, flashes: claps.flashes.slice(1, -1) });
    t.log(found.map((offset) => offset && Math.round(offset * 1e4) / 10));
    t.is(claps.codec, codec);
    t.true(found.length >= 3);
    for (const offset of found) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
  });
}

test.serial('HLS, AAC: every segment has both, and they go on from one to the next', async (t) => {
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 9 });
  const hls = path.join(folder, 'hls');
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, uri: '${film}' }
  web: { use: publish, from: cam, to: 'hls:${hls}', queue: { capacity: 4, policy: block }, preset: ultrafast, audio: cam }
`),
  );
  t.deepEqual([error, warnings], [undefined, []]);
  t.regex(readFileSync(path.join(hls, 'live.m3u8'), 'utf8'), /ENDLIST/);
  const claps = await clapsIn(path.join(hls, 'live.m3u8'));
  t.log(offsets(claps));
  t.is(claps.pictures, 270);
  t.is(claps.flashes.length, 8);
  for (const offset of offsets(claps)) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
});

const refused: [options: string, sentence: RegExp][] = [
  ["to: 'rtp://127.0.0.1:5000', audio: cam", /rtp: carries video only here/],
  ["to: 'rtsp://127.0.0.1/live', audio: cam", /rtsp: carries video only here/],
  ["to: 'hls:web', audio: cam, audioCodec: opus", /HLS has sound as AAC/],
  ["to: 'srt://:7001', audioCodec: opus", /of use with "audio" only/],
  ["to: 'srt://:7001', audio: [cam, cam]", /the name of one source, but got .*audiomixer/],
  ["to: 'srt://:7001', audio: nobody", /takes the sound of "nobody", which does not exist/],
  ["to: 'srt://:7001', audio: scaled", /takes the sound of "scaled" \(filter\), which is no source/],
  ["to: 'srt://:7001', audio: pattern", /a launch fragment gives video or sound/],
];
for (const [options, sentence] of refused) {
  test(`refused: ${options}`, async (t) => {
    const text = `nodes:
  cam: { use: source, uri: 'examples/media/video/mid.mp4' }
  pattern: { use: source, launch: 'videotestsrc' }
  scaled: { use: filter, from: cam, launch: 'videoscale' }
  see: { use: sink, from: pattern, launch: 'fakesink' }
  air: { use: publish, from: scaled, ${options} }
`;
    const error = await t.throwsAsync(load(text), { instanceOf: GstIplError });
    t.regex(error?.describe() ?? '', sentence);
  });
}

test.serial('a launch that gives pictures where sound is asked for is told as that, and the pictures go on', async (t) => {
  const to = path.join(temporaryFolder(), 'out');
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, launch: 'videotestsrc num-buffers=20 ! video/x-raw,width=64,height=48,framerate=10/1' }
  mic: { use: source, launch: 'videotestsrc num-buffers=20' }
  web: { use: publish, from: cam, to: 'hls:${to}', queue: block, audio: mic }
`),
  );
  t.is(error, undefined);
  t.regex(warnings[0] ?? '', /^Node "mic": Its launch gives video, and its sound is asked for\./);
  t.regex(readFileSync(path.join(to, 'live.m3u8'), 'utf8'), /ENDLIST/);
});
