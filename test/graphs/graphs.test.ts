/** Every graph and example that ships runs to its end, with the shipped media and the shipped network. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, map, toArray } from 'rxjs';
import { builtinElements, graphSchema, launch, loadGraph, source } from '../../plugin';
import { gone, H264, picture, rtspCamera, stubbornSender } from '../support/cameras';
import { clapperFilm } from '../support/clapper';
import { freePort, isBound } from '../support/ports';
import { figure, ROOT, runCommand, startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, record } from '../support/media';
import { until } from '../support/peers';
import { runToEnd } from '../support/run-graph';

const folder = temporaryFolder();
const media = path.join(ROOT, 'examples', 'media');

/** Running time and duration of every picture of a file. */
function timesOf(file: string): Promise<string[]> {
  const pictures = source(launch`filesrc location=${file} ! decodebin`);
  return lastValueFrom(pictures.pipe(map(({ runningTime, duration }) => `${runningTime}+${duration}`), toArray()));
}

test.serial('three files to MP4: every picture of the reference, at its very time', async (t) => {
  const out = path.join(folder, 'fused.mp4');
  const { code, stderr } = await runCommand('run', 'graphs/three-files.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const fused = await timesOf(out);
  t.is(fused.length, 90);
  t.deepEqual(fused, await timesOf(path.join(media, 'video', 'mid.mp4')));
});

test.serial('bracketed stills to PNG, of the size of the exposures', async (t) => {
  const out = path.join(folder, 'fused.png');
  const { code, stderr } = await runCommand('run', 'graphs/bracketed-stills.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const size = async (file: string): Promise<string[]> => {
    const { caps } = await record(`filesrc location=${file} ! decodebin`);
    return [/width=\(int\)\d+/, /height=\(int\)\d+/].map((pattern) => pattern.exec(caps[0] ?? '')?.[0] ?? '');
  };
  t.deepEqual(await size(out), await size(path.join(media, 'still', 'mid.jpg')));
});

test.serial('live test sources to a preview sink', async (t) => {
  const settings = ['display=fakesink', 'frames=60', 'width=320', 'height=180'].flatMap((text) => ['--set', text]);
  const { code, stderr } = await runCommand('run', 'graphs/live-preview.yaml', ...settings);
  t.is(code, 0, stderr);
  const [pictures, dropped] = [/(\d+) frames? in/, /(\d+) frames? w(?:as|ere) dropped/].map((pattern) => Number(pattern.exec(stderr)?.[1] ?? 0));
  // A busy machine drops some, as the graph asks, and tells so.
  t.true(pictures > 0 && pictures <= 60 && pictures + dropped >= 60, stderr);
});

test.serial('a page to watch live test cameras', async (t) => {
  const settings = ['listen=0', 'width=320', 'height=180'].flatMap((text) => ['--set', text]);
  const { child, finished } = startCommand('run', 'graphs/surveillance-preview.yaml', ...settings);
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  const url = await new Promise<string>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /The preview is at (http:\S+\/)\./.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => resolve(''));
  });
  t.not(url, '', said);
  const pictures = await fetch(`${url}api/pictures?streams=0,1,2,3`);
  t.is(pictures.status, 200);
  const bytes = Buffer.from(await pictures.arrayBuffer());
  const head = JSON.parse(bytes.subarray(4, 4 + bytes.readUInt32BE()).toString()) as { pictures: { stream: number }[] };
  t.deepEqual(head.pictures.map(({ stream }) => stream), [0, 1, 2, 3]);
  child.kill('SIGTERM');
  const { code, stderr } = await finished;
  t.is(code, 0, stderr);
});

test.serial('HDR to a recording, and by SRT to whoever calls', async (t) => {
  const { code, stderr, to } = await runHdr(path.join(folder, 'hdr'));
  t.is(code, 0, stderr);
  const [name = ''] = readdirSync(to);
  const ask = ['-v', 'error', '-show_entries', 'stream=pix_fmt,color_transfer', '-of', 'csv=p=0', path.join(to, name)];
  t.is(execFileSync('ffprobe', ask, { encoding: 'utf8' }).trim(), 'yuv420p10le,smpte2084');
  t.notRegex(stderr, /apart by their pixels/);
});

async function runHdr(to: string): Promise<{ code: number | null; stderr: string; to: string }> {
  const port = await freePort();
  const cameras = ['under', 'mid', 'over'].flatMap((name) => ['--set', `${name}=${path.join(media, 'video', `${name}.mp4`)}`]);
  const settings = ['under_ev=-2.6', 'over_ev=2.6', 'curve=srgb', 'output=pq', `to=${to}`, `srt=srt://127.0.0.1:${port}?mode=listener`].flatMap((text) => ['--set', text]);
  return { ...(await runCommand('run', 'graphs/broadcast-hdr.yaml', ...cameras, ...settings)), to };
}

