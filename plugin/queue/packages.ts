/** BullMQ and its client of Redis: optional packages, loaded by who uses a queue, and by nobody else. */
import { GstIplError } from '../core/errors';

export type BullMQ = typeof import('bullmq');
export type Client = import('ioredis').Redis;
export type ClientOptions = import('ioredis').RedisOptions;

export const loadBullMQ = (): Promise<BullMQ> => load(() => import('bullmq'));

export async function newClient(options: ClientOptions): Promise<Client> {
  const { Redis } = await load(() => import('ioredis'));
  return new Redis(options);
}

async function load<T>(by: () => Promise<T>): Promise<T> {
  try {
    return await by();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new GstIplError('set-up', 'A queue needs the npm packages bullmq and ioredis, which are not installed here.', { hint: 'Install them beside gst-ipl: npm install bullmq ioredis', cause: error });
  }
}
