/** What systemd hears of a chain: `Type=notify`, with a watchdog. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { startCommand, type Finished } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { NotifySocket } from '../support/notify-socket';
import { until } from '../support/peers';
import { observe } from '../support/preview-server';
import { supervisorOf } from '../../plugin/cli/supervisor';

/** Runs a graph whose only camera is this until systemd has heard enough, then SIGTERM. */
async function runUnder(t: ExecutionContext, camera: string, enough: (heard: readonly string[]) => boolean): Promise<{ heard: readonly string[]; finished: Finished }> {
  const folder = temporaryFolder();
  const graph = path.join(folder, 'graph.yaml');
  writeFileSync(graph, `nodes:\n  camera: { use: source, ${camera} }\n  out: { use: sink, from: camera, launch: fakesink }\n`);
  const socket = new NotifySocket(path.join(folder, 'notify'));
  t.teardown(() => socket.close());
  process.env.NOTIFY_SOCKET = path.join(folder, 'notify');
  process.env.WATCHDOG_USEC = '400000';
  const { child, finished } = startCommand('run', graph);
  delete process.env.NOTIFY_SOCKET;
  await until(() => enough(socket.heard) || child.exitCode !== null);
  child.kill('SIGTERM');
  const ended = await finished;
  await socket.close();
  return { heard: socket.heard, finished: ended };
}

const pings = (heard: readonly string[]): number => heard.filter((line) => line === 'WATCHDOG=1').length;

test.serial('systemd hears that pictures flow, that the chain is alive, how it is, and that it stops', async (t) => {
  const { heard, finished } = await runUnder(t, 'launch: "videotestsrc is-live=true ! video/x-raw,width=64,height=48"', (lines) => pings(lines) > 3);
  t.is(finished.code, 0, finished.stderr);
  t.true(heard.indexOf('READY=1') >= 0 && heard.indexOf('READY=1') < heard.indexOf('STOPPING=1'), heard.join('\n'));
  t.true(heard.includes('STATUS=ready'));
  t.is(heard.filter((line) => line === 'STOPPING=1').length, 1);
});

test.serial('a camera that is away keeps nobody from starting, and the status says so', async (t) => {
  const { heard } = await runUnder(t, 'uri: "rtsp://user:secret@127.0.0.1:9/none"', (lines) => lines.includes('READY=1') && pings(lines) > 1);
  t.true(heard.some((line) => /^STATUS=.*"camera" is lost/.test(line)), heard.join('\n'));
  t.false(heard.join('\n').includes('secret'));
});

test.serial('a supervisor that reads nothing holds up no picture', async (t) => {
  const folder = temporaryFolder();
  const name = path.join(folder, 'notify');
  const deaf = new NotifySocket(name, false);
  t.teardown(() => deaf.close());
  const supervisor = await supervisorOf(observe([['out', 'sink']]), (message) => t.fail(message), { NOTIFY_SOCKET: name, WATCHDOG_USEC: '1' });
  supervisor.onEvent({ type: 'started', duration: undefined });
  // More than a socket holds (net.unix.max_dgram_qlen): each of them was waited for.
  await pause(3_000);
  supervisor.end();
  const [heard] = [await deaf.readAll()];
  t.true(heard.includes('READY=1'));
});

test.serial('a socket that cannot be is a warning', async (t) => {
  const told: string[] = [];
  for (const name of ['relative/notify', `/${'x'.repeat(200)}`]) (await supervisorOf(observe([['out', 'sink']]), (message) => told.push(message), { NOTIFY_SOCKET: name })).end();
  t.is(told.filter((message) => /cannot be notified \(NOTIFY_SOCKET\): ".*" is no socket/.test(message)).length, 2);
});
