/**
 * How far sound is from its pictures, over minutes and a restart of the camera, recorded and by SRT. The camera (ffmpeg, transport stream over UDP)
 * flashes and clicks once a second; it is killed in the middle and started again. What was recorded, and what a viewer kept, is read by ffmpeg.
 *
 *     npm run bench:sound -- --minutes 10
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseGraphText } from '../plugin';
import { gone } from '../test/support/cameras';
import { clapperCamera, clapsIn, offsets } from '../test/support/clapper';
import { freePort } from '../test/support/ports';

const LIMIT_MS = 20;

async function main(minutes: number): Promise<void> {
  const [folder, port, srt] = [mkdtempSync(path.join(tmpdir(), 'gst-ipl-sound-')), await freePort(), await freePort()];
  const [recorded, viewed] = [path.join(folder, 'recorded'), path.join(folder, 'viewed')];
  for (const name of [recorded, viewed]) mkdirSync(name);
  const address = `udp://127.0.0.1:${port}?pkt_size=1316`;
  const graph = await parseGraphText(`nodes:
  cam: { use: source, uri: 'udp://127.0.0.1:${port}', restart: { silence: 2s } }
  rec: { use: record, from: cam, to: '${recorded}', segment: 60s, preset: ultrafast, audio: cam }
  air: { use: publish, from: cam, to: 'srt://127.0.0.1:${srt}?mode=listener', preset: ultrafast, audio: cam }
`);
  let camera = clapperCamera(address);
  let viewer: ChildProcess | undefined;
  const running = graph.run();
  const half = setTimeout(() => void gone(camera), minutes * 30_000);
  const end = setTimeout(() => running.stop(), minutes * 60_000);
  await new Promise<void>((resolve, reject) => {
    running.events.subscribe({
      next: (event) => {
        if (event.type === 'started') viewer ??= keep(`srt://127.0.0.1:${srt}`, path.join(viewed, 'srt.mkv'));
        if (event.type === 'warning') console.log(event.message);
        if (event.type !== 'source-lost') return;
        console.log(`The camera is started again: ${event.reason}`);
        void gone(camera).then(() => (camera = clapperCamera(address)));
      },
      error: reject,
      complete: resolve,
    });
  });
  clearTimeout(half);
  clearTimeout(end);
  await gone(camera);
  if (viewer?.exitCode === null) {
    const left = once(viewer, 'exit');
    viewer.stdin?.end('q');
    await left;
  }
  let worst = 0;
  for (const name of [recorded, viewed].flatMap((place) => readdirSync(place).sort().map((file) => path.join(place, file)))) {
    const claps = await clapsIn(name);
    // A viewer comes and goes in the middle of a second.
    // A camera may die between flash and click: the last flash before a gap does not count.
    const flashes = claps.flashes.filter((flash, at, all) => (all[at + 1] ?? flash) - flash < 1.5);
    const found = offsets({ ...claps, flashes: name.startsWith(viewed) ? flashes.slice(1, -1) : flashes });
    if (found.length === 0) worst = Infinity;
    const known = found.filter((offset) => offset !== undefined).map((offset) => offset * 1000);
    const lost = found.length - known.length;
    worst = Math.max(worst, lost > 0 ? Infinity : 0, ...known.map(Math.abs));
    console.log(`${path.relative(folder, name)}: ${claps.pictures} pictures, ${found.length} flashes, ${lost} without a click; sound later by ${known.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  }
  rmSync(folder, { recursive: true });
  console.log(`worst ${worst.toFixed(1)} ms, limit ${LIMIT_MS} ms`);
  process.exitCode = worst <= LIMIT_MS ? 0 : 1;
}

/** A viewer that keeps what is sent, as it comes. */
function keep(address: string, file: string): ChildProcess {
  return spawn('ffmpeg', ['-v', 'fatal', '-y', '-i', address, '-c', 'copy', '-f', 'matroska', file], { stdio: ['pipe', 'ignore', 'inherit'] });
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
void main(Number(values.minutes));
