/** A small GStreamer pipeline with threads of its own that makes one thing of each frame, one after the other. */
import type { Frame } from '../core/frames/frame';
import type { NativeElement } from '../gstreamer/binding';
import { Inlet, inletLaunch } from '../gstreamer/inlet';
import { GstPipeline } from '../gstreamer/pipeline';

/** What an appsink gives. */
export type Sample = Parameters<Parameters<NativeElement['pull']>[0]>[0];

export class OneByOne {
  readonly #tail: string;
  #pipeline: GstPipeline | undefined;
  #inlet: Inlet | undefined;
  #sink: NativeElement | undefined;

  /** @param tail what is done with the frames */
  constructor(tail: string) {
    this.#tail = tail;
  }

  /** @returns what became of it, or undefined where the pipeline is broken or stopped; the next call makes a new one. */
  async pass<T>(frame: Frame, take: (sample: Sample) => Promise<T>): Promise<T | undefined> {
    if (!this.#pipeline) this.#start();
    const [pipeline, inlet, sink] = [this.#pipeline, this.#inlet, this.#sink];
    if (!pipeline || !inlet || !sink || !(await pipeline.play())) return undefined;
    // One in, one out: what comes is of this frame.
    const written = inlet.write(frame).catch(() => this.stop());
    const made = await sink.pull(take);
    if (made === null) await this.stop();
    await written; // The frame is whoever's it was until then.
    return made ?? undefined;
  }

  async stop(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    this.#inlet = undefined;
    this.#sink = undefined;
    await pipeline?.stop();
  }

  #start(): void {
    const pipeline = new GstPipeline(`${inletLaunch('in')} ! ${this.#tail} ! appsink name=out sync=false`);
    this.#pipeline = pipeline;
    this.#inlet = new Inlet(pipeline, 'in');
    this.#sink = pipeline.find('out');
    // An error frees the pull that waits.
    pipeline.events.subscribe((event) => {
      if (event.type === 'error' && this.#pipeline === pipeline) void this.stop();
    });
  }
}
