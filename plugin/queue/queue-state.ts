/** What a queue holds, for people, programs and autoscalers. */
import type { Job, JobType, Queue } from 'bullmq';
import type { RedisAddress } from '../core/address';
import type { Sample } from '../core/metrics/metrics';
import { defineMetrics } from '../core/metrics/metric-table';
import { Away } from './away';
import { checkRedis, clientOptions } from './connect';
import { loadBullMQ } from './packages';
import { QUEUE } from './queued-job';

export interface QueueState {
  readonly counts: Readonly<Record<(typeof STATES)[number], number>>;
  readonly waiting: readonly { readonly output: string }[];
  readonly active: readonly { readonly output: string; readonly worker: string; readonly seconds: number; readonly begun: number }[];
  readonly failed: readonly { readonly output: string; readonly reason: string; readonly log: readonly string[] }[];
}

/** `delayed` are those that are tried again in a moment; `waiting-children` recordings whose segments are not done. */
const STATES = ['waiting', 'active', 'delayed', 'waiting-children', 'failed', 'completed'] as const;

/** Jobs of each state that are named; the counts tell of all. */
const NAMED = 50;

export const queueMetrics = defineMetrics({
  gst_ipl_queue_jobs: { kind: 'gauge', help: 'Jobs in the queue, by state: waiting, active, delayed (tried again in a moment), waiting-children (a recording whose segments are not done), failed, completed.' },
  gst_ipl_queue_backlog: { kind: 'gauge', help: 'Jobs that are not over: waiting, active and delayed together. For autoscaling.' },
});

export class QueueView {
  readonly #queue: Queue;

  private constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** @throws GstIplError `set-up` */
  static async open(address: RedisAddress, tell: (message: string) => void): Promise<QueueView> {
    const { Queue } = await loadBullMQ();
    await checkRedis(address);
    const queue = new Away(address, tell).watch(new Queue(QUEUE, { connection: clientOptions(address) }));
    await queue.waitUntilReady();
    return new QueueView(queue);
  }

  async counts(): Promise<QueueState['counts']> {
    const found = await this.#queue.getJobCounts(...STATES);
    // A list is `wait` where it is asked for all, and `waiting` where it is asked by name.
    return Object.fromEntries(STATES.map((state) => [state, found[state] ?? 0])) as QueueState['counts'];
  }

  async read(): Promise<QueueState> {
    const [counts, waiting, active, failed] = await Promise.all([this.counts(), this.#jobs('waiting'), this.#jobs('active'), this.#jobs('failed')]);
    const now = Date.now();
    return {
      counts,
      waiting: waiting.map(({ name }) => ({ output: name })),
      active: active.map(({ name, processedBy = '', processedOn = now, attemptsStarted }) => ({ output: name, worker: processedBy, seconds: Math.max(0, now - processedOn) / 1000, begun: attemptsStarted })),
      failed: await Promise.all(failed.map(async ({ id = '', name, failedReason = '' }) => ({ output: name, reason: failedReason, log: (await this.#queue.getJobLogs(id)).logs }))),
    };
  }

  async samples(): Promise<Sample[]> {
    const counts = await this.counts();
    const of = (name: keyof typeof queueMetrics, value: number, labels = {}): Sample => ({ name, value, labels, declaration: queueMetrics[name] });
    return [
      of('gst_ipl_queue_backlog', counts.waiting + counts.active + counts.delayed),
      ...STATES.map((state) => of('gst_ipl_queue_jobs', counts[state], { state })),
    ];
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => undefined);
  }

  async #jobs(state: JobType): Promise<Job[]> {
    return (await this.#queue.getJobs([state], 0, NAMED - 1, true)).filter(Boolean); // Jobs may go while they are read.
  }
}
