/**
 * Puts jobs into a queue, and tells what workers made of them.
 *
 * - A job that is there already, from a batch that was killed say, is waited for, not given again. One that failed before is.
 * - Workers' events say that a job is over; and every few seconds all jobs are looked up, because an event may be lost, and so may be the
 *   whole queue: a Redis that keeps nothing over a restart. What is not there any more is put there again.
 * - A long recording is a flow: its segments, and their join (flow-jobs.ts).
 * - Who stops a batch stops to listen: the jobs stay, and the same batch follows them.
 */
import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowProducer, Queue, QueueEvents } from 'bullmq';
import type { RedisAddress } from '../core/address';
import { AtOnce } from '../batch/at-once';
import { flowOf, type Flow, type FlowSettings } from '../batch/flow';
import type { JobSpec } from '../batch/job';
import { sumOf } from '../batch/journal';
import type { Outcome } from '../batch/perform-job';
import type { Runner, TellSegment } from '../batch/runner';
import { Away } from './away';
import { checkRedis, clientOptions } from './connect';
import { loadBullMQ } from './packages';
import { addFlow, failedSegment, jobOptions, SegmentsDone } from './flow-jobs';
import { QUEUE, toQueue, type Done, type QueuedJob } from './queued-job';
import type { SharedFolder } from './shared-folder';

/** Milliseconds; every look is a question for each job that is under way. */
const LOOK_MS = 3000;

/** Other machines' files may show up late here: NFS keeps what it knows of a folder for some seconds. */
const SEEN_LATE = { times: 20, everyMs: 500 };

/** What a runner needs for long recordings; without it they are done in one piece. */
export interface QueueFlows {
  readonly settings: FlowSettings;
  readonly tell: TellSegment;
}

interface Open {
  readonly spec: JobSpec;
  /** Once it was looked for: undefined in it for a job that is one. */
  flow?: { readonly found: Flow | undefined };
  readonly settle: (outcome: Outcome) => void;
  looking: boolean;
}

interface Clients {
  readonly queue: Queue<QueuedJob, Done>;
  readonly events: QueueEvents;
  readonly producer: FlowProducer;
}

export class QueueRunner implements Runner {
  readonly lanes = Infinity;
  readonly #shared: SharedFolder;
  readonly #queue: Queue<QueuedJob, Done>;
  readonly #events: QueueEvents;
  readonly #open = new Map<string, Open>();
  readonly #timer: NodeJS.Timeout;
  readonly #producer: FlowProducer;
  readonly #flows: QueueFlows | undefined;
  /** Recordings are looked into here. */
  readonly #processes = new AtOnce(availableParallelism());
  readonly #stopping = new AbortController();
  readonly #segments: SegmentsDone;

  private constructor({ queue, events, producer }: Clients, shared: SharedFolder, flows: QueueFlows | undefined) {
    this.#shared = shared;
    this.#queue = queue;
    this.#events = events;
    this.#producer = producer;
    this.#flows = flows;
    this.#segments = new SegmentsDone(flows?.tell ?? (() => undefined));
    setMaxListeners(0, this.#stopping.signal);
    events.on('completed', ({ jobId }) => {
      this.#segments.done(jobId);
      void this.#look(jobId);
    });
    events.on('failed', ({ jobId }) => void this.#look(jobId));
    this.#timer = setInterval(() => this.#lookAtAll(), LOOK_MS);
  }

  /** @throws GstIplError `set-up` */
  static async open(address: RedisAddress, shared: SharedFolder, tell: (message: string) => void, flows?: QueueFlows): Promise<QueueRunner> {
    const { FlowProducer, Queue, QueueEvents } = await loadBullMQ();
    await checkRedis(address);
    const away = new Away(address, tell);
    const queue = away.watch(new Queue<QueuedJob, Done>(QUEUE, { connection: clientOptions(address) }));
    const events = away.watch(new QueueEvents(QUEUE, { connection: clientOptions(address) }));
    const producer = away.watch(new FlowProducer({ connection: clientOptions(address) }));
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), producer.waitUntilReady()]);
    return new QueueRunner({ queue, events, producer }, shared, flows);
  }

  perform(spec: JobSpec): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        this.#open.delete(spec.id);
        resolve(outcome);
      };
      const open: Open = { spec, settle, looking: true }; // Not looked up before it is given: it would be given twice.
      this.#open.set(spec.id, open);
      this.#give(open).then(() => (open.looking = false), (error: Error) => {
        this.#open.delete(spec.id);
        reject(error);
      });
    });
  }

  stop(): void {
    this.#stopping.abort();
    for (const { settle } of [...this.#open.values()]) settle({ state: 'stopped', seconds: 0, messages: [] });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // A queue that is away would keep both waiting.
    const closed = Promise.all([this.#queue.close(), this.#events.close(), this.#producer.close()]).catch(() => undefined);
    await Promise.race([closed, pause(2000, undefined, { ref: false })]);
  }

  async #give(open: Open): Promise<void> {
    const { spec } = open;
    const state = await this.#queue.getJobState(spec.id);
    if (state === 'completed' && (await this.#isStillThere(spec))) return open.settle(await this.#done(spec.id, spec));
    if (state === 'failed' || state === 'completed') await this.#queue.remove(spec.id, { removeChildren: false });
    else if (state !== 'unknown') return;
    await this.#add(open);
  }

  /** A worker has done it before. Since then it may have been deleted, or replaced by what was made with other settings. */
  async #isStillThere({ id, output }: JobSpec): Promise<boolean> {
    const { depot } = this.#shared;
    if (!(await depot.exists(output))) return false;
    const [job] = await Promise.all([this.#queue.getJob(id), depot.fetch([output])]);
    const sum = await sumOf(output);
    depot.release([output]);
    return job?.returnvalue?.sum === sum;
  }

  async #add(open: Open): Promise<void> {
    const { spec } = open;
    const { found } = (open.flow ??= { found: await this.#flowOf(spec) });
    if (this.#stopping.signal.aborted) return;
    if (!found) {
      const job = toQueue(spec, this.#shared);
      return void (await this.#queue.add(job.output, job, jobOptions(spec)));
    }
    this.#segments.add(found);
    await addFlow(this.#producer, this.#queue, found, this.#shared);
  }

  async #flowOf(spec: JobSpec): Promise<Flow | undefined> {
    const flows = this.#flows;
    return flows && this.#processes.run(() => flowOf(spec, flows.settings, this.#stopping.signal));
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
      else if (state === 'unknown' && again) await this.#add(open);
    } catch {
      // The queue is away, which is told (away.ts): the next look is in a moment.
    } finally {
      open.looking = false;
    }
  }

  async #done(id: string, { output }: JobSpec): Promise<Outcome> {
    const job = await this.#queue.getJob(id);
    const { seconds = 0, messages = [] } = (job?.returnvalue ?? {}) as Partial<Done>;
    for (let times = 0; !(await this.#shared.depot.exists(output)); times += 1) {
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
    const segment = await failedSegment(this.#queue, reason);
    const messages = [...(segment ? [`${segment.name} failed:`, segment.failedReason] : [reason]), ...logs.filter((line) => !reason.includes(line))];
    return { state: 'failed', seconds, messages };
  }
}
