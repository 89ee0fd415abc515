/** Cameras whose sound stops, never was, or comes back with them: no picture is lost by it, and the sound is at its time again. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { gone } from '../support/cameras';
import { clapperCamera, clapperFilm, clapsIn, offsetsOfLife } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { freePort } from '../support/ports';
import { load, runToEnd, type Outcome } from '../support/run-graph';
import type { GraphEvent, RunningGraph } from '../../plugin';

/** Seconds. */
const LIMIT = 0.02;

const recordings = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mp4')).sort().map((name) => path.join(folder, name));

/** Records a camera on a port for so many pictures. */
async function recordCamera(port: number, out: string, pictures: number, onEvent: (event: GraphEvent, count: number) => void = () => undefined): Promise<Outcome> {
  const graph = await load(`nodes:
  cam: { use: source, uri: 'udp://127.0.0.1:${port}', restart: { silence: 2s, delay: 200ms } }
  rec: { use: record, from: cam, to: '${out}', segment: 3s, preset: ultrafast, audio: cam }
`);
  let count = 0;
  return await runToEnd(graph, (event, running: RunningGraph) => {
    if (event.type === 'frame' && event.node === 'cam') count += 1;
    onEvent(event, count);
    if (count === pictures) running.stop();
  });
}

test.serial('a camera that is started again: its sound is at its time before and after', async (t) => {
  t.timeout(120_000);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const address = `udp://127.0.0.1:${port}?pkt_size=1316`;
  let camera: ChildProcess = clapperCamera(address);
  let killed = false;
  const { error, events } = await recordCamera(port, folder, 330, (event, count) => {
    if (count === 165 && !killed) {
      killed = true;
      void gone(camera);
    }
    if (event.type === 'source-lost') camera = clapperCamera(address);
  });
  await gone(camera);
  t.is(error, undefined);
  t.is(events.filter(({ type }) => type === 'source-restored').length, 1);
  const files = await Promise.all(recordings(folder).map(clapsIn));
  const found = files.flatMap(offsetsOfLife);
  t.log(found.map((offset) => offset && Math.round(offset * 1e4) / 10));
  t.is(files.reduce((sum, { pictures }) => sum + pictures, 0), 330);
  // Where the gap is between two files, the flash behind it is the first of one: its sound may be found after its first frames.
  const heard = found.filter((offset) => offset !== undefined);
  t.true(heard.length >= 6 && found.length - heard.length <= 1);
  for (const offset of heard) t.true(Math.abs(offset) <= LIMIT, String(offset));
});

test.serial('a camera without sound is told of once, and recorded', async (t) => {
  t.timeout(60_000);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const camera = clapperCamera(`udp://127.0.0.1:${port}?pkt_size=1316`, ['-an']);
  const { error, warnings } = await recordCamera(port, folder, 150);
  await gone(camera);
  t.is(error, undefined);
  t.deepEqual(warnings.filter((text) => /sound/.test(text)), ['Node "rec": "cam" has no sound; the video goes with silence until there is.']);
  const files = await Promise.all(recordings(folder).map(clapsIn));
  t.is(files.reduce((sum, { pictures }) => sum + pictures, 0), 150);
});

test.serial('a file without sound is told of once, and recorded without a track for it', async (t) => {
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 3, sound: ['-an'] });
  const out = path.join(folder, 'out');
  const { error, warnings } = await runToEnd(await load(`nodes:
  cam: { use: source, uri: '${film}' }
  rec: { use: record, from: cam, to: '${out}', preset: ultrafast, audio: cam }
`));
  t.is(error, undefined);
  t.deepEqual(warnings, ['Node "rec": "cam" has no sound; the video goes without.']);
  const [claps] = await Promise.all(recordings(out).map(clapsIn));
  t.like(claps, { pictures: 90, codec: null });
});

test.serial('a microphone that stops costs no picture, is told of, and comes back at its time', async (t) => {
  t.timeout(90_000);
  const folder = temporaryFolder();
  // It ends after three seconds, and is started again.
  const graph = await load(`nodes:
  cam: { use: source, launch: 'videotestsrc is-live=true num-buffers=300 pattern=black ! video/x-raw,format=I420,width=64,height=48,framerate=30/1' }
  mic: { use: source, launch: 'audiotestsrc is-live=true num-buffers=140', restart: { delay: 2500ms, longest: 2500ms } }
  rec: { use: record, from: cam, to: '${folder}', segment: 60s, preset: ultrafast, audio: mic }
`);
  const { error, warnings } = await runToEnd(graph);
  t.is(error, undefined);
  t.true(warnings.some((text) => /The sound has ended/.test(text)), warnings.join('\n'));
  t.is(warnings.filter((text) => /The sound of "mic" has stopped; the video goes on, with silence/.test(text)).length, 1, warnings.join('\n'));
  const [claps] = await Promise.all(recordings(folder).map(clapsIn));
  t.is(claps?.pictures, 300);
  t.is(claps?.codec, 'aac');
  // It is loud, then silent, then loud again: each counts as a click when it begins.
  t.true((claps?.clicks.length ?? 0) >= 2, String(claps?.clicks));
});
