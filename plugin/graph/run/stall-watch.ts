/** Warns of a sink that takes no frames any more. */
import { conditionsBy, type ConditionOf } from '../../core/metrics/conditions';
import { unlessStuck } from '../../core/clocks/patience';

/** Longer than a disk takes to wake up, or an encoder for a picture of 4K on a busy machine. */
const STALL_MS = 10_000;

interface StallContext {
  readonly condition?: ConditionOf;
  warn(message: string): void;
}

/** Awaits what takes a picture; raises the condition `stuck`, which degrades health, while it does not come back. */
export function watchStalls<T>(work: (item: T) => Promise<void>, nodes: string, context: StallContext): (item: T) => Promise<void> {
  const stuck = conditionsBy(context)('stuck', { holds: true, degrades: true });
  return async (item) => {
    const stalled = (): void =>
      stuck.raise(`It has taken no frame for ${STALL_MS / 1000} s: ${nodes} seems to be stuck. Frames wait or are dropped, as queues say.`);
    await unlessStuck(STALL_MS, work(item), stalled);
    stuck.end('It takes frames again.');
  };
}
