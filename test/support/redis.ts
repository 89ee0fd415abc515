/** A Redis of a test's own, on loopback. Debian's redis-tools has the server's program, which does by its name what it is called. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { readRedisAddress, type RedisAddress } from '../../plugin/core/address';
import { temporaryFolder } from './folder';
import { freePort } from './ports';

const PROGRAM = '/usr/bin/redis-check-rdb';

export class TestRedis {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', temporaryFolder(), '--save', '', '--loglevel', 'warning', ...args];
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get address(): RedisAddress {
    return readRedisAddress(this.url);
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(PROGRAM, this.#args, { argv0: 'redis-server', stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    for (let tries = 0; tries < 400; tries += 1) {
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
      if (await fetch(`http://127.0.0.1:${this.port}`).then(() => true, (error: { cause?: { code?: string } }) => error.cause?.code !== 'ECONNREFUSED')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`redis-server does not listen: ${said}`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'close');
  }
}

/** One that ends with the test. @param args of redis-server */
export async function startRedis(t: ExecutionContext, ...args: readonly string[]): Promise<TestRedis> {
  const redis = new TestRedis(await freePort(), args);
  await redis.start();
  t.teardown(() => redis.kill());
  return redis;
}
