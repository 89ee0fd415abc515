/**
 * Glass to glass: how much later a picture leaves the chain than the cameras gave it. Three cameras paint the time into their
 * raw pictures; it is read from the fused ones after they have gone through GStreamer once more, as to a screen. Between are
 * the ways into Node and out of it, `sync`, and `ipl`; no camera's encoder and no network.
 *
 *     npm run bench:latency -- [--seconds 20] [--size 1280x720] [--rate 30] [--json FILE]
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { tap, type Observable } from 'rxjs';
import { builtinElements, defineElement, ONE_STREAM, parseGraphText, type ElementRegistry, type Frame } from '../../plugin';
import { read } from '../soak/painted-number';
import { ageOf } from './painted-time';

const NAMES = ['under', 'mid', 'over'];
const WARM_UP_MS = 3_000;
/** The target of 720p30 on two cores. */
const MOST_MS = 100;

function registryWith(see: (frame: Frame) => void): ElementRegistry {
  const registry = builtinElements();
  registry.add(
    defineElement({
      kind: 'stage', name: 'screen', summary: 'Reads the time in the pictures.', input: ONE_STREAM, output: 'frames', options: {}, example: '',
      create: () => ({ connect: ([frames]) => (frames as Observable<Frame>).pipe(tap(see)) }),
    }),
  );
  return registry;
}

function graphText(fifos: readonly string[], bytes: number): string {
  const camera = (fifo = ''): object => ({ use: 'source', launch: `filesrc location=${fifo} blocksize=${bytes} ! gdpdepay` });
  const nodes = {
    ...Object.fromEntries(NAMES.map((name, index) => [name, camera(fifos[index])])),
    set: { use: 'sync', from: NAMES, late: 'skip', queue: { capacity: 4, policy: 'drop-oldest' } },
    fused: { use: 'ipl', from: 'set', queue: 'drop-oldest' },
    out: { use: 'filter', from: 'fused', launch: 'videoconvert ! video/x-raw,format=NV12' },
    screen: { use: 'screen', from: 'out' },
    end: { use: 'sink', from: 'screen', launch: 'fakesink' },
  };
  return JSON.stringify({ nodes });
}

const rank = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '20' },
      size: { type: 'string', default: '1280x720' },
      rate: { type: 'string', default: '30' },
      json: { type: 'string' },
    },
  });
  const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
  const [width = 1280, height = 720] = values.size.split('x').map(Number);
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-latency-'));
  const fifos = NAMES.map((name) => path.join(folder, name));
  execFileSync('mkfifo', fifos);
  const ages: number[] = [];
  let unreadable = 0;
  let begin = Infinity;
  const graph = await parseGraphText(graphText(fifos, width * height * 1.5), {}, registryWith(({ payload, caps }) => {
    begin = Math.min(begin, performance.now());
    if (performance.now() - begin < WARM_UP_MS) return;
    const number = read(payload, caps, true);
    if (number === undefined) unreadable += 1;
    else ages.push(ageOf(number));
  }));
  const cameras = spawn(process.execPath, ['-r', path.join(__dirname, '..', '..', 'scripts', 'typescript.js'), path.join(__dirname, 'cameras.ts'), String(width), String(height), String(rate), ...fifos], { stdio: ['pipe', 'ignore', 'inherit'] });
  process.once('exit', () => cameras.kill('SIGKILL'));
  const running = graph.run();
  await new Promise<void>((resolve, reject) => {
    running.events.subscribe({
      next: (event) => {
        if (event.type === 'started') setTimeout(() => running.stop(), WARM_UP_MS + seconds * 1000);
      },
      error: reject,
      complete: resolve,
    });
  });
  rmSync(folder, { recursive: true, force: true });
  ages.sort((a, b) => a - b);
  const result = {
    case: 'latency', size: values.size, rate, seconds, cores: cpus().length, processor: cpus()[0]?.model, loadAverage: loadavg()[0],
    pictures: ages.length, lost: Math.max(0, Math.round(seconds * rate) - ages.length - unreadable), unreadable,
    medianMs: rank(ages, 0.5), p95Ms: rank(ages, 0.95), p99Ms: rank(ages, 0.99), mostMs: rank(ages, 1),
  };
  const reached = ages.length > 0 && result.p95Ms < MOST_MS;
  console.log(`${values.size} at ${rate} a second, ${result.pictures} pictures of ${Math.round(seconds * rate)} (${result.lost} lost, ${result.unreadable} unreadable): median ${result.medianMs} ms, 95 % within ${result.p95Ms} ms, 99 % within ${result.p99Ms} ms, at most ${result.mostMs} ms`);
  console.log(`${reached ? 'reached' : 'MISSED '}  95 % within less than ${MOST_MS} ms (load average ${result.loadAverage?.toFixed(1)})`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
  process.exitCode = reached ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
