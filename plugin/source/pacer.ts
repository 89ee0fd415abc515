/** Plays a file as if it were live: every picture when it is due on the clock of the graph. */
import type { FlowControl } from '../core/queue/flow-control';
import { deriveFrame, type Frame } from '../core/frames/frame';
import type { GraphClock } from '../core/clocks/graph-clock';
import { MILLISECOND, type Nanoseconds } from '../core/time';

export class Pacer {
  readonly #clock: GraphClock;
  readonly #flow: FlowControl;
  /** Running time in the graph of the file's beginning. All files of a graph begin with it, so that they stay together. */
  #offset: Nanoseconds = 0n;
  /** Where the last picture ends. */
  #end: Nanoseconds = 0n;
  #last: Nanoseconds = 0n;
  #timer: NodeJS.Timeout | undefined;

  /** @param flow is held while a picture waits for its time */
  constructor(clock: GraphClock, flow: FlowControl) {
    this.#clock = clock;
    this.#flow = flow;
  }

  /** Hands a picture on when it is due; at once when that is over. */
  schedule(frame: Frame, emit: (frame: Frame) => void): void {
    const runningTime = frame.runningTime + this.#offset;
    // Where GStreamer does not say how long a picture lasts, it lasts as long as the one before.
    this.#end = runningTime + (frame.duration ?? runningTime - this.#last);
    this.#last = runningTime;
    const wait = runningTime - this.#clock.now();
    const paced = deriveFrame(frame, { runningTime });
    if (wait < MILLISECOND) return emit(paced);
    this.#flow.hold(this);
    this.#timer = setTimeout(() => {
      this.#flow.release(this);
      emit(paced);
    }, Number(wait / MILLISECOND));
  }

  /** Where belongs what comes beside the pictures. */
  beside(time: Nanoseconds): Nanoseconds {
    return time + this.#offset;
  }

  /** The file begins again where it has ended, exactly. @returns false when it gave no picture */
  lap(): boolean {
    const moved = this.#end > this.#offset;
    this.#offset = this.#end;
    return moved;
  }

  /** The file begins again at a running time, after a fault. */
  restart(at: Nanoseconds): void {
    this.cancel();
    this.#offset = at > this.#end ? at : this.#end;
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#flow.release(this);
  }
}
