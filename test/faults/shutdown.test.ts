/** `gst-ipl run` ends within three seconds of a signal: recordings are whole, and nothing that is stuck holds it. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { says, startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { asItIs } from '../support/part';
import { until } from '../support/peers';
import { programOf } from '../support/program';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** Three seconds of silence, and a busy machine takes as long to notice; what is not given up takes for ever. */
const SOON_MS = 15_000;

const live = (size: string): string => `videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,${size},framerate=10/1`;

function graph(name: string, sink: string, size = 'width=64,height=48'): string {
  const file = at(`${name}.yaml`);
  writeFileSync(file, `nodes:\n  cam: { use: source, launch: '${live(size)}', restart: always }\n  k: { use: sink, from: cam, launch: '${sink}' }\n`);
  return file;
}

const sizeOf = (file: string): number => (existsSync(asItIs(file)) ? readFileSync(asItIs(file)).length : 0);

/** MiB. */
function residentMemory(launcher: number | undefined): number {
  const status = readFileSync(`/proc/${programOf(launcher)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Whether one of its threads waits for the other end of a FIFO. */
const waitsForPartner = (launcher: number | undefined): boolean => waitsIn(launcher, /^wait_for_partner$/);

/** Whether one of its threads cannot write into a FIFO, which is full. */
const waitsForRoom = (launcher: number | undefined): boolean => waitsIn(launcher, /^(anon_)?pipe_write$/);

/** @param place function of the kernel */
function waitsIn(launcher: number | undefined, place: RegExp): boolean {
  const program = programOf(launcher);
  if (program === undefined) return false;
  return readdirSync(`/proc/${program}/task`).some((thread) => {
    try {
      return place.test(readFileSync(`/proc/${program}/task/${thread}/wchan`, 'utf8'));
    } catch {
      return false; // It has ended since it was listed.
    }
  });
}

/** Signals a run, and waits for its end. */
async function end(t: ExecutionContext, run: ReturnType<typeof startCommand>, ...signals: NodeJS.Signals[]): Promise<Awaited<typeof run.finished>> {
  const begin = Date.now();
  for (const [index, signal] of signals.entries()) {
    const heard = index < signals.length - 1 ? says(run.child, /Finishing/) : undefined;
    run.child.kill(signal);
    await heard; // Two signals of a kind at once are one.
  }
  const finished = await run.finished;
  t.true(Date.now() - begin < SOON_MS, `${Date.now() - begin} ms: ${finished.stderr}`);
  return finished;
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test.serial(`${signal}: a recording is whole`, async (t) => {
    t.timeout(120_000);
    const [out, raw] = [at(`${signal}.mp4`), at(`${signal}.raw`)];
    // The encoder holds pictures back, as encoders of files do; nothing may be lost of them.
    const run = startCommand('run', graph(signal, `x264enc speed-preset=ultrafast rc-lookahead=20 ! h264parse ! tee name=t ! queue ! mp4mux ! filesink location=${out} async=false  t. ! queue ! filesink async=false buffer-mode=unbuffered location=${raw}`));
    await until(() => sizeOf(raw) > 0);
    const { code, stderr } = await end(t, run, signal);
    t.is(code, 0, stderr);
    t.true((await countPictures(out)) >= 20);
    const probe = execFileSync('ffprobe', ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', out], { encoding: 'utf8' });
    t.is(probe.trim(), `h264,${await countPictures(out)}`);
  });
}

test.serial('a sink that is stuck: it is told, memory does not grow, and SIGTERM ends it', async (t) => {
  t.timeout(180_000);
  const fifo = at('fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK); // Opened, and never read.
  const run = startCommand('run', graph('stuck', `filesink location=${fifo}`, 'width=640,height=480'));
  let said = '';
  run.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /"k" seems to be stuck/.test(said));
  const before = residentMemory(run.child.pid);
  await new Promise((resolve) => setTimeout(resolve, 3000)); // The camera sends 13 MiB.
  const grown = residentMemory(run.child.pid) - before;
  t.true(grown < 8, `${grown} MiB`);
  const { code, stderr } = await end(t, run, 'SIGTERM');
  closeSync(reader);
  t.is(code, 1, stderr);
  t.regex(stderr, /Node "k" did not come to its end\.\s+It takes nothing any more\. A file that it writes may be incomplete\./);
});

test.serial('a second signal ends it at once, stuck or not', async (t) => {
  t.timeout(120_000);
  const fifo = at('fifo-2');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const run = startCommand('run', graph('twice', `filesink location=${fifo}`));
  await until(() => waitsForRoom(run.child.pid));
  const { code, signal } = { ...(await end(t, run, 'SIGINT', 'SIGINT')), signal: run.child.signalCode };
  closeSync(reader);
  t.deepEqual([code, signal], [130, null]);
});

test.serial('GStreamer hangs in the start: a signal is heard all the same, and nothing is killed', async (t) => {
  t.timeout(120_000);
  const fifo = at('fifo-3'); // Nobody opens it: filesrc waits for a writer.
  execFileSync('mkfifo', [fifo]);
  const file = at('blocked.yaml');
  writeFileSync(file, `nodes:\n  film: { use: source, launch: 'filesrc location=${fifo} ! rawvideoparse width=64 height=48' }\n  k: { use: sink, from: film, launch: fakesink }\n`);
  const run = startCommand('run', file);
  await until(() => waitsForPartner(run.child.pid));
  const { code, stderr } = await end(t, run, 'SIGTERM');
  t.is(code, 1, stderr);
  t.regex(stderr, /Node "k" did not come to its end\./);
  t.notRegex(stderr, /was killed/);
});

test.serial('a program whose main thread is stuck is killed, and it is told', async (t) => {
  const file = at('stuck.js');
  writeFileSync(file, "process.on('SIGTERM', () => {});\nconsole.log('begun');\nfor (;;);\n");
  const run = startCommand('exec', file);
  await says(run.child, /begun/);
  const { code, stderr } = await end(t, run, 'SIGTERM');
  t.is(code, 1, stderr);
  t.regex(stderr, /did not answer and was killed: its main thread is stuck\./);
});
