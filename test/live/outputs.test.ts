/** The graphs with live outputs run as they ship, with files in the place of cameras. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parseGraphText, type Graph } from '../../plugin';
import { ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { receive, until } from '../support/peers';
import { freePort } from '../support/ports';
import { runToEnd } from '../support/run-graph';

const video = (name: string): string => path.join(ROOT, 'examples', 'media', 'video', `${name}.mp4`);
const cameras = { under: video('under'), mid: video('mid'), over: video('over') };

/** The graph as it ships, its cameras played from files, small. */
function withFiles(name: string, play: 'once' | 'loop', params: Record<string, string>): Promise<Graph> {
  const text = readFileSync(path.join(ROOT, 'graphs', name), 'utf8');
  const played = text.replaceAll(/uri: "([^"]+)"/g, `uri: "$1", play: ${play}, size: 320x180`);
  return parseGraphText(played, { params: { ...cameras, ...params } });
}

test.serial('graphs/surveillance-record.yaml: segments that play', async (t) => {
  const to = temporaryFolder();
  const { error } = await runToEnd(await withFiles('surveillance-record.yaml', 'once', { to, segment: '1s' }));
  t.is(error, undefined);
  const names = readdirSync(to);
  t.true(names.length >= 1 && names.every((name) => /Z\.mp4$/.test(name)), names.join());
  const counts = await Promise.all(names.map((name) => countPictures(path.join(to, name))));
  t.true(counts.every((count) => count > 0 && count <= 30), counts.join());
});

test.serial('graphs/broadcast-srt.yaml: a viewer by SRT, and a playlist', async (t) => {
  const [port, folder] = [await freePort(), temporaryFolder()];
  const playlist = path.join(folder, 'live.m3u8');
  const params = { srt: `srt://127.0.0.1:${port}?mode=listener`, hls: `hls:${folder}` };
  const graph = await withFiles('broadcast-srt.yaml', 'loop', params);
  const viewer = receive(`srtsrc uri=srt://127.0.0.1:${port} ! tsdemux ! h264parse ! avdec_h264`, 12);
  let begun = false;
  const { error } = await runToEnd(graph, (event, running) => {
    if (event.type !== 'started' || begun) return;
    begun = true;
    void Promise.all([viewer, until(() => existsSync(playlist))]).then(() => running.stop());
  });
  t.is(error, undefined);
  t.true((await viewer).pictures >= 12);
  const lines = readFileSync(playlist, 'utf8').trimEnd().split('\n');
  const segments = lines.filter((line) => line.endsWith('.ts'));
  t.true(segments.length >= 1 && lines.at(-1) === '#EXT-X-ENDLIST');
  for (const name of segments) t.true((await countPictures(path.join(folder, name))) > 0);
});
