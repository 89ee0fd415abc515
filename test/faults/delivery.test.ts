/** Nothing is green while nothing comes out: real chains whose folders, disks and peers go and return. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { GraphEvent, RunningGraph } from '../../plugin';
import * as encoder from '../../plugin/gstreamer/output/encoder';
import * as health from '../../plugin/observe/health';
import { healthOf } from '../../plugin/observe/health';
import { prometheusText } from '../../plugin/observe/prometheus';
import * as viewers from '../../plugin/publish/viewers';
import { ROOT, TYPESCRIPT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { receive, startRtspRecorder, until } from '../support/peers';
import { freePort } from '../support/ports';
import { replace } from '../support/replace';
import { load, runToEnd, type Outcome } from '../support/run-graph';

const CAMERA = 'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';

interface Chain {
  readonly running: RunningGraph;
  /** Of all that was told. */
  readonly told: string[];
  readonly ended: Promise<Outcome>;
  health(): string;
  figure(name: string): Promise<number>;
}

/** A chain whose test failed would go on for ever. */
const started = new Set<RunningGraph>();
test.afterEach.always(() => started.forEach((running) => running.stop()));

/** A camera into one output; resolves when it runs. */
async function start(output: string, camera = CAMERA): Promise<Chain> {
  const graph = await load(`nodes:\n  cam: { use: source, launch: '${camera}' }\n  out: { ${output}, from: cam }\n`);
  const told: string[] = [];
  return new Promise((resolve) => {
    const ended: Promise<Outcome> = runToEnd(graph, (event: GraphEvent, running) => {
      started.add(running);
      if (event.type === 'warning' || event.type === 'notice') told.push(event.message);
      if (event.type !== 'started') return;
      const health = (): string => {
        const { status, serving } = healthOf(running.view);
        return `${status}${serving ? ' serving' : ''}`;
      };
      const figure = async (name: string): Promise<number> => Number(new RegExp(`^gst_ipl_${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(await prometheusText(running.view))?.[1]);
      resolve({ running, told, ended, health, figure });
    });
  });
}

const recorder = (folder: string, more = ''): string => `use: record, to: "${folder}", preset: ultrafast, segment: 1s${more}`;
const finished = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mp4'));
const picturesIn = async (folder: string): Promise<number> =>
  (await Promise.all(finished(folder).map((name) => countPictures(path.join(folder, name))))).reduce((sum, count) => sum + count, 0);

async function isReady(t: ExecutionContext, chain: Chain): Promise<void> {
  await until(() => chain.health() === 'ready serving');
  t.is(await chain.figure('ready'), 1);
}

test.serial('the folder of a recording is removed in mid-segment: it is made again, and what was lost is counted and told', async (t) => {
  const folder = path.join(temporaryFolder(), 'recordings');
  const chain = await start(recorder(folder).replace('1s', '1min'));
  await isReady(t, chain);
  const before = await chain.figure('output_frames_total');
  rmSync(folder, { recursive: true });
  await until(() => chain.told.some((text) => /records again; (\d+) frames were not recorded/.test(text)));
  t.regex(chain.told[0] ?? '', /^Node "out": What it writes to ".*recordings" is not there any more: .* Recording goes on as soon as it can\.$/);
  const lost = Number(/records again; (\d+) frames/.exec(chain.told.join())?.[1]);
  t.true(lost >= before, `${lost} of ${before}`);
  await isReady(t, chain);
  t.is(await chain.figure('recording_dropped_frames_total'), lost);
  chain.running.stop();
  const { error } = await chain.ended;
  t.is(error, undefined);
  t.is(finished(folder).length, 1);
  const taken = await chain.figure('frames_total');
  // All that was taken is in the file or was told as lost, but for the picture that met the fault, and what an encoder held.
  const missing = taken - lost - (await picturesIn(folder));
  t.true(Math.abs(missing) <= 45, `${missing}`);
});

test.serial('a file in the place of the folder, and a file that is moved away: recording goes on as soon as it can', async (t) => {
  const parent = temporaryFolder();
  const folder = path.join(parent, 'recordings');
  const chain = await start(recorder(folder));
  await isReady(t, chain);
  renameSync(folder, path.join(parent, 'moved'));
  writeFileSync(folder, 'in the way');
  await until(() => chain.health() === 'degraded');
  t.is(await chain.figure('ready'), 0);
  t.regex(healthOf(chain.running.view).reasons.join(' '), /The folder ".*recordings" cannot be made or written: EEXIST/);
  rmSync(folder);
  await isReady(t, chain);
  await until(() => finished(folder).length > 0);
  const [part] = readdirSync(folder).filter((name) => name.endsWith('.part'));
  t.truthy(part);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
  t.true((await picturesIn(folder)) > 0);
});

/** A disk of its own; only root can make one. */
const mounts: string[] = [];
function mount(at: string, options: string): boolean {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at]).status === 0;
  if (mounted) mounts.push(at);
  return mounted;
}
const unmount = (at: string): unknown => spawnSync('umount', ['-l', at]);
const isRoot = spawnSync('unshare', ['-m', 'true']).status === 0;
test.after.always(() => mounts.forEach(unmount));
const asRoot = isRoot ? test.serial : test.serial.skip;
const onlyRoot = isRoot ? '' : ' (skipped: only root can mount a disk)';

asRoot(`a disk that is read-only for a while: degraded with the reason, and recording goes on by itself${onlyRoot}`, async (t) => {
  const folder = temporaryFolder();
  const chain = await start(recorder(folder));
  await isReady(t, chain);
  t.true(mount(folder, 'ro'));
  await until(() => chain.health() === 'degraded');
  t.regex(healthOf(chain.running.view).reasons.join(' '), /cannot be made or written: EROFS|Check that the output folder exists/);
  unmount(folder);
  await isReady(t, chain);
  const before = finished(folder).length;
  await until(() => finished(folder).length > before);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
});

asRoot(`a disk that is full from the start is no success: degraded, then dead after its time, and ready when there is room${onlyRoot}`, async (t) => {
  // Half a minute: test/graph/run/deliveries.test.ts.
  replace(t, health, { DEAD_MS: 5_000 });
  const disk = temporaryFolder();
  t.true(mount(disk, 'size=12m'));
  const ballast = path.join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(8_000_000));
  mkdirSync(path.join(disk, 'recordings'));
  const chain = await start(recorder(path.join(disk, 'recordings')));
  await until(() => chain.health() === 'degraded');
  t.is(await chain.figure('ready'), 0);
  await until(() => chain.health() === 'dead');
  const { idle = 0 } = chain.running.view.nodes().find(({ name }) => name === 'out') ?? {};
  t.true(idle >= 5_000, `${idle}`);
  const { reasons, over } = healthOf(chain.running.view);
  t.regex(reasons.join(' '), /has less than 8\.0 MB left/);
  t.false(over, 'Nobody must kill it for a full disk.');
  rmSync(ballast);
  await isReady(t, chain);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
});

test.serial('an encoder that gives nothing: the recorder is started anew, told, and nothing counts as delivered', async (t) => {
  const working = encoder.encoderLaunch;
  let broken = 1;
  replace(t, encoder, { encoderLaunch: (...args) => `${working(...args)}${broken-- > 0 ? ' ! valve drop=true drop-mode=forward-sticky-events' : ''}` });
  const folder = temporaryFolder();
  const chain = await start(recorder(folder), CAMERA.replace('is-live=true', 'num-buffers=6000').replace('width=64,height=48', 'width=16,height=16').concat(' ! identity sleep-time=3000'));
  await until(() => finished(folder).length > 0);
  t.regex(chain.told.join('\n'), /^Node "out": No new file was begun for \d+\.\d+ s of video, which is longer than a segment\. It is started anew\./m);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
  t.true((await chain.figure('recording_dropped_frames_total')) >= 600);
});

test.serial('an SRT caller: without its peer nothing is delivered; the peer comes, goes and returns', async (t) => {
  t.timeout(120_000);
  const port = await freePort();
  const chain = await start(`use: publish, to: "srt://127.0.0.1:${port}", preset: ultrafast`);
  await until(() => /degraded/.test(chain.health()));
  t.is(chain.health(), 'degraded');
  t.is(chain.running.view.delivered(), 0);
  const listener = (): ReturnType<typeof spawn> => spawn('gst-launch-1.0', ['-q', 'srtsrc', `uri=srt://127.0.0.1:${port}?mode=listener`, '!', 'fakesink'], { stdio: 'ignore' });
  const first = listener();
  await isReady(t, chain);
  first.kill('SIGKILL');
  await until(async () => (await chain.figure('ready')) === 0);
  const second = listener();
  await isReady(t, chain);
  t.regex(chain.told.join('\n'), /publishes again; \d+ frames were not sent/);
  second.kill('SIGKILL');
  await once(second, 'close');
  chain.running.stop();
  await chain.ended;
});

test.serial('an SRT address that listens, with nobody there: ready, with a note; a viewer comes and goes', async (t) => {
  replace(t, viewers, { IDLE_MS: 2_000 });
  const port = await freePort();
  const chain = await start(`use: publish, to: "srt://:${port}", preset: ultrafast`);
  await isReady(t, chain);
  const notes = (): string => healthOf(chain.running.view).notes.join();
  await until(() => notes() !== '');
  t.is(notes(), 'Node "out": Nobody watches: no viewer is connected.');
  t.is(chain.health(), 'ready serving');
  t.is(await chain.figure('publish_viewers'), 0);
  // Once it has left, they may come back at any time.
  await Promise.all([receive(`srtsrc uri=srt://127.0.0.1:${port} ! tsdemux ! h264parse ! avdec_h264`, 60), until(() => notes() === '')]);
  t.true(chain.told.some((text) => /^A viewer is connected\./.test(text)), chain.told.join());
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
});

test.serial('an RTSP server that is not there: degraded, no success at the end; it comes: ready', async (t) => {
  const port = await freePort();
  const to = `use: publish, to: "rtsp://127.0.0.1:${port}/live", preset: ultrafast`;
  const none = await start(to, CAMERA.replace('is-live=true', 'is-live=true num-buffers=30'));
  t.is(none.running.view.delivered(), 0);
  const { error } = await none.ended;
  t.is(error?.code, 'no-pictures');
  t.regex(error?.message ?? '', /^Node "out" published nothing\. .*does not answer \(ECONNREFUSED\)/);
  const chain = await start(to);
  await until(() => chain.health() === 'degraded');
  t.is(await chain.figure('ready'), 0);
  const server = await startRtspRecorder(t, port);
  await isReady(t, chain);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
  await server.stop();
});

test.serial('the folder of an HLS stream is removed: it is made again, and its numbers go on', async (t) => {
  const folder = path.join(temporaryFolder(), 'live');
  const chain = await start(`use: publish, to: "hls:${folder}", preset: ultrafast`);
  const segments = (): number[] => (readdirSync(path.dirname(folder)).includes('live') ? readdirSync(folder) : []).flatMap((name) => /^segment-(\d+)\.ts$/.exec(name)?.[1] ?? []).map(Number);
  await until(() => segments().length > 0);
  const before = Math.max(...segments());
  rmSync(folder, { recursive: true });
  await until(() => segments().length > 1);
  t.true(Math.min(...segments()) > before);
  await isReady(t, chain);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
  t.is(segments().length, new Set(segments()).size);
});

test.serial('all of it in GStreamer: ready while pictures arrive', async (t) => {
  const chain = await start('use: sink, launch: fakesink');
  await isReady(t, chain);
  chain.running.stop();
  t.is((await chain.ended).error, undefined);
});

test.serial('a pipe that nobody reads: told, and stopped at any time; the graph starts with its reader', async (t) => {
  const fifo = path.join(temporaryFolder(), 'fifo');
  spawnSync('mkfifo', [fifo]);
  const graph = await load(`nodes:\n  cam: { use: source, launch: '${CAMERA.replace('is-live=true', 'num-buffers=20')}' }\n  out: { use: sink, from: cam, launch: 'filesink location=${fifo}' }\n`);
  const stopped = await runToEnd(graph, ({ type }, running) => type === 'warning' && running.stop());
  t.deepEqual(stopped.warnings, [`Nobody reads the pipe "${fifo}" yet; the graph starts when somebody does.`]);
  t.is(stopped.error, undefined);
  let reader: ReturnType<typeof spawn> | undefined;
  const bytes: number[] = [];
  const { error } = await runToEnd(graph, ({ type }) => {
    if (type !== 'warning' || reader) return;
    reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
    reader.stdout?.on('data', (chunk: Buffer) => bytes.push(chunk.length));
  });
  t.is(error, undefined);
  if (reader && reader.exitCode === null) await once(reader, 'close');
  t.is(bytes.reduce((sum, count) => sum + count, 0), 20 * 64 * 48 * 1.5);
});

test.serial('a pipeline that cannot change its state says so, also where GStreamer itself hangs in it', async (t) => {
  const stem = path.join(temporaryFolder(), 'still');
  spawnSync('gst-launch-1.0', ['-q', 'videotestsrc', 'num-buffers=3', '!', 'jpegenc', '!', 'multifilesink', `location=${stem}-%d.jpg`]);
  const graph = await load(`nodes:\n  cam: { use: source, launch: 'multifilesrc location=${stem}-%d.jpg caps="image/jpeg,framerate=0/1" ! jpegdec' }\n  out: { use: sink, from: cam, launch: 'fakesink' }\n`);
  // GStreamer 1.22 gives no reason, or, on a busy machine, never returns: gst_base_src_start_complete waits for the task that waits for it.
  const { error } = await runToEnd(graph);
  t.is(error?.code, 'pipeline-failed');
  t.regex(error?.message ?? '', /^GStreamer cannot start the pipeline of cam, out(?: and gives no reason\.|: it has not come back from it for 10 s\.)$/);
});

test.serial('a process that is stopped for a while: nothing is stuck or silent for it, also to a probe that was waiting', async (t) => {
  const folder = temporaryFolder();
  const port = await freePort();
  const file = path.join(temporaryFolder(), 'graph.yaml');
  writeFileSync(file, `nodes:\n  cam: { use: source, launch: '${CAMERA}' }\n  out: { ${recorder(folder)}, from: cam }\n`);
  const child = spawn(process.execPath, [...TYPESCRIPT, 'plugin/cli/main.ts', 'run', file, '--metrics', `127.0.0.1:${port}`], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ask = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    return answer ? `${answer.status} ${await answer.text()}` : '';
  };
  await until(async () => (await ask()).startsWith('200 {"status":"ready"'));
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const waiting = ask();
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  child.kill('SIGCONT');
  t.true((await waiting).startsWith('200 {"status":"ready"'), await waiting);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  t.regex(await ask(), /^200 {"status":"ready"/);
  t.notRegex(said, /taken no frame|stuck|Recording goes on/);
});
