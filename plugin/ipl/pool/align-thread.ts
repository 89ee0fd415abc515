/** The main thread's end of the thread that finds how exposures lie (align-entry.ts): asked now and then, and answers when it can. */
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { keepThread, lendThread, restsInTime } from '../../core/kept-threads';
import type { Homography, Motion, Sight } from '../align';
import type { ReducedLuma } from '../kernels';

export interface AlignRequest {
  readonly number: number;
  /** By exposure; the reference among them. */
  readonly planes: readonly (ReducedLuma | undefined)[];
  readonly reference: number;
  /** By exposure, where it was; undefined: it is searched. */
  readonly expected: readonly (Homography | undefined)[];
}

export interface AlignAnswer {
  readonly number: number;
  /** By exposure: of those that were searched, and of those that were expected. */
  readonly motions: readonly (Motion | undefined)[];
  readonly sights: readonly (Sight | undefined)[];
}

const MODULE = path.join(__dirname, 'align-entry');

/** One that dies on three requests in a row will die on the next one too. */
const MOST_DEATHS = 3;

export class AlignThread {
  readonly #warn: (message: string) => void;
  #worker: Worker | undefined;
  #number = 0;
  #deaths = 0;
  #waiting: { readonly number: number; readonly resolve: (answer: AlignAnswer | undefined) => void } | undefined;
  #closed = false;
  /** Set while it is closed. @param alive whether the thread may be kept */
  #onRest: (alive: boolean) => void = () => undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Whether it can be asked: nothing is in work, and it does not die of each request. */
  get free(): boolean {
    return !this.#waiting && !this.#closed && this.#deaths < MOST_DEATHS;
  }

  /** One request at a time. @returns undefined where the thread died of it, or was closed */
  ask(request: Omit<AlignRequest, 'number'>): Promise<AlignAnswer | undefined> {
    if (!this.free) return Promise.resolve(undefined);
    const worker = (this.#worker ??= this.#start());
    const number = (this.#number += 1);
    return new Promise((resolve) => {
      this.#waiting = { number, resolve };
      const own = request.planes.flatMap((plane) => (plane ? [plane.luma.buffer as ArrayBuffer, plane.valid.buffer as ArrayBuffer] : []));
      worker.postMessage({ number, ...request } satisfies AlignRequest, own);
    });
  }

  /** Keeps the thread for the next graph, once it has answered; what it answers is not awaited by who asked. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    const rests = restsInTime(new Promise((resolve) => (this.#onRest = resolve)));
    if (!this.#waiting) this.#onRest(worker !== undefined);
    this.#end(undefined);
    if (!worker) return;
    if (await rests) await keepThread(MODULE, worker);
    else await worker.terminate();
  }

  #start(): Worker {
    const worker = lendThread(MODULE, {});
    // It has nothing that an end of the process would lose.
    worker.unref();
    let reason = '';
    worker.on('message', (answer: AlignAnswer) => {
      this.#deaths = 0;
      this.#onRest(true);
      this.#end(answer);
    });
    worker.on('error', ({ message }) => (reason = message));
    worker.on('exit', (code) => {
      this.#onRest(false);
      if (this.#closed) return;
      this.#worker = undefined;
      this.#deaths += 1;
      const then = this.#deaths < MOST_DEATHS ? 'It is started again.' : 'Exposures are lined up as they are now; restart the graph to look again.';
      this.#warn(`The thread that finds how exposures lie died: ${reason || `exit code ${code}`}. ${then}`);
      this.#end(undefined);
    });
    return worker;
  }

  #end(answer: AlignAnswer | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}
