/** What the commands around a queue have in common: where it is, and which folder all machines see. */
import { readRedisAddress, type RedisAddress } from '../core/address';
import { messageOf } from '../core/errors';
import { publicValue } from '../core/secrets/public-value';
import { UsageError, type Arguments, type Flag } from './arguments';

/** The environment, not an argument: the list of processes shows arguments to everybody. */
export const PASSWORD_VARIABLE = 'GST_IPL_QUEUE_PASSWORD';

export const QUEUE_FLAG: Flag = {
  type: 'string',
  value: 'ADDRESS',
  summary: `The queue: redis://HOST[:PORT][/DATABASE], or rediss:// with TLS. Its password is in ${PASSWORD_VARIABLE}.`,
};

export const SHARED_FLAG: Flag = {
  type: 'string',
  value: 'FOLDER',
  summary: 'The folder that all machines see, wherever each has it mounted: inputs and outputs are in it. Or s3://BUCKET[/FOLDER]; AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say where that is. Nothing else is read or written for a job.',
};

/** @throws UsageError */
export function readQueue({ flags: { queue } }: Arguments, environment: NodeJS.ProcessEnv = process.env): RedisAddress {
  if (typeof queue !== 'string') throw new UsageError('A queue is needed: --queue redis://HOST');
  try {
    const address = readRedisAddress(queue);
    return { ...address, password: address.password ?? environment[PASSWORD_VARIABLE] };
  } catch (error) {
    throw new UsageError(`--queue ${publicValue(queue)}: ${messageOf(error)}`);
  }
}

/** @throws UsageError */
export function readShared({ flags: { shared } }: Arguments): string {
  if (typeof shared === 'string') return shared;
  throw new UsageError('With --queue, the folder that all machines see is needed: --shared FOLDER');
}
