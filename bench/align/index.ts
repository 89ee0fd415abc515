/**
 * `npm run bench:align`: what lining up is to reach, and what it reaches (targets.py).
 *
 * Python renders and measures, this process fuses with the product and is asked for pictures through two pipes. Arguments are Python's: `-- --help`.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { serve } from './fusing';

/** Debian's, which has OpenCV as a package; another can be named. */
const PYTHON = process.env.GST_IPL_PYTHON ?? '/usr/bin/python3';

async function main(): Promise<void> {
  await buildKernels();
  const child = spawn(PYTHON, [path.join(__dirname, 'targets.py'), ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
  const [requests, answers] = [child.stdio[3] as Readable, child.stdio[4] as Writable];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    console.error(`There is no Python at ${PYTHON}.\n    Install it: apt-get install python3-numpy python3-opencv`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
  // Python tells of its own end; a pipe that breaks with it is no news.
  answers.on('error', () => undefined);
  await serve(requests, answers).catch((error: unknown) => {
    answers.end(`${JSON.stringify({ error: `The product could not fuse: ${error instanceof Error ? error.message : String(error)}` })}\n`);
    requests.resume();
  });
}

void main();
