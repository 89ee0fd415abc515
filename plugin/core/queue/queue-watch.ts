/** Metrics of a bounded queue, and when it loses so much that the node behind it is too slow (../metrics/lasting-share.ts). */
import { conditionsBy, type ConditionOf } from '../metrics/conditions';
import { LastingShare } from '../metrics/lasting-share';
import { defineMetrics, type ReportOf } from '../metrics/metric-table';
import type { QueueWatch } from './process-queued';

export const queueMetrics = defineMetrics({
  queue_depth: { kind: 'gauge', help: 'Frames, or exposure sets, that wait in the queue in front of a node.' },
  queue_dropped_total: { kind: 'counter', help: 'Frames, or exposure sets, that a full queue in front of a node dropped.', loss: true },
});

const CHECK_MS = 1_000;

export interface QueueContext {
  readonly report?: ReportOf<typeof queueMetrics> | undefined;
  readonly condition?: ConditionOf | undefined;
  warn(message: string): void;
  notify?(message: string): void;
}

/**
 * Publishes the depth of a queue and what it dropped (an element that does so declares `queueMetrics`), and raises the
 * condition `overloaded`, which degrades health.
 *
 * @param now milliseconds of a clock that only goes forward
 * @example processQueued(work, settings.queue, reportQueue(context))
 */
export function reportQueue(
  context: QueueContext,
  labels: Readonly<Record<string, string>> = {},
  now: () => number = () => performance.now(),
): QueueWatch<unknown> {
  const { report } = context;
  const overloaded = conditionsBy(context)('overloaded', { holds: true, degrades: true });
  const share = new LastingShare(now);
  let dropped = 0;
  let next = -Infinity;
  report?.('queue_dropped_total', 0, labels);

  const check = (): void => {
    if (now() < next) return;
    next = now() + CHECK_MS;
    const { all, bad, perSecond, verdict } = share.assess();
    const through = `${formatRate((perSecond * (all - bad)) / all)} of ${formatRate(perSecond)} frames/s`;
    if (verdict === 'trouble') overloaded.raise(`Overloaded: ${through} go through; the full queue drops the others.`);
    if (verdict === 'well') overloaded.end(`Not overloaded any more: ${through} go through.`);
  };
  return {
    onDrop: () => {
      dropped += 1;
      share.countBad();
      report?.('queue_dropped_total', dropped, labels);
    },
    onArrival: () => {
      share.count();
      check();
    },
    onDepth: (depth) => report?.('queue_depth', depth, labels),
  };
}

function formatRate(rate: number): string {
  return rate < 5 ? String(Number(rate.toFixed(1))) : rate.toFixed(0);
}
