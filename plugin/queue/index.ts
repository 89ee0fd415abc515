/**
 * The jobs of a batch on many machines, over BullMQ (https://docs.bullmq.io) in Redis 6.2 or later, or Valkey.
 *
 *       gst-ipl batch --queue       ── adds, follows ──>  Redis  <── takes, says that it is alive ──  gst-ipl worker, any number
 *       (QueueRunner)                                                                                 (QueueWorker) ── starts ──> gst-ipl fuse
 *       gst-ipl queue (QueueView)   ── looks ────────────────┘                                        └── reads, writes ──> the shared folder
 *
 * - Each job is done at least once, and what doing it leaves is the same however often that is (plugin/batch/perform-job.ts).
 * - Nothing is in Redis but names, states and logs; pictures are in a folder that all machines see (shared-folder.ts), or in a bucket (plugin/storage).
 * - A long recording is a flow: segments that any worker does, and their join (flow-jobs.ts).
 * - A queue that is away is waited for, by all of them, and logged. One that is none, or throws jobs away, is refused (connect.ts).
 * - bullmq and ioredis are loaded by who uses a queue, and by nobody else (packages.ts).
 */
export { QueueRunner, type QueueFlows } from './queue-runner';
export { QueueView, type QueueState } from './queue-state';
export { QueueWorker, type WorkerSettings } from './worker';
export { requireShared, SharedFolder } from './shared-folder';
