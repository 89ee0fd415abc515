/**
 * `npm run bench:quality`: the UHD quality benchmark (README.md).
 *
 * Python renders, measures and runs the peers (run.py); this process fuses with the product and is asked for pictures
 * through two pipes. Arguments are Python's: `npm run bench:quality -- --help`. With `--hdr` it is the HDR merge that is measured (hdr.py).
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { serve } from './fusion-service';
import { serveHdr } from './hdr-service';

/** Debian's, which has OpenCV and PyTorch as packages; another can be named, e.g. one in a virtual environment. */
const PYTHON = process.env.GST_IPL_PYTHON ?? '/usr/bin/python3';

const INSTALL = 'apt-get install python3-numpy python3-opencv python3-torch enfuse';

const hdr = process.argv.includes('--hdr');
const script = path.join(__dirname, hdr ? 'hdr.py' : 'run.py');
const child = spawn(PYTHON, [script, ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
const requests = child.stdio[3] as Readable;
const answers = child.stdio[4] as Writable;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('error', () => {
  console.error(`There is no Python at ${PYTHON}.\n    Install it: ${INSTALL}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
// Python tells of its own end; a pipe that breaks with it is no news.
answers.on('error', () => undefined);

(hdr ? serveHdr : serve)(requests, answers).catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  answers.end(`${JSON.stringify({ error: `The product could not fuse: ${text}` })}\n`);
  requests.resume();
});
