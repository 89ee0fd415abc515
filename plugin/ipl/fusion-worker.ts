/** The main thread's end of one worker: starts it, hands it one task at a time, tells when it dies. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GstIplError } from '../core/errors';
import type { FusionReport } from './fusion-engine';
import type { FuseRequest, Reply, Request, WorkerSettings } from './worker-protocol';

export interface FusedPicture {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

/** How a task ended: `death` when the thread died with it. */
export type Outcome = { readonly picture: FusedPicture } | { readonly error: GstIplError } | { readonly death: GstIplError };

/** A task takes less than this, even of a 16K picture on a slow core. */
const CLOSE_MS = 2_000;

export class FusionWorker {
  readonly #settings: WorkerSettings;
  readonly #onDeath: (death: GstIplError) => void;
  #worker: Worker | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;

  /** @param onDeath called when a thread that was ready dies, after its task has ended */
  constructor(settings: WorkerSettings, onDeath: (death: GstIplError) => void) {
    this.#settings = settings;
    this.#onDeath = onDeath;
  }

  /**
   * Starts the thread and loads the network.
   * @throws GstIplError `bad-model` or `worker-failed`
   */
  async start(): Promise<void> {
    const worker = spawnWorker(this.#settings);
    this.#worker = worker;
    let ready = false;
    await new Promise<void>((resolve, reject) => {
      let reason: string | undefined;
      worker.on('message', (reply: Reply) => {
        if (reply.type === 'ready') {
          ready = true;
          resolve();
        } else if (reply.type === 'fused') this.#end({ picture: reply });
        else if (reply.turn === undefined) reject(errorOf(reply));
        else this.#end({ error: errorOf(reply) });
      });
      worker.on('error', (error) => (reason = error.message));
      // Only now it is sure that it writes no shared memory any more.
      worker.on('exit', (code) => {
        const death = deathOf(reason ?? `exit code ${code}`);
        if (this.#worker === worker) this.#worker = undefined;
        reject(death);
        this.#end({ death });
        if (ready) this.#onDeath(death);
      });
    });
  }

  /** Tells one life of the worker from the next. */
  get thread(): object | undefined {
    return this.#worker;
  }

  /** Hands over an exposure of the set that is fused next; one that is not in shared memory cannot be used afterwards. */
  give(turn: number, payload: Uint8Array): void {
    const transfer = payload.buffer instanceof ArrayBuffer ? [payload.buffer] : [];
    this.#worker?.postMessage({ type: 'payload', turn, payload } satisfies Request, transfer);
  }

  /** Fuses the exposures that were given for this turn. One set at a time. */
  fuse(request: Omit<FuseRequest, 'type'>): Promise<Outcome> {
    const worker = this.#worker;
    return new Promise((resolve) => {
      if (!worker) return resolve({ death: deathOf('it does not run') });
      this.#settle = resolve;
      worker.postMessage({ type: 'fuse', ...request } satisfies Request);
    });
  }

  /**
   * Ends the thread once its task is done, so that nothing stops onnxruntime in the middle: a thread that is terminated there
   * takes the whole process with it (an exception that node-addon-api throws and nobody can catch).
   */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ type: 'close' } satisfies Request);
    // One that waits for a turn that never comes is not in onnxruntime.
    const patience = setTimeout(() => void worker.terminate(), CLOSE_MS);
    await gone;
    clearTimeout(patience);
  }

  #end(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}

function deathOf(reason: string): GstIplError {
  return new GstIplError('worker-failed', `A fusion worker died: ${reason}.`, {
    hint: 'If it happens again, please report it with the graph and the output of `gst-ipl doctor`.',
  });
}

function errorOf(reply: Extract<Reply, { type: 'failed' }>): GstIplError {
  return new GstIplError(reply.code, reply.message, { hint: reply.hint });
}

// onnxruntime reports usage to its makers unless this is set before it loads; a camera chain has no business doing that.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** A worker makes small short-lived objects only; by itself V8 would let tens of megabytes of them lie. */
const YOUNG_MB = 2;

/** In the package the worker is JavaScript; in a checkout without a build it is TypeScript, compiled as it loads. */
function spawnWorker(workerData: WorkerSettings): Worker {
  const extension = path.extname(__filename);
  const execArgv = extension === '.ts' ? ['-r', 'ts-node/register/transpile-only'] : [];
  return new Worker(path.join(__dirname, `worker${extension}`), { workerData, execArgv, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
}