test.serial('HDR and SDR of the same exposures', async (t) => {
  const to = path.join(folder, 'both');
  const cameras = ['under', 'mid', 'over'].flatMap((name) => ['--set', `${name}=${path.join(media, 'video', `${name}.mp4`)}`]);
  const settings = ['under_ev=-2.6', 'over_ev=2.6', 'curve=srgb', 'output=pq', `to=${to}`].flatMap((text) => ['--set', text]);
  const { code, stderr } = await runCommand('run', 'graphs/hdr-and-sdr.yaml', ...cameras, ...settings);
  t.is(code, 0, stderr);
  const kinds = ['hdr', 'sdr'].map((name) => {
    const file = path.join(to, name, readdirSync(path.join(to, name))[0] ?? '');
    return execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name,pix_fmt,color_transfer', '-of', 'csv=p=0', file], { encoding: 'utf8' }).trim();
  });
  t.is(kinds[0], 'hevc,yuv420p10le,smpte2084');
  t.regex(kinds[1] ?? '', /^h264,yuv420p,(bt709|unknown)/);
});

test.serial('HDR of files: every picture, with sound', async (t) => {
  const to = path.join(folder, 'files-hdr');
  const { code, stderr } = await runWithSound('graphs/files-hdr.yaml', ['under_ev=-0.1', 'over_ev=0.1', `to=${to}`, 'preset=ultrafast']);
  t.is(code, 0, stderr);
  const ask = ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,pix_fmt,nb_read_packets', '-of', 'csv=p=0', path.join(to, readdirSync(to)[0] ?? '')];
  const [pictures = '', sound = ''] = execFileSync('ffprobe', ask, { encoding: 'utf8' }).trim().split('\n');
  t.is(pictures, 'hevc,yuv420p10le,60');
  t.regex(sound, /^aac,/);
});

test.serial('pictures of three cameras with the sound of one: recorded, and by HLS', async (t) => {
  const [to, hls] = [path.join(folder, 'sound'), path.join(folder, 'sound-live')];
  const { code, stderr } = await runWithSound('graphs/sound.yaml', [`to=${to}`, `hls=hls:${hls}`, 'preset=ultrafast']);
  t.is(code, 0, stderr);
  // Cameras that are files wait for the fusion: the queues of this live graph drop nothing then.
  const count = ['-v', 'error', '-count_packets', '-select_streams', 'v', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path.join(to, readdirSync(to)[0] ?? '')];
  t.is(execFileSync('ffprobe', count, { encoding: 'utf8' }).trim(), '60');
  for (const file of [path.join(to, readdirSync(to)[0] ?? ''), path.join(hls, 'live.m3u8')]) {
    const ask = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file];
    t.deepEqual([...new Set(execFileSync('ffprobe', ask, { encoding: 'utf8' }).trim().split(/\s+/))].sort(), ['aac', 'h264'], file);
  }
});

/** All three cameras show a small film with sound. */
async function runWithSound(graph: string, settings: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const film = await clapperFilm(path.join(folder, 'with-sound.mp4'), { seconds: 2 });
  const cameras = ['under', 'mid', 'over'].map((name) => `${name}=${film}`);
  return runCommand('run', graph, ...[...cameras, ...settings].flatMap((text) => ['--set', text]));
}

test.serial('a filter after the fusion, and two sinks', async (t) => {
  const [out, stills] = [path.join(folder, 'filtered.mp4'), path.join(folder, '100%s-still')];
  const { code, stderr } = await runCommand('run', 'graphs/filtered.yaml', '--set', `out=${out}`, '--set', `stills=${stills}`);
  t.is(code, 0, stderr);
  t.is(await countPictures(out), 90);
  t.is(await countPictures(path.join(folder, '100%s-still-001.jpg')), 1);
});

