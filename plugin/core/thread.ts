/** Threads of our own. In the package their code is JavaScript; in a checkout without a build it is TypeScript, compiled as it loads. */
import path from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

const extension = path.extname(__filename);
const execArgv = extension === '.ts' ? ['-r', path.join(__dirname, '..', '..', 'scripts', 'typescript.js')] : [];

/** @param module absolute path of the thread's code, without extension */
export function startThread(module: string, options: WorkerOptions): Worker {
  return new Worker(`${module}${extension}`, { ...options, execArgv });
}
