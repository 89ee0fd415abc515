/** `sink` for RxJS: see ./index.ts for the element. */
import { Observable, type OperatorFunction } from 'rxjs';
import { DEFAULT_QUEUE, type QueueSettings } from '../core/queue/bounded-queue';
import type { Frame } from '../core/frames/frame';
import { processQueued } from '../core/queue/process-queued';
import { Inlet, inletLaunch } from '../gstreamer/inlet';
import { nameElements } from '../gstreamer/launch/launch';
import { noPictures, OutputFiles } from '../gstreamer/output/output-files';
import { GstPipeline } from '../gstreamer/pipeline';

/**
 * Sends frames to a launch fragment that ends with a sink element. Emits every frame that it has taken, for progress;
 * ends as `frames` did, by completion or error, when the sink has finished its file. Without a frame it ends with the error
 * `no-pictures`.
 *
 * @example frames$.pipe(sink(launch`x264enc ! mp4mux ! filesink location=${path}`)).subscribe();
 */
export function sink(launch: string, queue: QueueSettings = DEFAULT_QUEUE): OperatorFunction<Frame, Frame> {
  return (frames) =>
    new Observable((subscriber) => {
      const pipeline = new GstPipeline(`${inletLaunch('inlet')} ! videoconvert ! ${nameElements(launch, 'sink').launch}`);
      const files = new OutputFiles(pipeline);
      const inlet = new Inlet(pipeline, 'inlet', true);
      let failure: unknown;
      const warnOfEach = (messages: readonly string[]): void => messages.forEach((message) => process.emitWarning(message));
      warnOfEach(files.takenOver);
      const finish = (): void => {
        const empty = inlet.pictures === 0 && failure === undefined ? noPictures(files.names) : undefined;
        void files.finish(inlet.pictures, failure !== undefined).then(warnOfEach).then(
          () => (failure === undefined && !empty ? subscriber.complete() : subscriber.error(failure ?? empty)),
          (error: unknown) => subscriber.error(error),
        );
      };
      pipeline.events.subscribe((event) => {
        if (event.type === 'warning') process.emitWarning(event.message);
        if (event.type === 'error') subscriber.error(event.error);
        if (event.type === 'eos') finish();
      });
      void pipeline.prepare();
      const write = async (frame: Frame): Promise<Frame> => {
        await inlet.write(frame);
        return frame;
      };
      const subscription = frames.pipe(processQueued(write, queue)).subscribe({
        next: (frame) => subscriber.next(frame),
        // A fault upstream must not cost what was recorded before it.
        error: (error) => {
          failure = error;
          inlet.end();
        },
        complete: () => inlet.end(),
      });
      return () => {
        subscription.unsubscribe();
        void pipeline.stop().then((hangs) => warnOfEach([...(hangs === undefined ? [] : [hangs]), ...files.cut(inlet.pictures)]));
      };
    });
}
