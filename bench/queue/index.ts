/**
 * A folder of brackets: one at a time, as whoever calls `gst-ipl fuse` for each has them, one at a time by `batch -j 1`, on all cores, and over a queue with one worker; then over a queue with three workers, which are
 * killed (SIGKILL) again and again while Redis is started anew once. Every output must be there once, whole, and the same; and a recording, which
 * is done in segments, must have the frames and time stamps of one run.
 *
 *     npm run build && npm run bench:queue -- [--brackets 40] [--width 3000] [--height 2000] [--kills 20] [--seconds 60] [--only speed|kill] [--json FILE]
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeBrackets } from '../../test/support/brackets';
import { runCommand, startCommand } from '../../test/support/command';
import { gstLaunch, record } from '../../test/support/media';
import { freePort } from '../../test/support/ports';
import { TestWorker } from '../../test/support/queue-worker';
import { TestRedis } from '../../test/support/redis';

/** As compose.yaml has it. */
const KEPT = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];

const WORKERS = 3;

const NIGHT = 'night';

interface Batch {
  readonly seconds: number;
  /** Of the processes that it started, as long as it ran. */
  readonly cpuSeconds: number;
  readonly code: number | null;
  readonly stderr: string;
}

async function batch(photos: string, out: string, ...more: readonly string[]): Promise<Batch> {
  const [start, before] = [performance.now(), childrenCpu()];
  const { code, stderr } = await runCommand('batch', photos, '-o', out, ...more);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: childrenCpu() - before, code, stderr };
}

/** proc(5): cutime and cstime, in hundredths of a second, of children that have ended, and theirs. */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [user = '0', system = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}

/** One call of `gst-ipl fuse` for each bracket, one after the other. */
async function fuseEach(photos: string, out: string): Promise<Batch> {
  mkdirSync(out);
  const [start, before] = [performance.now(), childrenCpu()];
  const files = readdirSync(photos).sort().map((name) => path.join(photos, name));
  let stderr = '';
  for (let first = 0; first < files.length; first += 3) {
    const each = await runCommand('fuse', ...files.slice(first, first + 3), '-o', path.join(out, `${first}.jpg`));
    stderr += each.stderr;
    if (each.code !== 0) return { seconds: 0, cpuSeconds: 0, code: each.code, stderr };
  }
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: childrenCpu() - before, code: 0, stderr };
}

const picturesOf = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort();

function requireAll({ code, stderr }: Batch, out: string, brackets: number): void {
  if (code !== 0 || picturesOf(out).length !== brackets) throw new Error(`The batch ended with ${code}, ${picturesOf(out).length} of ${brackets}:\n${stderr}`);
}

async function speed(folder: string, photos: string, brackets: number): Promise<Record<string, number>> {
  const cores = availableParallelism();
  const redis = new TestRedis(await freePort(), KEPT);
  await redis.start();
  const worker = new TestWorker(redis.url, folder, '--jobs', String(cores), '--silence', '30');
  await worker.ready;
  try {
    const rows: Record<string, number> = {};
    const shared = ['--queue', redis.url, '--shared', folder];
    for (const [name, args] of [['each', undefined], ['alone', ['-j', '1']], ['cores', ['-j', String(cores)]], ['queue', shared]] as const) {
      const out = path.join(folder, name);
      const made = args ? await batch(photos, out, ...args) : await fuseEach(photos, out);
      requireAll(made, out, brackets);
      rows[`${name}Seconds`] = made.seconds;
      rows[`${name}CpuSeconds`] = made.cpuSeconds;
    }
    return {
      cores, ...rows, timesOneAtATime: rows.eachSeconds / rows.coresSeconds, timesOneJob: rows.aloneSeconds / rows.coresSeconds,
      // One job keeps more than one core at work, too: no number of processes is faster than all of them.
      mostTimesOneJob: (cores * rows.aloneSeconds) / rows.coresCpuSeconds, queueOverhead: rows.queueSeconds / rows.coresSeconds - 1,
    };
  } finally {
    await worker.stop();
    await redis.kill();
  }
}

