import { Observable, type OperatorFunction } from 'rxjs';
import { BoundedQueue, DEFAULT_QUEUE, type QueueSettings } from './bounded-queue';
import type { FlowControl } from './flow-control';

/**
 * Runs asynchronous work on one item after the other, in order, behind a bounded queue.
 *
 * Results come out in the order of arrival. The stream ends as the source did, by completion or error, when the queue has
 * drained: what came before an error is not lost. An error of the work itself ends it at once.
 * Unsubscribing forgets what is queued and lets the taps run. Work that resolves to `undefined` emits nothing.
 *
 * @example
 * frames$.pipe(processQueued(async (frame) => detect(frame), { capacity: 4, policy: 'drop-oldest' }))
 */
export function processQueued<T extends { readonly origins: readonly FlowControl[] }, R>(
  work: (item: T) => Promise<R | undefined>,
  settings: QueueSettings = DEFAULT_QUEUE,
  onDrop?: (item: T) => void,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const queue = new BoundedQueue<T>(settings, onDrop);
      let end: (() => void) | undefined;
      let busy = false;

      const drain = async (): Promise<void> => {
        if (busy) return;
        busy = true;
        try {
          for (let item = queue.shift(); item && !subscriber.closed; item = queue.shift()) {
            const result = await work(item);
            if (result !== undefined) subscriber.next(result);
          }
        } catch (error) {
          subscriber.error(error);
        }
        busy = false;
        end?.();
      };

      const subscription = source.subscribe({
        next: (item) => {
          queue.push(item);
          void drain();
        },
        error: (error) => {
          end = () => subscriber.error(error);
          void drain();
        },
        complete: () => {
          end = () => subscriber.complete();
          void drain();
        },
      });
      return () => {
        subscription.unsubscribe();
        queue.clear();
      };
    });
}
