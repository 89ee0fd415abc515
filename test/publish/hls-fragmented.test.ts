/** H.265 by HLS: fragmented MP4, and a playlist that tells players of HDR what it is. Read back by ffprobe. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { clapperFilm, clapsIn, offsets } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { until } from '../support/peers';
import { load, runToEnd } from '../support/run-graph';

interface Probed {
  readonly streams: readonly Record<string, string>[];
  readonly packets: readonly { readonly pts_time: string }[];
}

function probe(file: string): Probed {
  const ask = ['-v', 'error', '-allowed_extensions', 'ALL', '-select_streams', 'v', '-show_streams', '-show_packets', '-of', 'json', file];
  return JSON.parse(execFileSync('ffprobe', ask, { encoding: 'utf8' })) as Probed;
}

const PICTURES = 50; // 5 s: three segments.

async function publish(folder: string, colorimetry: string, pictures = PICTURES): Promise<string> {
  const camera = `videotestsrc num-buffers=${pictures} pattern=ball ! video/x-raw,format=I420_10LE,width=129,height=96,framerate=10/1,colorimetry=${colorimetry}`;
  const { error, warnings } = await runToEnd(
    await load(`nodes:\n  cam: { use: source, launch: '${camera}' }\n  web: { use: publish, from: cam, to: 'hls:${folder}', codec: h265, queue: block }\n`),
  );
  if (error || warnings.length > 0) throw new Error(error?.describe() ?? warnings.join(' '));
  return readFileSync(path.join(folder, 'live.m3u8'), 'utf8');
}

for (const [colorimetry, range, transfer] of [['bt2100-hlg', 'HLG', 'arib-std-b67'], ['bt2100-pq', 'PQ', 'smpte2084']] as const) {
  test.serial(`HDR (${range}): the playlists say what it is, and the pictures are that, one after the other`, async (t) => {
    const folder = temporaryFolder();
    const playlist = await publish(folder, colorimetry);
    const master = readFileSync(path.join(folder, 'master.m3u8'), 'utf8');
    t.regex(master, new RegExp(`^#EXT-X-STREAM-INF:BANDWIDTH=[1-9]\\d*,CODECS="hvc1\\.2\\.4\\.L\\d+[.0-9A-F]*",RESOLUTION=128x96,FRAME-RATE=10\\.000,VIDEO-RANGE=${range}\\nlive\\.m3u8$`, 'm'));
    t.deepEqual(playlist.match(/^#EXTINF:[\d.]+/gm)?.slice(0, 2), ['#EXTINF:2.000', '#EXTINF:2.000']);
    t.is(playlist.match(/^segment-\d+\.m4s$/gm)?.length, 3);
    t.is(playlist.match(/^#EXT-X-MAP:URI="init-\d+\.mp4"$/gm)?.length, 1);
    const { streams, packets } = probe(path.join(folder, 'master.m3u8'));
    const { codec_name, codec_tag_string, profile, pix_fmt, color_transfer, color_primaries, color_space } = streams[0] ?? {};
    t.deepEqual([codec_name, codec_tag_string, profile, pix_fmt, color_transfer, color_primaries, color_space],
      ['hevc', 'hvc1', 'Main 10', 'yuv420p10le', transfer, 'bt2020', 'bt2020nc']);
    const times = packets.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
    t.is(times.length, PICTURES);
    for (const [index, time] of times.slice(1).entries()) t.true(Math.abs(time - (times[index] ?? 0) - 0.1) < 0.002, `${index}: ${time}`);
    t.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), []);
  });
}

test.serial('another run has a header of its own, and the old one stays as long as its segments', async (t) => {
  const folder = temporaryFolder();
  const inits = (): string[] => readdirSync(folder).filter((name) => /^init-/.test(name));
  await publish(folder, 'bt709', 12);
  const [first] = inits();
  const playlist = await publish(folder, 'bt709', 12);
  t.is(inits().length, 2);
  t.true(inits().includes(first ?? ''));
  t.regex(playlist, /^#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-\d+\.mp4"$/m);
  t.regex(readFileSync(path.join(folder, 'master.m3u8'), 'utf8'), /VIDEO-RANGE=SDR$/m);
  // Twelve more segments push out those of the first run.
  await publish(folder, 'bt709', 250);
  t.false(inits().includes(first ?? ''));
  const kept = readdirSync(folder).flatMap((name) => /^segment-(\d+)/.exec(name)?.[1] ?? []).map(Number);
  const oldest = Math.min(...kept);
  t.true(inits().some((name) => Number(/\d+/.exec(name)?.[0]) <= oldest), `${inits().join(' ')}, ${oldest}`);
});

test.serial('with sound: both go on from one segment to the next, together', async (t) => {
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 5 });
  const hls = path.join(folder, 'hls');
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, uri: '${film}' }
  web: { use: publish, from: cam, to: 'hls:${hls}', codec: h265, queue: { capacity: 4, policy: block }, audio: cam }
`),
  );
  t.deepEqual([error, warnings], [undefined, []]);
  t.regex(readFileSync(path.join(hls, 'master.m3u8'), 'utf8'), /CODECS="hvc1\.1\.6\.L\d+[.0-9A-F]*,mp4a\.40\.2"/);
  const claps = await clapsIn(path.join(hls, 'live.m3u8'));
  t.log(offsets(claps));
  t.true(claps.flashes.length >= 4);
  for (const offset of offsets(claps)) t.true(offset !== undefined && Math.abs(offset) <= 0.02, String(offset));
});

test.serial('a folder that is emptied while it runs: what players need is there again with the next segment, and nothing is listed that is gone', async (t) => {
  const folder = temporaryFolder();
  const segments = (): string[] => readdirSync(folder).filter((name) => /^segment-/.test(name));
  const camera = 'videotestsrc is-live=true num-buffers=75 ! video/x-raw,width=64,height=48,framerate=10/1';
  const ended = runToEnd(await load(`nodes:\n  cam: { use: source, launch: '${camera}' }\n  web: { use: publish, from: cam, to: 'hls:${folder}', codec: h265 }\n`));
  await until(() => segments().length > 0 && readdirSync(folder).includes('master.m3u8'));
  for (const name of readdirSync(folder).filter((other) => !other.startsWith('.'))) rmSync(path.join(folder, name));
  t.is((await ended).error, undefined);
  const playlist = readFileSync(path.join(folder, 'live.m3u8'), 'utf8');
  const needed = [...playlist.matchAll(/^segment-\d+\.m4s$|(?<=URI=")init-\d+\.mp4/gm)].map(([name]) => name);
  t.true(needed.length >= 3, playlist);
  for (const name of [...needed, 'master.m3u8']) t.true(readdirSync(folder).includes(name), name);
  t.true(probe(path.join(folder, 'master.m3u8')).packets.length > 20);
});
