/** `filter` for RxJS: see ./index.ts for the element. */
import { Observable, type OperatorFunction } from 'rxjs';
import { DEFAULT_QUEUE, type QueueSettings } from '../core/queue/bounded-queue';
import type { Frame } from '../core/frames/frame';
import { processQueued } from '../core/queue/process-queued';
import { Inlet, inletLaunch } from '../gstreamer/inlet';
import { Outlet, outletLaunch } from '../gstreamer/outlet';
import { GstPipeline } from '../gstreamer/pipeline';

/**
 * Sends frames through a launch fragment and back. Named after its element; RxJS's own `filter` drops items instead.
 *
 * @param tenBits whether pictures of 10 bits may come back
 * @example fused$.pipe(gstFilter('videobalance saturation=1.1'))
 */
export function gstFilter(launch: string, queue: QueueSettings = DEFAULT_QUEUE, tenBits = false): OperatorFunction<Frame, Frame> {
  return (frames) =>
    new Observable((subscriber) => {
      const way = `${inletLaunch('inlet')} ! videoconvert ! ${launch}`;
      const pipeline = new GstPipeline(`${way} ! ${outletLaunch('outlet', way, tenBits)}`);
      const inlet = new Inlet(pipeline, 'inlet');
      const outlet = new Outlet(pipeline, 'outlet', 'filter', false);
      pipeline.events.subscribe((event) => {
        if (event.type === 'error') subscriber.error(event.error);
      });
      let finish = (): void => subscriber.complete();
      outlet.frames.subscribe({
        next: (frame) => subscriber.next(frame),
        error: (error) => subscriber.error(error),
        complete: () => finish(),
      });
      void pipeline.prepare().then((back) => back && outlet.start());
      const subscription = frames.pipe(processQueued((frame) => inlet.write(frame), queue)).subscribe({
        // A fault upstream must not cost the frames that came before it.
        error: (error) => {
          finish = () => subscriber.error(error);
          inlet.end();
        },
        complete: () => inlet.end(),
      });
      return () => {
        subscription.unsubscribe();
        outlet.end();
        void pipeline.stop().then((hangs) => hangs !== undefined && process.emitWarning(hangs));
      };
    });
}
