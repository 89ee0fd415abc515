/** Of several cameras one hangs in GStreamer, as in open(2) of a pipe that nobody writes to: the others go on. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { GraphEvent } from '../../plugin';
import { ROOT, startProgram, TYPESCRIPT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { until } from '../support/peers';
import { load, runToEnd } from '../support/run-graph';

const SIZE = 'video/x-raw,format=I420,width=64,height=48,framerate=30/1';
const CAMERA = `videotestsrc is-live=true ! ${SIZE}`;

/** Two cameras, of which one is looked after, and a third behind a pipe. */
function graph(fifo: string, fuse = 'middle'): string {
  return `nodes:
  a: { use: source, launch: '${CAMERA}', restart: always }
  b: { use: source, launch: '${CAMERA}' }
  c: { use: source, launch: 'filesrc location=${fifo} ! rawvideoparse format=i420 width=64 height=48 framerate=30/1 ! identity sync=true', restart: always }
  s: { use: sync, from: [a, b, c], late: degrade }
  m: { use: ${fuse}, from: s }
  k: { use: sink, from: m, launch: fakesink }
`;
}

function fifo(): string {
  const at = path.join(temporaryFolder(), 'fifo');
  spawnSync('mkfifo', [at]);
  return at;
}

test.serial('two cameras go on while a third hangs: it is told, tried no more until GStreamer returns, and comes back then', async (t) => {
  t.timeout(120_000);
  const pipe = fifo();
  const events: GraphEvent[] = [];
  const texts = (type: GraphEvent['type']): GraphEvent[] => events.filter((event) => event.type === type);
  const frames = (): number => texts('frame').length;
  let stop = (): void => undefined;
  t.teardown(() => stop()); // One that failed would go on for ever.
  const ended = runToEnd(await load(graph(pipe)), (event, running) => {
    events.push(event);
    stop = () => running.stop();
  });
  await until(() => texts('source-lost').length > 0);
  const [lost] = texts('source-lost');
  t.like(lost, { node: 'c', attempt: 1, reason: 'GStreamer cannot start the pipeline of c: it has not come back from it for 10 s.' });
  t.true(texts('warning').some((event) => event.type === 'warning' && event.message.startsWith('GStreamer has been starting the pipeline of c for 5 s.')));
  const before = frames();
  t.true(before > 10, `${before}`); // 300 on a machine that has time.
  await until(() => frames() > before + 60);
  t.is(texts('source-lost').length, 1, 'It would hang once more.');
  // One that begins anew with every reader.
  const writer = spawn('sh', ['-c', `while true; do cat /dev/zero > ${pipe}; done`], { stdio: 'ignore', detached: true });
  t.teardown(() => process.kill(-(writer.pid ?? 0), 'SIGKILL'));
  await until(() => texts('source-restored').length > 0);
  t.like(texts('source-restored')[0], { node: 'c' });
  stop();
  const { error, warnings } = await ended;
  t.is(error, undefined);
  t.notRegex(warnings.join('\n'), /does not come back from stopping/);
});

test.serial('a camera that hangs holds no signal: SIGTERM ends the program by itself, with what the others gave', async (t) => {
  t.timeout(120_000);
  const file = path.join(temporaryFolder(), 'graph.yaml');
  writeFileSync(file, graph(fifo(), 'ipl'));
  // Without the launcher, which would end a program that cannot.
  const { child, finished } = startProgram([...TYPESCRIPT, path.join(ROOT, 'plugin', 'cli', 'main.ts'), 'run', file]);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /"c"|node c|the pipeline of c/.test(said));
  child.kill('SIGTERM');
  const { code, stderr } = await finished;
  t.is(code, 0, stderr);
  t.is(child.signalCode, null);
});
