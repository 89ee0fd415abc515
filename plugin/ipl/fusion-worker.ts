/** The main thread's end of one worker: starts it, hands it one task at a time, tells when it dies. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GstIplError } from '../core/errors';
import { watchExit } from './exit-watch';
import type { FusionReport } from './fusion-task';
import { NativeSection } from './native-section';
import type { FuseRequest, Reply, Request, WorkerSettings } from './worker-protocol';

export interface FusedPicture {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

/** How a task ended: `death` when the thread died with it. */
export type Outcome = { readonly picture: FusedPicture } | { readonly error: GstIplError } | { readonly death: GstIplError };

/** What all threads of a pool are started with. */
export type PoolWorkerSettings = Omit<WorkerSettings, 'section'>;

/** One thread, from its start to its death. */
interface Life {
  readonly worker: Worker;
  readonly section: NativeSection;
}

export class FusionWorker {
  readonly #settings: PoolWorkerSettings;
  readonly #onDeath: (death: GstIplError) => void;
  #life: Life | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;

  /** @param onDeath called when a thread that was ready dies, after its task has ended */
  constructor(settings: PoolWorkerSettings, onDeath: (death: GstIplError) => void) {
    this.#settings = settings;
    this.#onDeath = onDeath;
  }

  /**
   * Starts the thread and loads the network.
   * @throws GstIplError `bad-model` or `worker-failed`
   */
  async start(): Promise<void> {
    const section = new NativeSection();
    const worker = spawnWorker({ ...this.#settings, section: section.buffer });
    const unwatch = watchExit(section);
    const life = { worker, section };
    this.#life = life;
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
        unwatch();
        const death = deathOf(reason ?? `exit code ${code}`);
        if (this.#life === life) this.#life = undefined;
        reject(death);
        this.#end({ death });
        if (ready) this.#onDeath(death);
      });
    });
  }

  /** Tells one life of the worker from the next. */
  get thread(): object | undefined {
    return this.#life;
  }

  /** Hands over an exposure of the set that is fused next; one that is not in shared memory cannot be used afterwards. */
  give(turn: number, payload: Uint8Array): void {
    const transfer = payload.buffer instanceof ArrayBuffer ? [payload.buffer] : [];
    this.#life?.worker.postMessage({ type: 'payload', turn, payload } satisfies Request, transfer);
  }

  /** Fuses the exposures that were given for this turn. One set at a time. */
  fuse(request: Omit<FuseRequest, 'type'>): Promise<Outcome> {
    const worker = this.#life?.worker;
    return new Promise((resolve) => {
      if (!worker) return resolve({ death: deathOf('it does not run') });
      this.#settle = resolve;
      worker.postMessage({ type: 'fuse', ...request } satisfies Request);
    });
  }

  /** Ends the thread as soon as it is not in onnxruntime; what it fuses then is lost. */
  async close(): Promise<void> {
    if (!this.#life) return;
    const { worker, section } = this.#life;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    await Promise.race([section.barred(), gone]);
    await worker.terminate();
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
