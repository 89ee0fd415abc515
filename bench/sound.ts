/**
 * How far sound is from its pictures, over minutes and a restart of the camera. The camera (ffmpeg, transport stream over UDP) flashes and
 * clicks once a second; it is killed in the middle and started again. What was recorded is read by ffmpeg.
 *
 *     npm run bench:sound -- --minutes 10
 */
import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseGraphText } from '../plugin';
import { gone } from '../test/support/cameras';
import { clapperCamera, clapsIn, offsets } from '../test/support/clapper';
import { freePort } from '../test/support/ports';

const LIMIT_MS = 20;

async function main(minutes: number): Promise<void> {
  const [folder, port] = [mkdtempSync(path.join(tmpdir(), 'gst-ipl-sound-')), await freePort()];
  const address = `udp://127.0.0.1:${port}?pkt_size=1316`;
  const graph = await parseGraphText(`nodes:
  cam: { use: source, uri: 'udp://127.0.0.1:${port}', restart: { silence: 2s } }
  rec: { use: record, from: cam, to: '${folder}', segment: 60s, preset: ultrafast, audio: cam }
`);
  let camera = clapperCamera(address);
  const running = graph.run();
  const half = setTimeout(() => void gone(camera), minutes * 30_000);
  const end = setTimeout(() => running.stop(), minutes * 60_000);
  await new Promise<void>((resolve, reject) => {
    running.events.subscribe({
      next: (event) => {
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
  let worst = 0;
  for (const name of readdirSync(folder).sort()) {
    const claps = await clapsIn(path.join(folder, name));
    const found = offsets(claps);
    const known = found.filter((offset) => offset !== undefined).map((offset) => offset * 1000);
    const lost = found.length - known.length;
    worst = Math.max(worst, lost > 0 ? Infinity : 0, ...known.map(Math.abs));
    console.log(`${name}: ${claps.pictures} pictures, ${found.length} flashes, ${lost} without a click; sound later by ${known.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  }
  rmSync(folder, { recursive: true });
  console.log(`worst ${worst.toFixed(1)} ms, limit ${LIMIT_MS} ms`);
  process.exitCode = worst <= LIMIT_MS ? 0 : 1;
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
void main(Number(values.minutes));
