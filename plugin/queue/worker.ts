/**
 * Takes jobs from a queue, and has processes of `gst-ipl` do them (perform-job.ts): this process' event loop has nothing to do
 * but to say that it is alive, which keeps the job its own.
 *
 * - A worker that is silent for `silentMs` (killed, cut off) loses its jobs: another one takes them. What it does after that gets no
 *   place (`holds`).
 * - **A job that has ended three workers** is not given to a fourth: it is set aside as failed, with its log.
 * - **stop()** hands jobs back: their processes end, and they wait again, the first in the row.
 * - What `gst-ipl` refuses is final. A process that was killed, and an output that could not be put into its place, are tried again
 *   (queue-runner.ts says how often).
 */
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { RedisAddress } from '../core/address';
import { sharedAmong } from '../core/cores';
import { GstIplError, messageOf } from '../core/errors';
import { performJob, type Outcome } from '../batch/perform-job';
import { Away } from './away';
import { checkRedis, clientOptions } from './connect';
import { loadBullMQ, type BullMQ } from './packages';
import { fromQueue, QUEUE, shownName, type Accepted, type Done, type QueuedJob } from './queued-job';

export interface WorkerSettings extends Accepted {
  readonly address: RedisAddress;
  /** Jobs at once. */
  readonly lanes: number;
  /** What runs `gst-ipl`: arguments of node. */
  readonly command: readonly string[];
  readonly silentMs: number;
  readonly tell: (event: string, message: string) => void;
}

/** Workers that a job may end. BullMQ counts the same, and is told the same, as a second lock. */
const MOST_ENDED = 3;

/** A queue that is away cannot take jobs back; silence does it then. */
const HAND_BACK_MS = 3000;

export interface WorkerCounts {
  done: number;
  failed: number;
  handedBack: number;
  active: number;
  seconds: number;
}

export class QueueWorker {
  readonly name = `${hostname()}:${process.pid}`;
  readonly counts: WorkerCounts = { done: 0, failed: 0, handedBack: 0, active: 0, seconds: 0 };
  readonly #settings: WorkerSettings;
  readonly #bull: BullMQ;
  readonly #away: Away;
  readonly #stopping = new AbortController();
  readonly #worker: Worker<QueuedJob, Done>;

  private constructor(settings: WorkerSettings, bull: BullMQ) {
    const { address, lanes, silentMs, tell } = settings;
    this.#settings = settings;
    this.#bull = bull;
    this.#away = new Away(address, (message) => tell('queue', message));
    setMaxListeners(0, this.#stopping.signal);
    this.#worker = this.#away.watch(new bull.Worker<QueuedJob, Done>(QUEUE, (job, token = '') => this.#process(job, token), {
      connection: clientOptions(address), name: this.name, concurrency: lanes, autorun: false,
      lockDuration: silentMs, stalledInterval: silentMs, maxStalledCount: MOST_ENDED, runRetryDelay: 1000,
    }));
    this.#worker.on('stalled', (id) => tell('stalled', `The worker of job ${id.slice(0, 8)} is silent: it is given to another.`));
  }

  /** Connected; it takes no job yet. @throws GstIplError `set-up` */
  static async open(settings: WorkerSettings): Promise<QueueWorker> {
    const bull = await loadBullMQ();
    await checkRedis(settings.address);
    const worker = new QueueWorker(settings, bull);
    await worker.#worker.waitUntilReady();
    return worker;
  }

  get isAway(): boolean {
    return this.#away.isAway;
  }

  /** Takes jobs until it is stopped. */
  async run(): Promise<void> {
    await this.#worker.run();
  }

  /** Nothing more is taken, and what is under way is handed back. */
  async stop(): Promise<void> {
    const closed = this.#worker.close().catch(() => undefined);
    this.#stopping.abort();
    await Promise.race([closed, pause(HAND_BACK_MS, undefined, { ref: false })]);
  }

  async #process(job: Job<QueuedJob, Done>, token: string): Promise<Done> {
    this.counts.active += 1;
    try {
      return await this.#perform(job, token);
    } finally {
      this.counts.active -= 1;
    }
  }

  async #perform(job: Job<QueuedJob, Done>, token: string): Promise<Done> {
    const { command, lanes, silentMs, tell } = this.#settings;
    if (job.stalledCounter >= MOST_ENDED) return this.#fail(job, `It has ended ${job.stalledCounter} workers, and is set aside; its log says which.`);
    await this.#log(job, `${this.name} begins.`);
    tell('begun', `${shownName(job.name)} begins.`);
    const start = performance.now();
    const outcome = await performJob(this.#accept(job), {
      command, cores: sharedAmong(lanes), signal: this.#stopping.signal, depot: this.#settings.shared.depot, holds: () => job.extendLock(token, silentMs).then((held) => held === 1, () => false),
    });
    this.counts.seconds += (performance.now() - start) / 1000;
    if (outcome.state === 'stopped') return this.#giveBack(job, token, outcome);
    await this.#log(job, ...outcome.messages);
    if (outcome.state === 'failed') return this.#fail(job, outcome.messages.join(' '), outcome.transient);
    this.counts.done += 1;
    tell('done', `${shownName(job.name)} done in ${outcome.seconds.toFixed(1)} s`);
    return { seconds: outcome.seconds, messages: outcome.messages, sum: outcome.sum ?? '' };
  }

  #accept(job: Job<QueuedJob, Done>): ReturnType<typeof fromQueue> {
    try {
      return fromQueue(job.id ?? '', job.data, this.#settings);
    } catch (error) {
      if (error instanceof GstIplError) return this.#fail(job, error.message);
      throw error;
    }
  }

  #fail(job: Job, reason: string, again = false): never {
    this.counts.failed += 1;
    this.#settings.tell('failed', `${shownName(job.name)} failed: ${reason}`);
    throw again ? new Error(reason) : new this.#bull.UnrecoverableError(reason);
  }

  /** Nobody's attempt: whatever the queue answers, BullMQ is told that the job waits. One that it did not take back is given to another by silence. */
  async #giveBack(job: Job, token: string, { messages }: Outcome): Promise<never> {
    if (!this.#stopping.signal.aborted) {
      await this.#log(job, ...messages);
      throw new Error('The lock was lost.'); // It is another's: nothing of it is ours to move.
    }
    const { tell } = this.#settings;
    // Before anything else: there are HAND_BACK_MS at most.
    const refused = await job.moveToWait(token).then(() => undefined, messageOf);
    if (refused === undefined) {
      this.counts.handedBack += 1;
      tell('handed-back', `${shownName(job.name)} is handed back.`);
    } else tell('handed-back', `${shownName(job.name)} cannot be handed back (${refused}): another worker gets it when this one has been silent for long enough.`);
    await this.#log(job, ...messages, `${this.name} stops${refused === undefined ? ', and hands it back' : ''}.`);
    throw new this.#bull.WaitingError();
  }

  /** What is lost of a log is told, and costs no job anything. */
  async #log(job: Job, ...lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      await job.log(line).catch((error: Error) => this.#settings.tell('log', `The log of ${shownName(job.name)} lacks "${line}": ${messageOf(error)}`));
    }
  }
}
