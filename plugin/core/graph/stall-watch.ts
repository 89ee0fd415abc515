/** Tells of a sink that takes no pictures any more. */

/** Longer than a disk takes to wake up, or an encoder for a picture of 4K on a busy machine. */
const STALL_MS = 10_000;

/** Awaits what takes a picture; warns, once for each stall, when it does not come back. */
export function watchStalls<T>(work: (item: T) => Promise<void>, nodes: string, warn: (message: string) => void): (item: T) => Promise<void> {
  return async (item) => {
    const stalled = (): void => warn(`It has taken no picture for ${STALL_MS / 1000} s: ${nodes} seems to be stuck. Pictures wait or are dropped, as queues say.`);
    const timer = setTimeout(stalled, STALL_MS);
    try {
      await work(item);
    } finally {
      clearTimeout(timer);
    }
  };
}
