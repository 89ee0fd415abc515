/** What is wrong with a queue is said in a sentence, without the password. */
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { readRedisAddress } from '../../plugin/core/address';
import type { GstIplError } from '../../plugin/core/errors';
import { checkRedis } from '../../plugin/queue/connect';
import { runCommand, runRefused } from '../support/command';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis';

async function refusal(t: ExecutionContext, url: string): Promise<string> {
  const error = await t.throwsAsync<GstIplError>(checkRedis(readRedisAddress(url)));
  t.is(error?.code, 'set-up');
  t.truthy(error?.hint);
  return error?.message ?? '';
}

/** Answers each command with the same. */
async function answering(t: ExecutionContext, answer: string): Promise<string> {
  const server: Server = createServer((socket) => socket.on('error', () => undefined).on('data', (text: Buffer) => socket.write(answer.repeat(text.toString().match(/\*\d+\r\n/g)?.length ?? 1))));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('a Redis that keeps its jobs is taken', async (t) => {
  const redis = await startRedis(t);
  await t.notThrowsAsync(checkRedis(redis.address));
});

test('nobody there, no such name', async (t) => {
  t.regex(await refusal(t, `redis://:sesame@127.0.0.1:${await freePort()}`), /^The queue redis:\/\/127\.0\.0\.1:\d+ cannot be reached: nobody listens there\.$/);
  t.regex(await refusal(t, 'redis://:sesame@nowhere.invalid'), /^The queue redis:\/\/nowhere\.invalid:6379 cannot be reached: its name is not known\.$/);
});

test('a password that is wrong, or missing', async (t) => {
  const redis = await startRedis(t, '--requirepass', 'sesame-street');
  t.regex(await refusal(t, redis.url), /wants a password\.$/);
  t.regex(await refusal(t, redis.url.replace('//', '//:wrong-secret@')), /refuses the login\.$/);
  t.regex(await refusal(t, redis.url.replace('//', '//nobody:sesame-street@')), /refuses the login\.$/);
  await t.notThrowsAsync(checkRedis({ ...redis.address, password: 'sesame-street' }));
  await t.notThrowsAsync(checkRedis(readRedisAddress(redis.url.replace('//', '//default:sesame-street@'))));
});

test('a Redis that throws jobs away, has no such database, or no TLS', async (t) => {
  const redis = await startRedis(t, '--maxmemory-policy', 'allkeys-lru');
  t.regex(await refusal(t, redis.url), /throws away jobs when its memory is full: its maxmemory-policy is allkeys-lru\.$/);
  t.regex(await refusal(t, `${redis.url}/99`), /has no such database\.$/);
  const { message, hint } = await t.throwsAsync<GstIplError>(checkRedis(readRedisAddress(redis.url.replace('redis:', 'rediss:')))) ?? {};
  t.regex(`${message} ${hint}`, /does not answer\..* does it have TLS\?$/);
});

test('one that is too old, and what is no Redis', async (t) => {
  const info = 'redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\n';
  t.regex(await refusal(t, await answering(t, `$${info.length}\r\n${info}\r\n`)), /is Redis 6\.0\.16; 6\.2 is the least\.$/);
  t.regex(await refusal(t, await answering(t, '')), /cannot be reached: it does not answer\.$/);
  t.regex(await refusal(t, await answering(t, 'HTTP/1.1 400 Bad Request\r\n\r\n')), /^The queue redis:\/\/127\.0\.0\.1:\d+ is not to be used: /);
});

test('the commands say it, with exit code 1, and show no password', async (t) => {
  const redis = await startRedis(t, '--requirepass', 'sesame-street');
  const url = redis.url.replace('//', '//:open-secret@');
  for (const args of [['queue', '--queue', url], ['worker', '--queue', url, '--shared', '/tmp']]) {
    const { code, stdout, stderr } = await runCommand(...args);
    t.is(code, 1, stderr);
    t.regex(stderr, /refuses the login/);
    t.notRegex(stdout + stderr, /open-secret/);
  }
  const wrong = [
    [['queue'], /A queue is needed: --queue redis:\/\/HOST/],
    [['queue', '--queue', 'redis://:open-secret@host:port'], /it is not an address like redis:\/\/HOST/],
    [['queue', '--queue', 'http://x:open-secret@host'], /it is not an address like redis:\/\/HOST/],
    [['worker', '--queue', 'redis://x'], /--shared FOLDER/],
    [['worker', '--queue', 'redis://x', '--shared', '/tmp', '--silence', '1'], /--silence takes 2 to 3600 seconds/],
    [['batch', '/tmp', '-o', '/tmp/x', '--shared', '/tmp'], /--shared is for many machines/],
  ] as [string[], RegExp][];
  const refused = await runRefused(wrong.map(([args]) => args));
  for (const [index, [args, sentence]] of wrong.entries()) {
    const { code, stderr = '' } = refused[index] ?? {};
    t.is(code, 2, args.join(' '));
    t.regex(stderr, sentence);
    t.notRegex(stderr, /open-secret/);
  }
});
