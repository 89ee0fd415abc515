/** What a bounded queue tells of itself, as figures. */
import type { QueueWatch } from './process-queued';

type Report = (name: string, value: number, labels?: Readonly<Record<string, string>>) => void;

/**
 * Publishes the depth of a queue and what it dropped: `queue_depth`, `queue_dropped_total`.
 *
 * @example processQueued(work, settings.queue, reportQueue(context.report))
 */
export function reportQueue(report: Report | undefined, labels: Readonly<Record<string, string>> = {}): QueueWatch<unknown> {
  let dropped = 0;
  report?.('queue_dropped_total', 0, labels);
  return {
    onDrop: () => {
      dropped += 1;
      report?.('queue_dropped_total', dropped, labels);
    },
    onDepth: (depth) => report?.('queue_depth', depth, labels),
  };
}
