/** An element that lets the pictures of three seconds pass, and delays those behind them by 80 ms: a fusion that has more to do. */
import { delay, identity, mergeMap, of, type Observable } from 'rxjs';
import { defineElement, ONE_STREAM, type Frame } from 'gst-ipl';

const FROM = 3_000_000_000n;
const BY_MS = 80;

export const element = defineElement({
  kind: 'stage',
  name: 'late-pictures',
  summary: 'Delays pictures by 80 ms, but for those of the first three seconds.',
  input: ONE_STREAM,
  output: 'frames',
  options: {},
  example: 'late: { use: ./late-pictures.ts, from: cam }',
  create() {
    let first: bigint | undefined;
    return {
      connect: ([frames]) =>
        (frames as Observable<Frame>).pipe(
          // Timers of the same length keep their order.
          mergeMap((frame) => {
            first ??= frame.runningTime;
            return of(frame).pipe(frame.runningTime - first < FROM ? identity : delay(BY_MS));
          }),
        ),
    };
  },
});
