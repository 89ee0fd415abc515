/** What a bounded queue tells of itself: figures, and when it loses so much that the node behind it is too slow. */
import { conditionsBy, type ConditionOf } from './conditions';
import { defineMetrics, type ReportOf } from './metric-table';
import type { QueueWatch } from './process-queued';
import { RateMeter } from './rate-meter';

export const queueMetrics = defineMetrics({
  queue_depth: { kind: 'gauge', help: 'What waits in the queue in front of a node.' },
  queue_dropped_total: { kind: 'counter', help: 'Pictures, or sets of exposures, that a full queue in front of a node dropped.', loss: true },
});

/**
 * A queue that loses one in ten over five seconds stands before a node that is too slow; less is a hiccup (a key frame, a
 * collection of garbage), and is counted only. It keeps up again where it loses less than one in fifty.
 */
const OVERLOADED = 1 / 10;
const KEEPS_UP = 1 / 50;

const CHECK_MS = 1_000;

/** The rates of less than this are chance: a queue that was just begun fills while the first picture is in work. */
const FIRST_CHECK_MS = 3_000;

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
  const [arrivals, drops] = [new RateMeter(), new RateMeter()];
  let dropped = 0;
  let next: number | undefined;
  report?.('queue_dropped_total', 0, labels);

  const look = (): void => {
    const time = now();
    next ??= time + FIRST_CHECK_MS;
    if (time < next) return;
    next = time + CHECK_MS;
    const came = arrivals.rate(time);
    const lost = (came * drops.total(time)) / Math.max(1, arrivals.total(time));
    const through = `${tell(came - lost)} of ${tell(came)} frames/s`;
    if (lost > came * OVERLOADED) overloaded.raise(`Overloaded: ${through} go through; the full queue drops the others.`);
    else if (lost < came * KEEPS_UP) overloaded.end(`Not overloaded any more: ${through} go through.`);
  };
  return {
    onDrop: () => {
      dropped += 1;
      drops.count(now());
      report?.('queue_dropped_total', dropped, labels);
    },
    onArrival: () => {
      arrivals.count(now());
      look();
    },
    onDepth: (depth) => report?.('queue_depth', depth, labels),
  };
}

function tell(rate: number): string {
  return rate < 10 ? String(Number(rate.toFixed(1))) : rate.toFixed(0);
}
