/** Measures in a process of its own, so that its memory is its own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { compiledBench } from '../compiled';
import type { Row } from './rows';

/** Longer than any case takes on a slow machine. */
const LIMIT_MS = 600_000;

/** What the child's rows follow in its output. */
export const MARK = 'ROWS ';

/** @param name of a module beside this file that exports `measure(settings): Promise<Row[]>`, without extension */
export async function measureInChild(name: string, settings: object): Promise<Row[]> {
  const args = [path.join(compiledBench(), 'bench', 'speed', 'measured.js'), name, JSON.stringify(settings)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS, maxBuffer: 1 << 26 });
  const found = stdout.split('\n').find((text) => text.startsWith(MARK));
  if (found === undefined) throw new Error(`${name} printed no rows:\n${stdout}`);
  return JSON.parse(found.slice(MARK.length)) as Row[];
}
