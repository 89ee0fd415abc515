/** Commands that cannot start, or are stopped while they do. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { QueueRunner, QueueView, SharedFolder } from '../../plugin/queue';
import { runCommand, says, startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { startRedis } from '../support/redis';

/** Far longer than any of it takes. */
const LONGEST_MS = 120_000;

/** Answers who comes first, as Redis answers INFO, and is gone for who comes next. */
async function goingAway(t: ExecutionContext): Promise<string> {
  const info = 'redis_version:7.0.0\r\nmaxmemory_policy:noeviction\r\n';
  const answer = `$${info.length}\r\n${info}\r\n`;
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', (text: Buffer) => socket.write(answer.repeat(text.toString().match(/\*\d+\r\n/g)?.length ?? 1))));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.once('connection', () => server.close());
  t.teardown(() => server.close());
  return `redis://127.0.0.1:${port}`;
}

test('a worker whose port is taken ends, and has taken no job', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const folder = temporaryFolder();
  const redis = await startRedis(t);
  const runner = await QueueRunner.open(redis.address, new SharedFolder(folder), () => undefined);
  const view = await QueueView.open(redis.address, () => undefined);
  t.teardown(() => Promise.all([runner.close(), view.close()]));
  void runner.perform({ id: '8'.repeat(64), kind: 'photographs', inputs: [path.join(folder, 'a.jpg')], output: path.join(folder, 'b.jpg'), options: [], version: '0.0.0' });
  while ((await view.counts()).waiting === 0) await pause(20);
  const { code, stderr } = await runCommand('worker', '--queue', redis.url, '--shared', folder, '--metrics', String(redis.port));
  t.is(code, 1, stderr);
  t.regex(stderr, new RegExp(`${redis.port}`));
  t.notRegex(stderr, /begins/);
  const { active, waiting, delayed, failed } = await view.counts();
  t.deepEqual({ active, waiting, delayed, failed }, { active: 0, waiting: 1, delayed: 0, failed: 0 });
});

test('a worker whose queue goes away while it starts tells so, and ends when it is asked to', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const { child, finished } = startCommand('worker', '--queue', await goingAway(t), '--shared', temporaryFolder());
  t.teardown(() => child.kill('SIGTERM')); // The second ends it in any case.
  await says(child, /cannot be reached.*tried again/);
  child.kill('SIGTERM');
  const { code, stderr } = await Promise.race([finished, pause(5000, { code: 'it goes on', stderr: '' })]);
  t.is(code, 0, stderr);
  t.regex(stderr, /Stopped before it took a job\./);
});

test('who asks a queue that goes away is told so', async (t) => {
  t.timeout(LONGEST_MS); // What is waited for may never come: a worker that fails, say.
  const { child, finished } = startCommand('queue', '--queue', await goingAway(t));
  t.teardown(() => child.kill('SIGTERM'));
  const { code, stderr } = await Promise.race([finished, pause(5000, { code: 'it waits', stderr: '' })]);
  t.is(code, 1, stderr);
  t.regex(stderr, /cannot be reached/);
});
