/** Connects to the Redis (or Valkey) of a queue, and says in a sentence what is wrong with it, before anything relies on it. */
import { isIP } from 'node:net';
import { GstIplError, messageOf } from '../core/errors';
import type { RedisAddress } from '../core/address';
import { newClient } from './packages';

/** Streams with what BullMQ asks of them: 6.2 (bullmq 6). */
const LEAST = [6, 2] as const;

const CONNECT_MS = 5000;

/** A queue that is away is tried again this often: a restart of Redis takes a second or a few. */
const RETRY_MS = { least: 200, most: 2000 };

/** What both BullMQ and its client take. */
export interface Connecting {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername?: string };
  readonly connectTimeout: number;
  readonly retryStrategy: (times: number) => number;
  readonly maxRetriesPerRequest: null;
}

/** Once connected, it is connected again for ever: queues are away for a while, and come back. */
export function clientOptions({ host, port, database, user, password, scheme }: RedisAddress): Connecting {
  return {
    host, port, db: database,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(scheme === 'rediss' ? { tls: isIP(host) > 0 ? {} : { servername: host } } : {}),
    connectTimeout: CONNECT_MS,
    retryStrategy: (times: number) => Math.min(RETRY_MS.least * times, RETRY_MS.most),
    maxRetriesPerRequest: null, // BullMQ's rule: commands wait for the connection.
  };
}

/** @throws GstIplError `set-up` where there is no queue, or none that can be relied on */
export async function checkRedis(address: RedisAddress): Promise<void> {
  const facts = await askOnce(address);
  const version = facts.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
    throw wrong(address, `is Redis ${version || 'of an unknown version'}; ${LEAST.join('.')} is the least`, 'Use Redis 6.2 or later, or Valkey.');
  }
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw wrong(address, `throws away jobs when its memory is full: its maxmemory-policy is ${policy}`, 'Start it with --maxmemory-policy noeviction, or: redis-cli config set maxmemory-policy noeviction');
  }
}

/** What INFO says. */
async function askOnce(address: RedisAddress): Promise<ReadonlyMap<string, string>> {
  const client = await newClient({ ...clientOptions(address), retryStrategy: () => null, maxRetriesPerRequest: 1, commandTimeout: CONNECT_MS, enableReadyCheck: false, lazyConnect: true });
  let first: Error | undefined;
  client.on('error', (error: Error) => (first ??= error));
  try {
    await client.connect();
    await client.select(address.database); // What it says while it connects is told to nobody.
    const text = await client.info();
    return new Map(text.split('\r\n').flatMap((line) => (line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const] : [])));
  } catch (error) {
    throw explain(address, first ?? (error as Error));
  } finally {
    client.disconnect();
  }
}

/** By codes of the system and of Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const MEANINGS: readonly [pattern: RegExp, is: string, hint: string][] = [
  [/ECONNREFUSED/, 'cannot be reached: nobody listens there', 'Is it started, and does it listen on that address (bind, port)?'],
  [/ENOTFOUND|EAI_AGAIN/, 'cannot be reached: its name is not known', 'Check the name of the host.'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed? ?out/i, 'cannot be reached: it does not answer', 'Is there a firewall between? For rediss://, does it have TLS?'],
  [/NOAUTH/, 'wants a password', 'Put it into the environment variable GST_IPL_QUEUE_PASSWORD, which the list of processes does not show.'],
  [/WRONGPASS|invalid (username|password)|without any password configured/i, 'refuses the login', 'Check the user of the address, and the password there or in GST_IPL_QUEUE_PASSWORD.'],
  [/NOPERM/, 'does not let this user do what a queue needs', 'Give the user the rights ~bull:* +@all (ACL SETUSER).'],
  [/certificate|SSL|TLS|wrong version number/i, 'has no TLS that can be trusted', 'Write redis:// where it has none; for a certificate of your own set NODE_EXTRA_CA_CERTS to its file.'],
  [/DB index|invalid DB/i, 'has no such database', 'Its configuration (databases) says how many it has; 0 is always there.'],
];

/** A sentence for what its client said. */
export function explain(address: RedisAddress, error: Error): GstIplError {
  const text = `${(error as NodeJS.ErrnoException).code ?? ''} ${messageOf(error)}`;
  const [, is, hint] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  return is === undefined ? wrong(address, `is not to be used: ${messageOf(error)}`, 'Is a Redis there?', error) : wrong(address, is, hint, error);
}

function wrong({ shown }: RedisAddress, is: string, hint: string | undefined, cause?: Error): GstIplError {
  return new GstIplError('set-up', `The queue ${shown} ${is}.`, { hint, cause });
}
