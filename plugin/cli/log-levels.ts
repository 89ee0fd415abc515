/** Log levels of commands that run for long. */
import { messageOf, type GstIplError } from '../core/errors';
import { LEVEL_VARIABLE, LogFilter, readLogFilter } from '../observe/log-filter';
import { UsageError } from './arguments';

/** @throws UsageError */
export function filterOfEnvironment(environment: NodeJS.ProcessEnv = process.env): LogFilter {
  const { [LEVEL_VARIABLE]: given = '' } = environment;
  return given.trim() === '' ? new LogFilter() : orWrongUsage(LEVEL_VARIABLE, () => readLogFilter(given));
}

/** @throws UsageError that names where it was written */
export function orWrongUsage<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { hint } = error as GstIplError;
    throw new UsageError(`${where}: ${messageOf(error)}${hint === undefined ? '' : ` ${hint}`}`);
  }
}
