/** Threads that work on photographs, as many as there are cores: each takes the next task when it is free. One that dies takes all with it. */
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { cores } from '../../core/cores';
import { GstIplError, messageOf } from '../../core/errors';
import { keepThread, lendThread } from '../../core/kept-threads';
import { compiledKernels } from '../../ipl/kernels';
import type { Reply, Request, ResultOf, StillResult, StillTask, StillThreadSettings } from './still-tasks';

const MODULE = path.join(__dirname, 'still-entry');

/** Beyond that, memory is what the blend waits for; each has some 20 MB of its own. */
const MOST_THREADS = 8;

interface Job {
  readonly request: Request;
  readonly resolve: (result: StillResult) => void;
  readonly reject: (error: GstIplError) => void;
}

export class StillThreads {
  readonly count: number;
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<number, Job>();
  #next = 1;
  #failure: GstIplError | undefined;

  private constructor(kernels: object, count: number) {
    this.count = count;
    this.#workers = Array.from({ length: count }, () => this.#start({ kernels }));
    this.#idle = [...this.#workers];
  }

  static async start(count = Math.min(MOST_THREADS, cores())): Promise<StillThreads> {
    return new StillThreads(await compiledKernels(), count);
  }

  /** @throws GstIplError `worker-failed` */
  run<T extends StillTask>(task: T): Promise<ResultOf<T['kind']>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { id: this.#next, task }, resolve: (result) => resolve(result as ResultOf<T['kind']>), reject });
      this.#next += 1;
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#fail('they were closed');
    await Promise.all(this.#workers.map((worker) => (this.#idle.includes(worker) ? keepThread(MODULE, worker) : worker.terminate())));
  }

  #start(workerData: StillThreadSettings): Worker {
    const worker = lendThread(MODULE, { workerData });
    worker.on('message', (reply: Reply) => this.#finish(worker, reply));
    worker.on('error', (error) => this.#fail(messageOf(error)));
    worker.on('exit', (code) => this.#fail(`exit code ${code}`));
    return worker;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && (this.#failure || this.#idle.length > 0)) {
      const job = this.#waiting.shift();
      if (!job) return;
      const worker = this.#failure ? undefined : this.#idle.shift();
      if (!worker) {
        job.reject(this.#failure ?? failure('none is there'));
        continue;
      }
      this.#running.set(job.request.id, job);
      worker.postMessage(job.request);
    }
  }

  #finish(worker: Worker, reply: Reply): void {
    const job = this.#running.get(reply.id);
    this.#running.delete(reply.id);
    this.#idle.push(worker);
    if ('error' in reply) job?.reject(failure(reply.error));
    else job?.resolve(reply.result);
    this.#dispatch();
  }

  #fail(reason: string): void {
    this.#failure ??= failure(reason);
    for (const job of this.#running.values()) job.reject(this.#failure);
    this.#running.clear();
    this.#dispatch();
  }
}

const failure = (reason: string): GstIplError => new GstIplError('worker-failed', `A thread that works on photographs failed: ${reason.replace(/\.$/, '')}.`);
