/** A file as it is now: under its own name, or under the one that it has while it is written. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export function asItIs(file: string): string {
  const part = existsSync(path.dirname(file)) ? readdirSync(path.dirname(file)).find((name) => name.startsWith(`${path.basename(file)}.`) && name.endsWith('.part')) : undefined;
  return part === undefined ? file : path.join(path.dirname(file), part);
}
