/** What a command reports while it works, for people or as JSON lines. */
import type { LogLevel } from '../observe/log';
import { redact } from '../core/secrets/redact';
import { admits, outputFormat, writeEntry } from './output';

export function note(event: string, message: string, level: LogLevel = 'info'): void {
  if (outputFormat() === 'json') writeEntry({ level, event, message: redact(message) });
  else if (admits({ level, event, message })) process.stderr.write(`${redact(message)}\n`);
}