test.serial("a user's own element", async (t) => {
  const out = path.join(folder, 'masked.mp4');
  const { code, stderr } = await runCommand('run', 'examples/own-element/graph.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const { frames } = await record(`filesrc location=${out} ! decodebin ! videoconvert ! video/x-raw,format=I420`);
  t.is(frames.length, 90);
  // Inside of the mask, in the middle of its first row and a few rows below.
  for (const y of [80, 150, 280]) t.true(Math.abs((frames[40]?.payload[y * 1280 + 900] ?? 0) - 128) <= 3);
});

test.serial('a TypeScript program with an operator of its own', async (t) => {
  const out = path.join(folder, 'program.mp4');
  const program = startCommand('exec', 'examples/rxjs-program.ts', out);
  const { code, stdout, stderr } = await program.finished;
  t.is(code, 0, stderr);
  t.regex(stdout, /1\.000 s: mean luma \d+\.\d/);
  t.regex(stdout, /^90 frames/m);
  t.is(await countPictures(out), 90);
});

test.serial('three RTSP cameras to a recording, until Ctrl-C', async (t) => {
  t.timeout(120_000);
  const out = path.join(folder, 'cameras.mp4');
  const camera = await rtspCamera();
  const cameras = ['under', 'mid', 'over'].flatMap((name) => ['--set', `${name}=rtsp://127.0.0.1:${camera.port}/cam`]);
  const port = await freePort();
  const run = startCommand('run', 'graphs/rtsp-cameras.yaml', ...cameras, '--set', 'size=64x48', '--set', `out=${out}`, '--metrics', `${port}`);
  // The file itself grows when 64 KiB have gathered, half a minute later.
  await until(async () => run.child.exitCode !== null || (await figure('gst_ipl_output_frames_total{node="file"}', port)) >= 3);
  run.child.kill('SIGINT');
  const { code, stderr } = await run.finished;
  await gone(camera.child);
  t.is(code, 0, stderr);
  t.true((await countPictures(out)) >= 3);
});

test.serial('SRT cameras, called and calling', async (t) => {
  t.timeout(120_000);
  const ports = [await freePort(), await freePort(), await freePort()];
  // One camera for all three, so that its pictures pair.
  const uris = [`srt://127.0.0.1:${ports[0]}?mode=listener`, `srt://127.0.0.1:${ports[1]}?mode=listener`, `srt://127.0.0.1:${ports[2]}`];
  const ends = uris.map((uri) => `t. ! queue ! srtsink uri=${uri} wait-for-connection=false`).join(' ');
  // Its calls begin when the graph listens: one that nobody answers leaves SRT's clock, by which branches pair, up to a
  // second off for a minute.
  let end = (): Promise<void> => Promise.resolve();
  const begin = (): void => void (end = stubbornSender(`${picture()} ! ${H264} ! mpegtsmux alignment=7 ! tee name=t ${ends}`));
  const params = { under: `srt://127.0.0.1:${ports[0]}`, mid: `srt://127.0.0.1:${ports[1]}`, over: `srt://:${ports[2]}?mode=listener`, size: '64x48', display: 'fakesink' };
  const graph = await loadGraph(path.join(ROOT, 'graphs', 'srt-cameras.yaml'), { params });
  let fused = 0;
  void until(() => isBound(ports[2])).then(begin);
  const outcome = await runToEnd(graph, (event, running) => {
    if (event.type === 'frame' && event.node === 'fused' && ++fused === 3) running.stop();
  });
  await end();
  t.is(outcome.error, undefined, outcome.error?.describe());
});

test.serial('cameras at USB: a clear sentence where there is none', async (t) => {
  const { code, stderr } = await runCommand('run', 'graphs/v4l2-cameras.yaml', '--set', 'dark=v4l2:///dev/video98', '--set', 'bright=v4l2:///dev/video99', '--set', 'display=fakesink');
  t.is(code, 2, stderr);
  for (const [node, device] of [['dark', 98], ['bright', 99]]) t.regex(stderr, new RegExp(`Node \\\\?"${node}\\\\?": The device \\\\?"/dev/video${device}\\\\?" does not exist`));
  t.regex(stderr, /gst-device-monitor-1\.0. lists the devices/);
});

test('no graph and no example is left out of these tests', (t) => {
  const files = [...readdirSync(path.join(ROOT, 'graphs')), ...readdirSync(path.join(ROOT, 'examples'))];
  t.deepEqual(files.filter((file) => !file.endsWith('.md')).sort(), [
    'alternating-stream.yaml', 'bracketed-stills.yaml', 'broadcast-hdr.yaml', 'broadcast-srt.yaml', 'files-hdr.yaml', 'filtered.yaml', 'hdr-and-sdr.yaml', 'live-preview.yaml', 'media', 'own-element',
    'rtsp-cameras.yaml', 'rxjs-program.ts', 'schema.json', 'sound.yaml', 'srt-cameras.yaml', 'surveillance-preview.yaml', 'surveillance-record.yaml', 'three-files.yaml',
    'v4l2-cameras.yaml',
  ].sort());
});

test('the published schema is that of the elements', (t) => {
  const file = path.join(ROOT, 'graphs', 'schema.json');
  t.true(existsSync(file));
  const published: unknown = JSON.parse(readFileSync(file, 'utf8'));
  t.deepEqual(published, JSON.parse(JSON.stringify(graphSchema(builtinElements()))), 'Run: node bin/gst-ipl.js schema > graphs/schema.json');
});
