/**
 * What a photographer waits for: one bracket of JPEG files to one JPEG, whole processes, beside enfuse and OpenCV's Mertens on the same
 * files, one after the other in every round.
 *
 *     npm run bench:stills [-- --megapixels 24] [-- --rounds 5] [-- --from A.jpg --from B.jpg --from C.jpg] [-- --align off]
 *
 *     npm run bench:stills -- --memory [--megapixels 24 --megapixels 200]
 *
 * `--memory` is of this command alone: the most that its process held, per size (VmHWM, which counts pages of files that others may take; and what
 * is its own alone). Without `--from` a bracket is painted. Peers that are not installed are left out, and said.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';

// A plain script, without types.
// oxlint-disable-next-line typescript/no-require-imports
const { ensureBuild } = require('../../scripts/setup/build.js') as { ensureBuild(): Promise<void> };

// oxlint-disable-next-line typescript/no-require-imports
const { launchEnvironment } = require('../../bin/environment.js') as { launchEnvironment(): NodeJS.ProcessEnv };

const ROOT = path.join(__dirname, '..', '..');

/** Stops between the exposures that are painted. */
const STOPS = 2;

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: (files: readonly string[], out: string) => string[];
  readonly install?: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    megapixels: { type: 'string', multiple: true }, memory: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' }, from: { type: 'string', multiple: true, default: [] }, align: { type: 'string', default: 'auto' },
  } });
  await ensureBuild();
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-bench-'));
  try {
    if (values.memory) return await memory(folder, values.megapixels ?? ['24', '100', '200'], values.from);
    const files = await bracketOf(folder, Number(values.megapixels?.[0] ?? 24) * 1e6, values.from);
    const ours: Contender = { name: 'gst-ipl fuse', command: process.execPath, args: (given, out) => [path.join(ROOT, 'bin', 'gst-ipl.js'), 'fuse', ...given, '-o', out, '--align', values.align] };
    const enfuse: Contender = { name: 'enfuse', command: 'enfuse', args: (given, out) => ['-o', out, '--compression=95', ...given], install: 'apt-get install enfuse' };
    const mertens: Contender = {
      name: 'OpenCV Mertens', command: '/usr/bin/python3', args: (given, out) => [path.join(ROOT, 'bench', 'stills', 'mertens.py'), out, ...given], install: 'apt-get install python3-opencv',
    };
    await compare([ours, enfuse, mertens], files, folder, Number(values.rounds));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(contenders: readonly Contender[], files: readonly string[], folder: string, rounds: number): Promise<void> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, command, args, install } of contenders) {
      const milliseconds = times.has(name) ? await run(command, args(files, path.join(folder, 'out.jpg'))) : undefined;
      if (milliseconds === undefined && times.delete(name)) console.log(`${name} is not here or failed; it comes with: ${install ?? 'this package'}`);
      // The first round is for the page cache.
      if (milliseconds !== undefined && round > 0) times.get(name)?.push(milliseconds);
    }
  }
  const [first, ...peers] = [...times];
  if (!first) return;
  const { width = 0, height = 0 } = await sharp(files[0]).metadata();
  console.log(`${files.length} exposures of ${width}x${height}, ${availableParallelism()} cores, medians of ${rounds} rounds`);
  for (const [name, list] of times) console.log(`${name}: ${(median(list) / 1000).toFixed(2)} s`);
  for (const [name, list] of peers) console.log(`${median(list.map((time, round) => time / (first[1][round] ?? NaN))).toFixed(1)} times as fast as ${name}, in pairs`);
}

async function memory(folder: string, sizes: readonly string[], from: readonly string[]): Promise<void> {
  for (const megapixels of sizes) {
    const files = await bracketOf(folder, Number(megapixels) * 1e6, from);
    const child = spawn(process.execPath, [path.join(ROOT, 'dist', 'cli', 'main.js'), 'fuse', ...files, '-o', path.join(folder, 'out.jpg')], { stdio: 'ignore', env: launchEnvironment() });
    let [peak, own] = [0, 0];
    const watch = setInterval(() => {
      const status = statusOf(child.pid);
      peak = Math.max(peak, status('VmHWM'));
      own = Math.max(own, status('RssAnon') + status('RssShmem'));
    }, 50);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearInterval(watch);
    if (code !== 0) throw new Error(`fuse ended with ${code}.`);
    console.log(`${files.length} exposures of ${megapixels} megapixels: ${Math.round(peak / 1024)} MB at most, ${Math.round(own / 1024)} MB of them its own`);
  }
}

/** proc(5), in kilobytes; nothing of a process that has ended. */
function statusOf(pid: number | undefined): (name: string) => number {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended.
  }
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** @returns undefined where it cannot be started, or fails */
function run(command: string, args: readonly string[]): Promise<number | undefined> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? performance.now() - start : undefined));
  });
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? NaN;

/** 3:2, as cameras have it. @param from pictures that are scaled to that many pixels */
async function bracketOf(folder: string, pixels: number, from: readonly string[]): Promise<string[]> {
  const height = 8 * Math.round(Math.sqrt(pixels / 1.5) / 8);
  const size = { width: 8 * Math.round(pixels / height / 8), height };
  const pictures = from.length > 0 ? from.map((file) => sharp(file, { autoOrient: true }).resize({ ...size, fit: 'fill' })) : [-STOPS, 0, STOPS].map((ev) => painted(size, 2 ** ev));
  const files = pictures.map((_, index) => path.join(folder, `${index}.jpg`));
  for (const [index, picture] of pictures.entries()) await picture.jpeg({ quality: 93 }).toFile(files[index] ?? '');
  return files;
}

/** Light from 0.004 to 4, with detail of all sizes. */
function painted({ width, height }: { width: number; height: number }, gain: number): Sharp {
  const pixels = Buffer.alloc(3 * width * height);
  const codes = Array.from({ length: 4096 }, (_, index) => Math.round(255 * Math.min(1, gain * 0.004 * 2 ** (index / 410)) ** (1 / 2.2)));
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const detail = 260 * Math.sin(x / 7 + Math.sin(y / 90)) * Math.cos(y / 11) + 300 * Math.sin(x / 171) * Math.sin(y / 133) + ((Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 20) % 160);
      const light = Math.max(0, Math.min(4000, 600 + (2800 * x) / width + detail));
      for (let channel = 0; channel < 3; channel += 1, to += 1) pixels[to] = codes[Math.floor(light + 30 * channel)] ?? 255;
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
