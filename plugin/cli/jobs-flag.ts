import { availableParallelism } from 'node:os';
import { UsageError, type Arguments, type Flag } from './arguments';

export const JOBS_FLAG: Flag = { type: 'string', short: 'j', value: 'N', summary: 'Jobs at once. Default: as many as there are cores.' };

/** @throws UsageError */
export function readJobs({ flags: { jobs } }: Arguments): number {
  if (jobs === undefined) return availableParallelism();
  const count = Number(jobs);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new UsageError(`--jobs takes a number from 1 to 256, not "${String(jobs)}".`);
}