/** Three exposures of a moving scene, whose key frames lie at different places. */
async function makeRecording(folder: string, seconds: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [index, name] of ['under', 'mid', 'over'].entries()) {
    await gstLaunch(`videotestsrc num-buffers=${25 * seconds} pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! videobalance brightness=${(index - 1) / 4} ! x264enc key-int-max=${40 + 9 * index} speed-preset=veryfast ! h264parse ! mp4mux ! filesink location=$file`, { file: path.join(folder, `${name}.mp4`) }, 600_000);
  }
}

/** Of a recording's pictures. */
async function timesOf(file: string): Promise<string> {
  const { frames } = await record(`filesrc location=${file} ! qtdemux ! h264parse`);
  return frames.map(({ pts, duration }) => `${pts} +${duration}`).join(' ');
}

async function kill(folder: string, photos: string, brackets: number, kills: number): Promise<Record<string, number>> {
  const [out, right] = [path.join(folder, 'killed'), path.join(folder, 'right')];
  requireAll(await batch(photos, right, '--segment', '86400'), right, brackets);
  const redis = new TestRedis(await freePort(), KEPT);
  await redis.start();
  const workers = Array.from({ length: WORKERS }, () => new TestWorker(redis.url, folder));
  await Promise.all(workers.map(({ ready }) => ready));
  const start = performance.now();
  const run = startCommand('batch', photos, '-o', out, '--queue', redis.url, '--shared', folder, '--segment', '10');
  let over = false;
  const finished = run.finished.finally(() => (over = true));
  let done = 0;
  let reached = 0;
  while (!over && done < kills) {
    // On a machine of any speed: something is done between two kills, or the same job would be hit every time.
    const there = existsSync(out) ? picturesOf(out).length : 0;
    if (there <= reached) {
      await Promise.race([finished, pause(100)]);
      continue;
    }
    reached = there;
    await pause(1000 * Math.random());
    if (done === Math.floor(kills / 2)) {
      await redis.kill('SIGTERM');
      await redis.start();
    }
    const which = done % WORKERS;
    await workers[which].kill();
    workers[which] = new TestWorker(redis.url, folder);
    done += 1;
  }
  let { code, stderr } = await finished;
  const seconds = (performance.now() - start) / 1000;
  // Who is killed three times at one job sets it aside, which is told; the same command does it.
  const setAside = [...stderr.matchAll(/is set aside/g)].length;
  if (code !== 0) ({ code, stderr } = await batch(photos, out, '--queue', redis.url, '--shared', folder, '--segment', '10'));
  await Promise.all(workers.map((worker) => worker.stop()));
  await redis.kill();
  const there = picturesOf(out);
  const missing = picturesOf(right).filter((name) => !there.includes(name)).length;
  const damaged = there.filter((name) => !readFileSync(path.join(out, name)).equals(readFileSync(path.join(right, name)))).length;
  const leftovers = [out, path.join(out, NIGHT)].flatMap((one) => readdirSync(one)).filter((name) => name.startsWith('.gst-ipl-') && !name.endsWith('.jsonl')).length;
  const recordings = await Promise.all([out, right].map((one) => timesOf(path.join(one, NIGHT, 'mid-fused.mp4')).catch(() => 'none')));
  const recordingPictures = recordings[0] === recordings[1] ? recordings[0].split(' +').length - 1 : -1;
  const twice = there.length - new Set(there.map((name) => name.replace(/-fused(-\d+)?/, ''))).size;
  if (missing + damaged + twice + leftovers > 0 || recordingPictures <= 0) process.exitCode = 1;
  return { kills: done, seconds, outputs: there.length, missing, damaged, twice, leftovers, setAside, recordingPictures };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      brackets: { type: 'string', default: '40' }, width: { type: 'string', default: '3000' }, height: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '20' }, seconds: { type: 'string', default: '60' }, only: { type: 'string' }, json: { type: 'string' },
    },
  });
  const [brackets, width, height] = [values.brackets, values.width, values.height].map(Number);
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-queue-'));
  try {
    const photos = path.join(folder, 'photos');
    await makeBrackets(photos, brackets, { width, height });
    const rows: Record<string, unknown> = { brackets, megapixels: (width * height) / 1e6 };
    if (values.only !== 'kill') rows.speed = await speed(folder, photos, brackets);
    if (values.only !== 'speed') await makeRecording(path.join(photos, NIGHT), Number(values.seconds));
    if (values.only !== 'speed') rows.kill = await kill(folder, photos, brackets, Number(values.kills));
    console.log(JSON.stringify(rows, undefined, 2));
    if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
