/**
 * The main thread's end of one worker: starts it, hands it one task at a time, reports when it dies, leaves it alone when it hangs,
 * and keeps its thread for the next pool.
 */
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { GstIplError } from '../../core/errors';
import { keepThread, lendThread, restsInTime } from '../../core/kept-threads';
import { watchExit } from './exit-watch';
import type { FusionReport } from '../engine/fusion-task';
import { NativeSection } from './native-section';
import type { FuseRequest, Reply, Request, WorkerSettings } from './worker-messages';

export interface FusedPicture {
  readonly payload: Uint8Array;
  readonly report: FusionReport;
}

/** How a task ended: `death` when the thread died with it. */
export type Outcome = { readonly picture: FusedPicture } | { readonly error: GstIplError } | { readonly death: GstIplError };

/** What all threads of a pool are started with. */
export type PoolWorkerSettings = Omit<WorkerSettings, 'section'>;

/** One thread, from its start to its death, or to where it rests. */
interface Life {
  readonly worker: Worker;
  ready: boolean;
  /** Set while it is asked to rest. @param fit whether it may serve another pool */
  onRest: (fit: boolean) => void;
  readonly section: NativeSection;
  /** Resolves when it is over. */
  readonly over: Promise<void>;
  /** Ends it for everybody who waits for something of it. */
  end(death: GstIplError): void;
  /** What is to be done at the exit of the process has changed. */
  unwatch(): void;
}

export class FusionWorker {
  readonly #settings: PoolWorkerSettings;
  readonly #onDeath: (death: GstIplError) => void;
  #life: Life | undefined;
  #resolve: ((outcome: Outcome) => void) | undefined;
  /** Resolves when nothing is in work. */
  #free: Promise<unknown> = Promise.resolve();

  /** @param onDeath called when a thread that was ready dies or is abandoned, after its task has ended */
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
    const worker = lendThread(MODULE, OPTIONS);
    await new Promise<void>((resolve, reject) => {
      let reason: string | undefined;
      let finish = (): void => undefined;
      const over = new Promise<void>((done) => (finish = done));
      const life: Life = {
        worker,
        ready: false,
        onRest: () => undefined,
        section,
        over,
        unwatch: watchExit(section),
        end: (death) => {
          finish();
          // What comes of a thread that was left alone says nothing of the one that took its place.
          if (this.#life !== life) return;
          this.#life = undefined;
          reject(death);
          this.#end({ death });
          if (life.ready) this.#onDeath(death);
        },
      };
      this.#life = life;
      worker.on('message', (reply: Reply) => {
        if (this.#life !== life) return;
        if (reply.type === 'ready') {
          life.ready = true;
          resolve();
        } else if (reply.type === 'rests') life.onRest(reply.fit);
        else if (reply.type === 'fused') this.#end({ picture: reply });
        else if (reply.turn === undefined) reject(errorOf(reply));
        else this.#end({ error: errorOf(reply) });
      });
      worker.on('error', (error) => (reason = error.message));
      // Only now it is sure that it writes no shared memory any more.
      worker.on('exit', (code) => {
        life.unwatch();
        life.end(deathOf(`A fusion worker died: ${reason ?? `exit code ${code}`}.`));
      });
      worker.postMessage({ type: 'begin', settings: { ...this.#settings, section: section.buffer } } satisfies Request);
    });
  }

  /** In the pool. */
  get number(): number {
    return this.#settings.thread;
  }

  /** A number for each life of the worker. */
  get thread(): object | undefined {
    return this.#life;
  }

  /** Hands over an exposure of the set that is fused next; one that is not in shared memory cannot be used afterwards. */
  sendPayload(turn: number, payload: Uint8Array): void {
    const transfer = payload.buffer instanceof ArrayBuffer ? [payload.buffer] : [];
    this.#life?.worker.postMessage({ type: 'payload', turn, payload } satisfies Request, transfer);
  }

  /** Fuses the exposures that were given for this turn. One set at a time. */
  fuse(request: Omit<FuseRequest, 'type'>): Promise<Outcome> {
    const worker = this.#life?.worker;
    if (!worker) return Promise.resolve({ death: deathOf('A fusion worker died: it does not run.') });
    const outcome = new Promise<Outcome>((resolve) => {
      this.#resolve = resolve;
      worker.postMessage({ type: 'fuse', ...request } satisfies Request);
    });
    this.#free = outcome;
    return outcome;
  }

  /**
   * Gives up a thread that does not come back from onnxruntime, where it cannot be ended. Should it ever come back, it is
   * stopped on its way out (native-section.ts), before it touches what other threads have, and ended.
   */
  abandon(reason: string): void {
    const life = this.#life;
    if (!life) return;
    const { worker, section } = life;
    const bar = section.barred();
    worker.unref();
    life.unwatch();
    // It was waited for already.
    life.unwatch = watchExit(section, 0);
    life.end(deathOf(`A fusion worker hangs: ${reason}.`));
    void bar.then(() => worker.terminate());
  }

  /**
   * Keeps the thread for another pool, once it has fused what it has. One that is not free in time, or not fit for it, is ended
   * as soon as it is not in onnxruntime; what it fuses then is lost.
   */
  async close(): Promise<void> {
    const life = this.#life;
    if (!life) return;
    const { worker, section, over } = life;
    if (await restsInTime(this.#rest(life))) {
      this.#life = undefined;
      life.unwatch();
      return keepThread(MODULE, worker);
    }
    const barred = await Promise.race([section.barred().then(() => true), over.then(() => false)]);
    if (barred) await worker.terminate();
  }

  /** @returns whether the thread is at rest now, and fit for another pool */
  async #rest(life: Life): Promise<boolean> {
    if (!life.ready) return false;
    await this.#free;
    const rests = new Promise<boolean>((resolve) => (life.onRest = resolve));
    life.worker.postMessage({ type: 'rest' } satisfies Request);
    return Promise.race([rests, life.over.then(() => false)]);
  }

  #end(outcome: Outcome): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(outcome);
  }
}

function deathOf(sentence: string): GstIplError {
  return new GstIplError('worker-failed', sentence, {
    hint: 'If it happens again, please report it with the graph and the output of `gst-ipl doctor`.',
  });
}

function errorOf(reply: Extract<Reply, { type: 'failed' }>): GstIplError {
  return new GstIplError(reply.code, reply.message, { hint: reply.hint });
}

/** A worker makes small short-lived objects only; by itself V8 would let tens of megabytes of them lie. */
const YOUNG_MB = 2;
const MODULE = path.join(__dirname, 'worker-entry');
const OPTIONS = { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } };
