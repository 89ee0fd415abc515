/** The frame thread's end of a server: starts its thread, answers its questions, starts it again when it dies. */
import { once } from 'node:events';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { GstIplError } from '../../core/errors';
import { redact } from '../../core/secrets/redact';
import { startThread } from '../../core/thread';
import { urlOf, type ListenAddress } from './address';
import { LIMITS, type Limits } from './limits';
import type { Answer, Offer } from './offer';
import type { FromThread, ThreadSettings, ToThread } from './protocol';

/** Before a thread that died is started again; twice as long each time. */
const RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 30_000;

/** A thread that lived for so long was well. */
const WELL_MS = 60_000;

/** The thread closes its server in half a second (CLOSE_MS in ./server.ts); one that does not is ended. */
const END_MS = 2_000;

/** Answers are buffers, which are not counted here; a leak in the thread must not take the memory of the process. */
const HEAP = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 };

/** In a checkout without a build, a compiler may be loaded, which wants more than that. */
const MAY_COMPILE = path.extname(__filename) === '.ts';

export interface ServiceSettings {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Hears of what is wrong with the server itself. */
  warn(message: string): void;
}

export class HttpService {
  readonly #settings: ServiceSettings;
  readonly #offers: readonly Offer[];
  readonly #answers: ReadonlyMap<string, Answer>;
  #thread: Worker | undefined;
  #port: number;
  #closed = false;
  #restart: NodeJS.Timeout | undefined;
  #pause = RESTART_MS;

  /** @throws TypeError when two offers answer the same name */
  constructor(settings: ServiceSettings, offers: readonly Offer[]) {
    this.#settings = settings;
    this.#offers = offers;
    this.#port = settings.address.port;
    const answers = offers.flatMap((offer) => Object.entries(offer.answers));
    this.#answers = new Map(answers);
    if (this.#answers.size < answers.length) throw new TypeError('Two offers of a server answer the same name.');
  }

  get url(): string {
    return urlOf({ host: this.#settings.address.host, port: this.#port });
  }

  /** @throws GstIplError `set-up` when the address cannot be listened at */
  async listen(): Promise<void> {
    this.#port = await this.#start();
  }

  /** Ends every connection; answers under way have a moment to end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (!thread) return;
    const over = once(thread, 'exit');
    thread.ref();
    thread.postMessage({ type: 'close' } satisfies ToThread);
    const timer = setTimeout(() => void thread.terminate(), END_MS);
    await over;
    clearTimeout(timer);
  }

  /** @returns the port that it listens at */
  #start(): Promise<number> {
    const { address, token, limits } = this.#settings;
    const thread = spawn({
      address: { ...address, port: this.#port },
      token,
      limits: { ...LIMITS, ...limits },
      modules: this.#offers.map(({ module, data }) => ({ module, data })),
      rates: Object.fromEntries([...this.#answers].map(([name, { everyMs, rests }]) => [name, { everyMs, rests }])),
    });
    this.#thread = thread;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      let listening = false;
      let reason: string | undefined;
      thread.on('message', (message: FromThread) => {
        if (message.type === 'question') return void this.#answer(thread, message);
        if (message.type === 'warning') return this.#settings.warn(message.message);
        if (message.type === 'deaf') return reject(new GstIplError('set-up', message.message, { hint: message.hint }));
        listening = true;
        // The page of a program holds it up no more than a picture on the wall.
        thread.unref();
        resolve(message.port);
      });
      thread.on('error', (error: Error) => (reason = error.message));
      thread.on('exit', (code) => {
        this.#thread = undefined;
        const why = redact(reason ?? `exit code ${code}`);
        reject(new GstIplError('worker-failed', `The thread of the HTTP server ended before it listened: ${why}.`));
        if (!listening || this.#closed) return;
        if (performance.now() - began > WELL_MS) this.#pause = RESTART_MS;
        this.#startAgain(`The thread of the HTTP server died (${why})`);
      });
    });
  }

  #startAgain(what: string): void {
    const pause = this.#pause;
    this.#pause = Math.min(LONGEST_RESTART_MS, pause * 2);
    this.#settings.warn(`${what}; the chain goes on, and the server is started again in ${pause / 1000} s.`);
    this.#restart = setTimeout(() => {
      this.#start().catch((error: Error) => {
        if (!this.#closed) this.#startAgain(redact(error.message).replace(/\.$/, ''));
      });
    }, pause).unref();
  }

  async #answer(thread: Worker, { id, name, question }: Extract<FromThread, { type: 'question' }>): Promise<void> {
    const reply = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void => thread.postMessage(message, [...transfer]);
    try {
      const answer = this.#answers.get(name);
      if (!answer) throw new TypeError(`Nobody answers "${name}"`);
      const { value, transfer } = await answer.resolve(question as never);
      reply({ type: 'given', id, value }, transfer);
    } catch (error) {
      const message = redact((error as Error).message);
      if (error instanceof GstIplError) reply({ type: 'refused', id, message, hint: error.hint });
      else reply({ type: 'failed', id, message });
    }
  }
}

function spawn(workerData: ThreadSettings): Worker {
  return startThread(path.join(__dirname, 'server-thread'), { workerData, ...(MAY_COMPILE ? {} : { resourceLimits: HEAP }) });
}
