/** Makes JPEG or PNG files of frames, one after the other, in a small GStreamer pipeline with threads of its own. */
import type { Frame } from '../core/frames/frame';
import type { NativeElement } from '../gstreamer/binding';
import { Inlet, inletLaunch } from '../gstreamer/inlet';
import { GstPipeline } from '../gstreamer/pipeline';

/**
 * JPEG is BT.601 in full range with sRGB's transfer (JFIF); jpegenc does not convert, and without this black is grey.
 * Quality 82 is good enough to judge a picture by, in about 100 kB at 1280x720.
 */
const JPEG = 'video/x-raw,format=I420,colorimetry=(string)1:4:7:1 ! jpegenc quality=82';

export class PictureEncoder {
  readonly #tail: string;
  #pipeline: GstPipeline | undefined;
  #inlet: Inlet | undefined;
  #sink: NativeElement | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param width pixels that a picture has at most; its height follows */
  static jpeg(width: number): PictureEncoder {
    // Bilinear, with as many source pixels as the reduction asks for; the pixel aspect becomes 1, as browsers show it.
    const scale = `videoscale method=bilinear ! video/x-raw,width=(int)[1,${width}],pixel-aspect-ratio=1/1`;
    return new PictureEncoder(`${scale} ! videoconvert ! ${JPEG}`);
  }

  /** Every pixel as it is. */
  static png(): PictureEncoder {
    return new PictureEncoder('videoconvert ! video/x-raw,format=RGB ! pngenc compression-level=3');
  }

  private constructor(tail: string) {
    this.#tail = tail;
  }

  /** @returns the file, or undefined when the encoder is closed or broken; the next call makes a new one. */
  encode(frame: Frame): Promise<Buffer | undefined> {
    const encoded = this.#last.then(() => this.#encode(frame));
    this.#last = encoded.catch(() => undefined);
    return encoded;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop();
  }

  async #encode(frame: Frame): Promise<Buffer | undefined> {
    if (this.#closed) return undefined;
    if (!this.#pipeline) this.#start();
    const [pipeline, inlet, sink] = [this.#pipeline, this.#inlet, this.#sink];
    if (!pipeline || !inlet || !sink || !(await pipeline.play())) return undefined;
    // One in, one out: the file that comes is that of this frame.
    const written = inlet.write(frame).catch(() => this.#stop());
    const file = await sink.pull((sample) => sample.copy());
    if (!file) await this.#stop();
    await written; // The frame is whoever's it was until then.
    return file ?? undefined;
  }

  #start(): void {
    const pipeline = new GstPipeline(`${inletLaunch('in')} ! videoconvert ! ${this.#tail} ! appsink name=out sync=false`);
    this.#pipeline = pipeline;
    this.#inlet = new Inlet(pipeline, 'in');
    this.#sink = pipeline.find('out');
    // An error frees the pull that waits.
    pipeline.events.subscribe((event) => {
      if (event.type === 'error' && this.#pipeline === pipeline) void this.#stop();
    });
  }

  async #stop(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    this.#inlet = undefined;
    this.#sink = undefined;
    await pipeline?.stop();
  }
}
