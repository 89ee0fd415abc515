/**
 * Puts jobs into a queue, and tells what workers made of them.
 *
 * - A job that is there already, from a batch that was killed say, is waited for, not given again. One that failed before is.
 * - Workers' events say that a job is over; and every few seconds all jobs are looked up, because an event may be lost, and so may be the
 *   whole queue: a Redis that keeps nothing over a restart. What is not there any more is put there again.
 * - Who stops a batch stops to listen: the jobs stay, and the same batch follows them.
 */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Queue, QueueEvents } from 'bullmq';
import type { RedisAddress } from '../core/address';
import type { JobSpec } from '../batch/job';
import { sumOf } from '../batch/journal';
import type { Outcome } from '../batch/perform-job';
import type { Runner } from '../batch/runner';
import { Away } from './away';
import { checkRedis, clientOptions } from './connect';
import { loadBullMQ } from './packages';
import { QUEUE, toQueue, type Done, type QueuedJob } from './queued-job';
import type { SharedFolder } from './shared-folder';

/** Milliseconds; every look is a question for each job that is under way. */
const LOOK_MS = 3000;

/** Other machines' files may show up late here: NFS keeps what it knows of a folder for some seconds. */
const SEEN_LATE = { times: 20, everyMs: 500 };

/** Seconds; the batch that wants to know has read it long before. */
const KEPT = { done: 24 * 3600, failed: 7 * 24 * 3600 };

/** A process that was killed may do better; what gst-ipl itself refused is not tried again (worker.ts). */
const ATTEMPTS = 3;
const BACKOFF_MS = 2000;

interface Open {
  readonly spec: JobSpec;
  readonly settle: (outcome: Outcome) => void;
  looking: boolean;
}

export class QueueRunner implements Runner {
  readonly lanes = Infinity;
  readonly #shared: SharedFolder;
  readonly #queue: Queue<QueuedJob, Done>;
  readonly #events: QueueEvents;
  readonly #open = new Map<string, Open>();
  readonly #timer: NodeJS.Timeout;

  private constructor(queue: Queue<QueuedJob, Done>, events: QueueEvents, shared: SharedFolder) {
    this.#shared = shared;
    this.#queue = queue;
    this.#events = events;
    events.on('completed', ({ jobId }) => void this.#look(jobId));
    events.on('failed', ({ jobId }) => void this.#look(jobId));
    this.#timer = setInterval(() => this.#lookAtAll(), LOOK_MS);
  }

  /** @throws GstIplError `set-up` */
  static async open(address: RedisAddress, shared: SharedFolder, tell: (message: string) => void): Promise<QueueRunner> {
    const { Queue, QueueEvents } = await loadBullMQ();
    await checkRedis(address);
    const away = new Away(address, tell);
    const queue = away.watch(new Queue<QueuedJob, Done>(QUEUE, { connection: clientOptions(address) }));
    const events = away.watch(new QueueEvents(QUEUE, { connection: clientOptions(address) }));
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
    return new QueueRunner(queue, events, shared);
  }

  perform(spec: JobSpec): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        this.#open.delete(spec.id);
        resolve(outcome);
      };
      this.#open.set(spec.id, { spec, settle, looking: false });
      this.#give(spec).catch((error: Error) => {
        this.#open.delete(spec.id);
        reject(error);
      });
    });
  }

  stop(): void {
    for (const { settle } of [...this.#open.values()]) settle({ state: 'stopped', seconds: 0, messages: [] });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // A queue that is away would keep both waiting.
    const closed = Promise.all([this.#queue.close(), this.#events.close()]).catch(() => undefined);
    await Promise.race([closed, pause(2000, undefined, { ref: false })]);
  }

  async #give(spec: JobSpec): Promise<void> {
    const state = await this.#queue.getJobState(spec.id);
    if (state === 'completed' && (await this.#isStillThere(spec))) return this.#look(spec.id);
    if (state === 'failed' || state === 'completed') await this.#queue.remove(spec.id);
    else if (state !== 'unknown') return;
    await this.#add(spec);
  }

  /** A worker has done it before. Since then it may have been deleted, or replaced by what was made with other settings. */
  async #isStillThere({ id, output }: JobSpec): Promise<boolean> {
    const job = await this.#queue.getJob(id);
    return existsSync(output) && job?.returnvalue?.sum === (await sumOf(output));
  }

  async #add(spec: JobSpec): Promise<void> {
    const job = toQueue(spec, this.#shared);
    await this.#queue.add(job.output, job, {
      jobId: spec.id,
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS },
      removeOnComplete: { age: KEPT.done },
      removeOnFail: { age: KEPT.failed },
    });
  }

  #lookAtAll(): void {
    for (const id of this.#open.keys()) void this.#look(id, true);
  }

  async #look(id: string, again = false): Promise<void> {
    const open = this.#open.get(id);
    if (!open || open.looking) return;
    open.looking = true;
    try {
      const state = await this.#queue.getJobState(id);
      if (state === 'completed') open.settle(await this.#done(id, open.spec));
      else if (state === 'failed') open.settle(await this.#failed(id));
      else if (state === 'unknown' && again) await this.#add(open.spec);
    } catch {
      // The queue is away, which is told (away.ts): the next look is in a moment.
    } finally {
      open.looking = false;
    }
  }

  async #done(id: string, { output }: JobSpec): Promise<Outcome> {
    const job = await this.#queue.getJob(id);
    const { seconds = 0, messages = [] } = (job?.returnvalue ?? {}) as Partial<Done>;
    for (let times = 0; !existsSync(output); times += 1) {
      if (times === SEEN_LATE.times) {
        return { state: 'failed', seconds, messages: [`The worker ${job?.processedBy ?? ''} has done it, but "${output}" is not here: it has another folder as the shared one.`] };
      }
      await pause(SEEN_LATE.everyMs);
    }
    return { state: 'done', seconds, messages };
  }

  async #failed(id: string): Promise<Outcome> {
    const [job, { logs }] = await Promise.all([this.#queue.getJob(id), this.#queue.getJobLogs(id)]);
    const reason = job?.failedReason ?? 'It failed.';
    const seconds = ((job?.finishedOn ?? 0) - (job?.processedOn ?? 0)) / 1000;
    return { state: 'failed', seconds, messages: [reason, ...logs.filter((line) => !reason.includes(line))] };
  }
}

/** @throws GstIplError what is not in the shared folder, before anything is read */
export function requireShared(shared: SharedFolder, files: readonly string[]): void {
  for (const file of files) shared.placeOf(file);
}

