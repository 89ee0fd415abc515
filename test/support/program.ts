/** What the kernel tells of a program that the launcher started. */
import { existsSync, readFileSync } from 'node:fs';

/** The process that the launcher started. */
export function programOf(launcher: number | undefined): string | undefined {
  const file = `/proc/${launcher}/task/${launcher}/children`;
  const [program = ''] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : [];
  return program === '' ? undefined : program;
}
