/**
 * The clock that all sources of a graph share: running time begins when the graph does. It counts by the system's
 * monotonic clock, which is also GStreamer's (GstSystemClock), so that running times of different pipelines compare.
 */
import type { Nanoseconds } from '../time';

export class GraphClock {
  #zero: Nanoseconds = process.hrtime.bigint();
  #started = false;

  /** @param zero the moment of the monotonic clock at which running time is zero */
  start(zero: Nanoseconds = process.hrtime.bigint()): void {
    this.#zero = zero;
    this.#started = true;
  }

  /** Starts it, unless that is done. */
  startOnce(): void {
    if (!this.#started) this.start();
  }

  /** Running time of a moment of the monotonic clock. */
  runningTimeOf(moment: Nanoseconds): Nanoseconds {
    return moment - this.#zero;
  }

  now(): Nanoseconds {
    return this.runningTimeOf(process.hrtime.bigint());
  }
}
