/** Where frames enter GStreamer: an appsrc, with timestamps, durations and caps kept exactly. */
import type { Frame } from '../core/frames/frame';
import { sameButRate, type VideoCaps } from '../core/frames/video-caps';
import { releaseFrame } from '../core/frames/release';
import type { NativeElement } from './binding';
import type { GstPipeline } from './pipeline';

/**
 * The head of a launch string that takes frames. Its segment begins at zero: time stamps are running times. `max-bytes=0`: the
 * limit is ours, in frames, see FRAMES_AHEAD.
 */
export function inletLaunch(name: string): string {
  return `appsrc name=${name} format=time block=false max-bytes=0`;
}

/** One frame in work downstream and one ready. */
const FRAMES_AHEAD = 2;

/** appsrc does not say when it has room (its signals would come on threads of GStreamer); a millisecond is short against any frame. */
const POLL_MS = 1;

/**
 * Clock-driven sinks drop what comes late. Two frame durations is the latency that the stages in front may add
 * (one frame in work, one ready).
 */
const LATENCY_FRAMES = 2n;

export class Inlet {
  readonly #pipeline: GstPipeline;
  readonly #source: NativeElement;
  readonly #keepsRate: boolean;
  #caps: VideoCaps | undefined;
  #pictures = 0;
  /** The picture that waits for the pipeline to start, or is copied to GStreamer's memory, by another thread. */
  #pushing: Promise<void> | undefined;

  /**
   * @param keepsRate what follows does not see a change of the frame rate alone: encoders would begin anew, and muxers for
   *   Matroska end with an error. Every picture has its own time and duration.
   */
  constructor(pipeline: GstPipeline, name: string, keepsRate = false) {
    this.#pipeline = pipeline;
    this.#keepsRate = keepsRate;
    this.#source = pipeline.find(name);
  }

  /** How many it has passed on. */
  get pictures(): number {
    return this.#pictures;
  }

  /** Pushes a frame, and resolves when there is room for the next one or the pipeline is over. */
  async write(frame: Frame): Promise<void> {
    await this.#push(frame);
    await this.#room();
  }

  /** The same for a frame that nobody reads any more: its memory is free at once. */
  async consume(frame: Frame): Promise<void> {
    await this.#push(frame);
    releaseFrame(frame);
    await this.#room();
  }

  async #push(frame: Frame): Promise<void> {
    if (this.#over()) return;
    this.#announce(frame);
    this.#pushing = this.#send(frame);
    try {
      await this.#pushing;
    } finally {
      this.#pushing = undefined;
    }
  }

  async #send({ payload, runningTime, duration }: Frame): Promise<void> {
    // An appsrc loses what it gets before it is started.
    if (!(await this.#pipeline.play())) return;
    this.#pictures += 1;
    await this.#source.push(payload, { pts: runningTime, duration });
  }

  async #room(): Promise<void> {
    while (!this.#over() && this.#source.waiting > FRAMES_AHEAD) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Ends the stream after all that was written. In the stream, because GStreamer can lose an end of stream that is sent
   * to a pipeline as it starts.
   */
  end(): void {
    if (this.#over()) return;
    const end = (): void => this.#source.endStream();
    void (this.#pushing ?? this.#pipeline.play()).then(end, end);
  }

  /** Something waits that GStreamer has not taken yet. */
  get waiting(): boolean {
    return !this.#over() && (this.#pushing !== undefined || this.#source.waiting > 0);
  }

  #over(): boolean {
    return this.#pipeline.stopped || this.#pipeline.failure !== undefined;
  }

  #announce(frame: Frame): void {
    const { caps } = frame;
    const { text } = caps;
    if (text === this.#caps?.text || (this.#caps && this.#keepsRate && sameButRate(caps, this.#caps))) return;
    if (this.#caps === undefined) this.#pipeline.alignTo(frame.runningTime, (frame.duration ?? 0n) * LATENCY_FRAMES);
    this.#caps = caps;
    this.#source.setCaps(text);
  }
}
