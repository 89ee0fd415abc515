/** A long recording in a queue: BullMQ gives its join to a worker when all of its segments are done, and fails it with the first that fails. */
import type { FlowProducer, Job, JobsOptions, Queue } from 'bullmq';
import type { Flow } from '../batch/flow';
import type { JobSpec } from '../batch/job';
import type { TellSegment } from '../batch/runner';
import { QUEUE, toQueue, type Done, type QueuedJob } from './queued-job';
import type { SharedFolder } from './shared-folder';

/** Seconds; the batch that wants to know has read it long before. */
const KEPT = { done: 24 * 3600, failed: 7 * 24 * 3600 };

/** A process that was killed may do better; what gst-ipl itself refused is not tried again (worker.ts). */
const ATTEMPTS = 3;
const BACKOFF_MS = 2000;

export function jobOptions({ id }: JobSpec): JobsOptions {
  return {
    jobId: id,
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: BACKOFF_MS },
    removeOnComplete: { age: KEPT.done },
    removeOnFail: { age: KEPT.failed },
  };
}

/** Segments that are under way, from a batch before, are waited for; those that are over are given again: one whose piece is still there is done at once. */
export async function addFlow(producer: FlowProducer, queue: Queue<QueuedJob, Done>, { join, segments }: Flow, shared: SharedFolder): Promise<void> {
  for (const { id } of segments) if (isOver(await queue.getJobState(id))) await queue.remove(id, { removeChildren: false });
  const { output } = toQueue(join, shared);
  await producer.add({
    name: output, queueName: QUEUE, data: toQueue(join, shared), opts: jobOptions(join),
    children: segments.map((segment, index) => ({
      name: `${output} ${index + 1}/${segments.length}`, queueName: QUEUE, data: toQueue(segment, shared), opts: { ...jobOptions(segment), failParentOnFailure: true },
    })),
  });
}

const isOver = (state: string): boolean => state === 'completed' || state === 'failed';

/** Of a join that failed with a segment: that segment. */
export async function failedSegment(queue: Queue<QueuedJob, Done>, reason: string): Promise<Job<QueuedJob, Done> | undefined> {
  const [, id] = /\bchild \S*:([\da-f]{64}) failed/.exec(reason) ?? [];
  return id === undefined ? undefined : queue.getJob(id);
}

/** Tells of segments, whichever worker does them. */
export class SegmentsDone {
  readonly #tell: TellSegment;
  /** Of those that are not done, the recording's. */
  readonly #open = new Map<string, Flow>();

  constructor(tell: TellSegment) {
    this.#tell = tell;
  }

  add(flow: Flow): void {
    for (const { id } of flow.segments) this.#open.set(id, flow);
  }

  /** @param id of any job */
  done(id: string): void {
    const flow = this.#open.get(id);
    if (!flow || !this.#open.delete(id)) return;
    this.#tell(flow.join.output, flow.segments.filter((segment) => !this.#open.has(segment.id)).length, flow.segments.length);
  }
}
