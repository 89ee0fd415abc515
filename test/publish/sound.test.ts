/** Sound on its way to viewers: a row for each container and codec that docs/sound.md lists, read back by ffmpeg. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin';
import { clapperFilm, clapsIn, offsets } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { startRtspRecorder } from '../support/peers';
import { freePort } from '../support/ports';
import { load, runToEnd } from '../support/run-graph';

/** Seconds. */
const LIMIT = 0.02;

/** An element that passes the pictures of three seconds at once, and those behind them 80 ms late, as a fusion does that has more to do. */
const LATE = path.join(__dirname, '..', 'support', 'late-pictures.ts');

/** Seconds after which reports of both streams were sent, also after pictures have become late. */
const SETTLED = 7;

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
  /** What is asked for, where it is not that. */
  readonly asked?: string;
  /** Of the film; default: AAC. */
  readonly sound?: readonly string[];
}

const OPUS = ['-c:a', 'libopus'];

const rows: Record<string, Row> = {
  'SRT, AAC': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'aac' },
  'SRT, Opus': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'opus' },
  'SRT, AAC passed through': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'aac', asked: 'copy' },
  'SRT, Opus passed through': { to: (port) => `srt://127.0.0.1:${port}?mode=listener`, codec: 'opus', asked: 'copy', sound: OPUS },
};

for (const [name, { to, codec, asked = codec, sound }] of Object.entries(rows)) {
  test.serial(`${name}: click and flash reach a viewer together`, async (t) => {
    t.timeout(60_000);
    const [port, folder] = [await freePort(), temporaryFolder()];
    const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 12, ...(sound ? { sound } : {}) });
    const [address, kept] = [to(port, folder), path.join(folder, 'kept.mkv')];
    const viewed = address.replace('?mode=listener', '');
    let viewer: ChildProcess | undefined;
    const graph = await load(`nodes:
  cam: { use: source, uri: '${film}', play: live }
  air: { use: publish, from: cam, to: '${address}', preset: ultrafast, audio: cam, audioCodec: ${asked} }
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

/** The film, and what is asked for. */
const toRtsp: Record<string, { codec: string; asked: string; sound?: readonly string[] }> = {
  AAC: { codec: 'aac', asked: 'aac' },
  Opus: { codec: 'opus', asked: 'opus' },
  'AAC passed through': { codec: 'aac', asked: 'copy' },
  'Opus passed through': { codec: 'opus', asked: 'copy', sound: OPUS },
};
for (const [name, { codec, asked, sound }] of Object.entries(toRtsp)) {
  test.serial(`RTSP, ${name}: a real server has click and flash together, also where pictures become late`, async (t) => {
    t.timeout(60_000);
    const [port, folder] = [await freePort(), temporaryFolder()];
    const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 12, ...(sound ? { sound } : {}) });
    const server = await startRtspRecorder(t, port, '', undefined, codec);
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${film}', play: live }
  fused: { use: '${LATE}', from: cam }
  air: { use: publish, from: fused, to: 'rtsp://127.0.0.1:${port}/live', preset: ultrafast, audio: cam, audioCodec: ${asked} }
`),
    );
    t.deepEqual([error, warnings], [undefined, []]);
    await server.stop();
    const claps = await clapsIn(server.file);
    // Until it has heard the reports of both streams a server can go by nothing but when their packets came.
    const found = offsets({ ...claps, flashes: claps.flashes.filter((at) => at > SETTLED) });
    t.log(found.map((offset) => offset && Math.round(offset * 1e4) / 10));
    t.is(claps.codec, codec);
    t.true(found.length >= 3);
    for (const offset of found) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
  });
}

for (const [asked, codec] of [['aac', 'AAC'], ['copy', 'AAC passed through']]) {
  test.serial(`HLS, ${codec}: every segment has both, and they go on from one to the next`, async (t) => {
    const folder = temporaryFolder();
    const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 9 });
    const hls = path.join(folder, 'hls');
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${film}' }
  web: { use: publish, from: cam, to: 'hls:${hls}', queue: { capacity: 4, policy: block }, preset: ultrafast, audio: cam, audioCodec: ${asked} }
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
}

test.serial('HLS takes no Opus, also where it would be passed through: told once, and the pictures are there', async (t) => {
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 3, sound: OPUS });
  const hls = path.join(folder, 'hls');
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, uri: '${film}' }
  web: { use: publish, from: cam, to: 'hls:${hls}', queue: block, preset: ultrafast, audio: cam, audioCodec: copy }
`),
  );
  t.is(error, undefined);
  t.deepEqual(warnings, ['Node "web": The sound of "cam" is Opus, which HLS cannot carry as it is; the video goes on without it. Write `audioCodec: aac`, and it is encoded.']);
  t.like(await clapsIn(path.join(hls, 'live.m3u8')), { pictures: 90, codec: null });
});

const refused: [options: string, sentence: RegExp][] = [
  ["to: 'rtp://127.0.0.1:5000', audio: cam", /rtp: carries video only here/],
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
