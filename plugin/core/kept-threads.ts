/**
 * Threads that are kept for whoever needs such a one next. A thread that ends with an instance of WebAssembly loses 32 kB for
 * ever (Node 20.20), so a program that ran ten thousand graphs would lose a gigabyte; and a thread that has its code and its
 * kernels already is ready sooner. One at rest has let go of all that belonged to its last work, waits for messages, and keeps
 * no process alive.
 */
import { availableParallelism } from 'node:os';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { startThread } from './thread';

/** By module. A graph has no more fusion threads than there are cores: those of one that ended serve the next. */
const kept = new Map<string, Worker[]>();
const MOST = availableParallelism();

/**
 * @param module as of `startThread`; all threads of a module have the same options
 * @returns one that was at rest, without listeners, or a new one
 */
export function lendThread(module: string, options: WorkerOptions): Worker {
  const worker = kept.get(module)?.pop();
  if (!worker) return startThread(module, options);
  forget(worker);
  worker.ref();
  return worker;
}

/** Takes back a thread that is at rest: it does nothing, and nobody waits for it. Ends it where enough are kept. */
export async function keepThread(module: string, worker: Worker): Promise<void> {
  const others = kept.get(module) ?? [];
  forget(worker);
  // One that has died already.
  if (worker.threadId < 0) return;
  if (others.length >= MOST) return void (await worker.terminate());
  // An error that nobody listens to would end the process; its exit follows.
  worker.on('error', () => undefined).once('exit', () => {
    const at = others.indexOf(worker);
    if (at >= 0) others.splice(at, 1);
  });
  worker.unref();
  others.push(worker);
  kept.set(module, others);
}

/** Who listened is gone. Node has listeners of its own on a worker, by which its messages come at all: those stay. */
function forget(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

/** A large picture takes tenths of a second on a busy machine. Whoever stops a graph waits for its threads no longer than this. */
const REST_MS = 1_000;

/** @returns whether a thread came to rest in time */
export async function restsInTime(rest: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), REST_MS)));
  return Promise.race([rest, late]).finally(() => clearTimeout(timer));
}

/** All that are at rest. */
export const keptThreads = (): Worker[] => [...kept.values()].flat();

/** Ends them. */
export async function endKeptThreads(): Promise<void> {
  const workers = keptThreads();
  kept.clear();
  await Promise.all(workers.map((worker) => worker.terminate()));
}
