/** Cameras whose sound is passed through, and stops, changes, or comes late: no picture is lost by it, and what is there is at its time. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { gone } from '../support/cameras';
import { clapperCamera, clapsIn, offsets, offsetsOfLife, soundPackets } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { freePort } from '../support/ports';
import { load, runToEnd, type Outcome } from '../support/run-graph';
import type { GraphEvent, RunningGraph } from '../../plugin';

/** Seconds. */
const LIMIT = 0.02;

const recordings = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mp4')).sort().map((name) => path.join(folder, name));
const picturesIn = (claps: readonly { pictures: number }[]): number => claps.reduce((sum, { pictures }) => sum + pictures, 0);

/** Records a camera on a port for so many pictures. */
async function recordCamera(port: number, out: string, pictures: number, onEvent: (event: GraphEvent, count: number) => void = () => undefined): Promise<Outcome> {
  const graph = await load(`nodes:
  cam: { use: source, uri: 'udp://127.0.0.1:${port}', restart: { silence: 2s, delay: 200ms } }
  rec: { use: record, from: cam, to: '${out}', segment: 60s, preset: ultrafast, audio: cam, audioCodec: copy }
`);
  let count = 0;
  return await runToEnd(graph, (event, running: RunningGraph) => {
    if (event.type === 'frame' && event.node === 'cam') count += 1;
    onEvent(event, count);
    if (count === pictures) running.stop();
  });
}

/** Of the sound of a file. */
const probe = (file: string, field: string): string => execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'a', '-show_entries', `stream=${field}`, '-of', 'csv=p=0', file], { encoding: 'utf8' }).trim();

/** Two packets that follow each other are one packet apart, or further where there was a rest of a gap; never nearer. */
async function leastStep(file: string): Promise<number> {
  const times = (await soundPackets(file)).map(({ time }) => time);
  return Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

for (const [codec, arguments_, packet] of [['aac', ['-c:a', 'aac'], 1024 / 48_000], ['opus', ['-c:a', 'libopus'], 0.02]] as const) {
  test.serial(`${codec}: a camera that is started again: silence between, in one file, and sound at its time before and after`, async (t) => {
    t.timeout(120_000);
    const [port, folder] = [await freePort(), temporaryFolder()];
    const address = `udp://127.0.0.1:${port}?pkt_size=1316`;
    let camera: ChildProcess = clapperCamera(address, arguments_);
    let killed = false;
    const { error } = await recordCamera(port, folder, 330, (event, count) => {
      // Between two flashes: a camera sends sound up to 0.7 s after its frames.
      if (count === 165 && !killed) {
        killed = true;
        void gone(camera);
      }
      if (event.type === 'source-lost') camera = clapperCamera(address, arguments_);
    });
    await gone(camera);
    t.is(error, undefined);
    const [file = '', ...more] = recordings(folder);
    t.deepEqual(more, []);
    const claps = await clapsIn(file);
    const found = offsetsOfLife(claps);
    t.log(found.map((offset) => offset && Math.round(offset * 1e4) / 10));
    t.like(claps, { pictures: 330, codec });
    t.true(found.length >= 6);
    for (const offset of found) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
    t.true((await leastStep(file)) > packet - 0.002);
    // A strict decoder finds no fault in it.
    execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-err_detect', 'explode', '-i', file, '-vn', '-f', 'null', '-']);
  });
}

test.serial('a camera that comes back with other sound: a new file begins, and each says what is in it', async (t) => {
  t.timeout(120_000);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const address = `udp://127.0.0.1:${port}?pkt_size=1316`;
  let camera: ChildProcess = clapperCamera(address, ['-c:a', 'aac']);
  let killed = false;
  const { error } = await recordCamera(port, folder, 240, (event, count) => {
    if (count === 90 && !killed) {
      killed = true;
      void gone(camera);
    }
    if (event.type === 'source-lost') camera = clapperCamera(address, ['-c:a', 'aac', '-ar', '44100', '-ac', '2']);
  });
  await gone(camera);
  t.is(error, undefined);
  const files = recordings(folder);
  t.deepEqual(files.map((file) => [probe(file, 'sample_rate'), probe(file, 'channels')]), [['48000', '1'], ['44100', '2']]);
  const claps = await Promise.all(files.map(clapsIn));
  t.is(picturesIn(claps), 240);
  const found = claps.flatMap(offsets);
  t.log(found);
  for (const offset of found.slice(0, -1)) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
});

test.serial('sound that ends while pictures go on is silence; no picture is lost', async (t) => {
  t.timeout(60_000);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const camera = clapperCamera(`udp://127.0.0.1:${port}?pkt_size=1316`, ['-c:a', 'aac', '-af', 'atrim=end=3']);
  const { error, warnings } = await recordCamera(port, folder, 210);
  await gone(camera);
  t.is(error, undefined);
  t.is(warnings.filter((text) => /The sound of "cam" has stopped; the video goes on, with silence/.test(text)).length, 1, warnings.join('\n'));
  const [file = ''] = recordings(folder);
  const claps = await clapsIn(file);
  t.is(claps.pictures, 210);
  const last = (await soundPackets(file)).at(-1)?.time ?? 0;
  t.true(last > 6.9, `sound up to ${last} s`);
});

test.serial('a camera without sound is told of once, and recorded without a track for it', async (t) => {
  t.timeout(60_000);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const camera = clapperCamera(`udp://127.0.0.1:${port}?pkt_size=1316`, ['-an']);
  const { error, warnings } = await recordCamera(port, folder, 120);
  await gone(camera);
  t.is(error, undefined);
  t.deepEqual(warnings.filter((text) => /sound/.test(text)), ['Node "rec": "cam" has no sound; the video goes without until there is.']);
  const [claps] = await Promise.all(recordings(folder).map(clapsIn));
  t.like(claps, { pictures: 120, codec: null });
});

test.serial('a microphone is not encoded: told once, and its pictures are recorded', async (t) => {
  t.timeout(60_000);
  const folder = temporaryFolder();
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, launch: 'videotestsrc is-live=true num-buffers=60 pattern=black ! video/x-raw,format=I420,width=64,height=48,framerate=30/1' }
  mic: { use: source, launch: 'audiotestsrc is-live=true' }
  rec: { use: record, from: cam, to: '${folder}', preset: ultrafast, audio: mic, audioCodec: copy }
`),
  );
  t.is(error, undefined);
  t.is(warnings.filter((text) => /The sound of "mic" is not encoded, which is not passed through/.test(text)).length, 1, warnings.join('\n'));
  const [claps] = await Promise.all(recordings(folder).map(clapsIn));
  t.like(claps, { pictures: 60, codec: null });
});
