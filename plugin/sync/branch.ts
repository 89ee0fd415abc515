/** One branch of a synchroniser: the frames that wait, and what is known of the camera's clock. */
import { BoundedQueue, type QueueSettings } from '../core/queue/bounded-queue';
import type { FlowControl } from '../core/queue/flow-control';
import type { Frame } from '../core/frames/frame';
import { FrameClock, framePeriod, type Placement } from '../core/clocks/frame-clock';
import type { Nanoseconds } from '../core/time';

/** A frame that waits for its partners. */
export interface Waiting {
  readonly frame: Frame;
  /** Running time less the branch's declared offset, in nanoseconds from the first frame of any branch. */
  readonly time: number;
  /** Milliseconds of the clock on the wall. */
  readonly arrival: number;
  readonly origins: readonly FlowControl[];
}

/** Of stamps: their median is the rate of a camera that declares none, for all but wild ones. */
const INTERVALS = 8;

export class Branch {
  readonly name: string;
  readonly queue: BoundedQueue<Waiting>;
  /** Its source has completed. */
  ended = false;
  /** It was reported as silent, and has not spoken since. */
  silent = false;
  /** Running time of its newest frame. */
  last: Nanoseconds | undefined;
  /** The same as the queue has it. */
  lastTime = -Infinity;
  /** When it came, in milliseconds of the clock on the wall. */
  lastArrival = -Infinity;
  /** Frames up to this time come too late: their set was given, or given up. */
  floor = -Infinity;
  /** Where its last frame that is in a set has its place; undefined before the first. */
  used: number | undefined;
  /** Frames dropped in a row. */
  unused = 0;
  readonly clock = new FrameClock(1);
  /** Nanoseconds. */
  #period = 0;
  #steadyRate = false;
  /** Of a branch whose caps declare no rate: its first stamps, then what lies between them. */
  #stamps: number[] = [];
  #measured: number | undefined;
  #unrated: number | undefined;
  #origins: readonly FlowControl[] = [];
  readonly #capacity: number;

  constructor(name: string, queue: QueueSettings, onOverflow: () => void) {
    this.name = name;
    this.#capacity = queue.capacity;
    this.queue = new BoundedQueue(queue, onOverflow);
  }

  push(frame: Frame, time: number, arrival: number): void {
    this.#steadyRate = frame.caps.framerate.numerator > 0;
    this.clock.observe(time, this.#nominalPeriod(frame, time));
    this.#period = this.clock.period;
    this.#origins = frame.origins;
    this.last = frame.runningTime;
    this.lastTime = time;
    this.lastArrival = arrival;
    this.silent = false;
    this.queue.push({ frame, time, arrival, origins: frame.origins });
  }

  /** Without a rate durations are what each two stamps make them; until some stamps are there, the first stands for all. */
  #nominalPeriod(frame: Frame, time: number): number {
    if (this.#steadyRate) return framePeriod(frame);
    if (this.#measured !== undefined) return this.#measured;
    this.#stamps.push(time);
    this.#unrated ??= framePeriod(frame);
    if (this.#stamps.length <= INTERVALS) return this.#unrated;
    const intervals = this.#stamps.slice(1).map((stamp, index) => stamp - (this.#stamps[index] ?? 0)).sort((a, b) => a - b);
    this.#stamps = [];
    return (this.#measured = intervals[INTERVALS >> 1] ?? this.#unrated);
  }

  get head(): Waiting | undefined {
    return this.queue.head;
  }

  /** Nothing waits, and nothing will come. */
  get gone(): boolean {
    return this.ended && this.queue.length === 0;
  }

  get period(): number {
    return this.#period;
  }

  /** False where the caps declare no frame rate, and the stamps have shown none. */
  get steadyRate(): boolean {
    return this.#steadyRate || (this.#measured !== undefined && this.clock.locked);
  }

  /** Its source is held back by a full queue further on, so that its silence means nothing. */
  get held(): boolean {
    return this.#origins.some((origin) => origin.held);
  }

  /** One more frame would show whether its stamps are steady, and there is room for it. */
  get young(): boolean {
    return this.clock.seen < 2 && !this.ended && this.queue.length < this.#capacity;
  }

  /**
   * Whether it has no frame for a time although one was due: at its rate one had its place there, nearer than the other
   * branches' frames before and after, and it is not the one that waits.
   * @param spacing of the other branches' frames
   */
  lacks(time: number, spacing: number): boolean {
    const { head, used } = this;
    if (!head || used === undefined) return true;
    const frames = Math.round((time - used) / this.#period);
    const due = used + frames * this.#period;
    return frames >= 1 && Math.abs(due - time) <= spacing / 2 && due < this.place(head).time - this.#period / 2;
  }

  /** When the waiting frame was taken, by all that is known. */
  place({ time }: Waiting): Placement {
    if (!this.steadyRate) return { time, error: 0 };
    // A still has one frame, and its time is all there is.
    if (this.ended && this.clock.seen === 1) return { time, error: 0 };
    return this.clock.place(time);
  }
}
