/** The main thread's end of the worker: starts it, hands it tasks, starts it again when it dies. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GstIplError } from '../core/errors';
import type { FusionTask } from './fusion-engine';
import type { Reply, Request, WorkerSettings } from './worker-protocol';

export interface FusedPicture {
  readonly payload: Uint8Array;
  readonly sceneCut: boolean;
}

interface Pending {
  resolve(picture: FusedPicture): void;
  reject(error: GstIplError): void;
}

export class FusionWorker {
  readonly #settings: WorkerSettings;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  /**
   * Starts the thread and loads the network; ends one that still runs.
   * @throws GstIplError `bad-model` or `worker-failed`
   */
  async start(): Promise<void> {
    await this.close();
    const worker = spawnWorker(this.#settings);
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (reply: Reply) => {
        if (reply.type === 'ready') resolve();
        else if (reply.type === 'failed' && reply.id === undefined) reject(errorOf(reply));
        else this.#settle(reply);
      });
      worker.on('error', (error) => reject(this.#died(worker, error.message)));
      worker.on('exit', (code) => reject(this.#died(worker, `exit code ${code}`)));
    });
  }

  /**
   * Fuses one set; its payloads are transferred and cannot be used afterwards.
   * @throws GstIplError `worker-failed` when the thread died with the task; `start` makes a new one.
   */
  fuse(task: FusionTask): Promise<FusedPicture> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new GstIplError('worker-failed', 'The fusion worker does not run.'));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const buffers = new Set(task.payloads.map((payload) => payload.buffer as ArrayBuffer));
      worker.postMessage({ type: 'fuse', id, task } satisfies Request, [...buffers]);
    });
  }

  /** Forgets the scene before the next set. */
  reset(): void {
    this.#worker?.postMessage({ type: 'reset' } satisfies Request);
  }

  /** Ends the thread; a task in work is given up. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #settle(reply: Exclude<Reply, { type: 'ready' }>): void {
    const pending = reply.id === undefined ? undefined : this.#pending.get(reply.id);
    if (!pending || reply.id === undefined) return;
    this.#pending.delete(reply.id);
    if (reply.type === 'fused') pending.resolve(reply);
    else pending.reject(errorOf(reply));
  }

  #died(worker: Worker, reason: string): GstIplError {
    const error = new GstIplError('worker-failed', `The fusion worker died: ${reason}.`, {
      hint: 'If it happens again, please report it with the graph and the output of `gst-ipl doctor`.',
    });
    if (this.#worker === worker) this.#worker = undefined;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    return error;
  }
}

function errorOf(reply: Extract<Reply, { type: 'failed' }>): GstIplError {
  return new GstIplError(reply.code, reply.message, { hint: reply.hint });
}

// onnxruntime reports usage to its makers unless this is set before it loads; a camera chain has no business doing that.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** In the package the worker is JavaScript; in a checkout without a build it is TypeScript, compiled as it loads. */
function spawnWorker(workerData: WorkerSettings): Worker {
  const extension = path.extname(__filename);
  const execArgv = extension === '.ts' ? ['-r', 'ts-node/register/transpile-only'] : [];
  return new Worker(path.join(__dirname, `worker${extension}`), { workerData, execArgv });
}
