/** The end of a stream: frames into something that takes them one after the other and must be finished. */
import { Observable, type OperatorFunction } from 'rxjs';
import type { QueueSettings } from './bounded-queue';
import type { Frame } from '../frames/frame';
import { processQueued, type QueueWatch } from './process-queued';

export interface Target {
  /** Resolves when there is room for the next. @returns whether the frame was taken */
  write(frame: Frame): Promise<boolean>;
  /** Resolves when everything is where it should be. */
  finish(): Promise<void>;
}

/** Emits every frame that was taken; ends as the frames did, when the target has finished. */
export function intoTarget(target: Target, queue: QueueSettings, watch: QueueWatch<Frame> = {}): OperatorFunction<Frame, Frame> {
  return (frames) =>
    new Observable((subscriber) => {
      const write = async (frame: Frame): Promise<Frame | undefined> => ((await target.write(frame)) ? frame : undefined);
      const fail = (error: unknown): void => subscriber.error(error);
      const subscription = frames.pipe(processQueued(write, queue, watch)).subscribe({
        next: (frame) => subscriber.next(frame),
        // A fault upstream must not cost what came before it.
        error: (error) => void target.finish().then(() => fail(error), () => fail(error)),
        complete: () => void target.finish().then(() => subscriber.complete(), fail),
      });
      return () => subscription.unsubscribe();
    });
}
