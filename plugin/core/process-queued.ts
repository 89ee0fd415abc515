import { Observable, type OperatorFunction } from 'rxjs';
import { BoundedQueue, DEFAULT_QUEUE, type QueueSettings } from './bounded-queue';
import type { FlowControl } from './flow-control';

/** Hears of what a queue does. */
export interface QueueWatch<T> {
  /** An item came, which may be dropped. */
  onArrival?(item: T): void;
  /** An item was dropped, as the queue's policy says. */
  onDrop?(item: T): void;
  /** So many items wait now. */
  onDepth?(depth: number): void;
}

/**
 * Runs asynchronous work on items in the order of arrival, behind a bounded queue: one after the other, or as many at a
 * time as `concurrency` says.
 *
 * Results come out in the order of arrival; those that are early wait, and count as in work meanwhile. The stream ends as
 * the source did, by completion or error, when the queue has drained: what came before an error is not lost. When the
 * work itself fails, nothing more is begun, and the error follows what came before it.
 * Unsubscribing forgets what is queued and lets the taps run. Work that resolves to `undefined` emits nothing.
 *
 * @example
 * frames$.pipe(processQueued(async (frame) => detect(frame), { capacity: 4, policy: 'drop-oldest' }))
 */
export function processQueued<T extends { readonly origins: readonly FlowControl[] }, R>(
  work: (item: T) => Promise<R | undefined>,
  settings: QueueSettings = DEFAULT_QUEUE,
  watch: QueueWatch<NoInfer<T>> = {},
  concurrency = 1,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const queue = new BoundedQueue<T>(settings, (item) => watch.onDrop?.(item));
      const reportDepth = (): void => watch.onDepth?.(queue.length);
      /** What is in work, in the order of arrival; `deliver` is there when it is done. */
      const inWork: { deliver?: () => void }[] = [];
      let end: (() => void) | undefined;
      let failed = false;

      const begin = (item: T): void => {
        const entry: (typeof inWork)[number] = {};
        inWork.push(entry);
        const finish = (deliver: () => void): void => {
          entry.deliver = deliver;
          emitResults();
        };
        attempt(work, item).then(
          (result) => finish(() => result !== undefined && subscriber.next(result)),
          (error) => {
            failed = true;
            finish(() => subscriber.error(error));
          },
        );
      };

      const emitResults = (): void => {
        while (inWork[0]?.deliver) inWork.shift()?.deliver?.();
        drain();
      };

      const drain = (): void => {
        while (inWork.length < concurrency && !failed && !subscriber.closed) {
          const item = queue.shift();
          if (!item) break;
          reportDepth();
          begin(item);
        }
        if (inWork.length === 0) end?.();
      };

      const subscription = source.subscribe({
        next: (item) => {
          watch.onArrival?.(item);
          queue.push(item);
          reportDepth();
          drain();
        },
        error: (error) => {
          end = () => subscriber.error(error);
          drain();
        },
        complete: () => {
          end = () => subscriber.complete();
          drain();
        },
      });
      return () => {
        subscription.unsubscribe();
        queue.clear();
      };
    });
}

/** Work that throws at once fails as work that rejects. */
async function attempt<T, R>(work: (item: T) => Promise<R>, item: T): Promise<R> {
  return work(item);
}
