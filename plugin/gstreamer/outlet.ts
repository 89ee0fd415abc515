/** Where frames leave GStreamer, as an Observable: every picture is copied once, by a thread of the libuv pool. */
import { Subject, type Observable } from 'rxjs';
import { FlowControl } from '../core/queue/flow-control';
import type { Frame } from '../core/frames/frame';
import { Parking } from '../core/frames/parking';
import { afterSilence } from '../core/clocks/patience';
import { asGstIplError, GstIplError } from '../core/errors';
import { checkPixels } from '../core/frames/pixel-limit';
import type { Nanoseconds } from '../core/time';
import { parseVideoCaps, type VideoCaps } from '../core/frames/video-caps';
import type { NativeElement, NativeSample } from './binding';
import type { GstPipeline } from './pipeline';
import { uprightLaunch } from './upright';

/**
 * The tail of a launch fragment that makes frames of what comes: any raw video in, progressive, upright, 4:2:0 out (whichever
 * format needs no conversion). Two waiting buffers keep the decoder busy while Node works.
 *
 * @param way all fragments that the pictures pass before, as they are written
 * @param tenBits whether all who read the frames take 10 bits; pictures of 8 stay so. deinterlace of GStreamer 1.22 knows 8 only:
 *   interlaced ones are brought to that
 */
export function outletLaunch(name: string, way: string, tenBits = false): string {
  return (
    'queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! videoconvert ! ' +
    `capsfilter caps="video/x-raw,format=(string){${tenBits ? 'I420,NV12,I420_10LE,P010_10LE' : 'I420,NV12'}}" ! ${uprightLaunch(way)} ! appsink name=${name} sync=false max-buffers=2`
  );
}

/**
 * How long a file may be silent in front of its first picture. decodebin of GStreamer 1.22 can lose the error of a demuxer
 * that finds nothing in a file (it filters errors while it still connects the demuxer), and then waits for ever.
 */
const FIRST_PICTURE_MS = 10_000;

export class Outlet {
  readonly flow: FlowControl;
  /** Resolves when nothing waits in GStreamer any more. */
  readonly over: Promise<void>;
  #finish: () => void = () => undefined;
  readonly #frames = new Subject<Frame>();
  readonly #pipeline: GstPipeline;
  readonly #sink: NativeElement;
  readonly #name: string;
  readonly #node: string;
  readonly #shared: boolean;
  readonly #parking = new Parking();
  #caps: VideoCaps | undefined;
  #started = false;
  #offset: Nanoseconds = 0n;
  #ended = false;
  #endWatch: () => void = () => undefined;
  /** Goes on where the flow is held. */
  #wake: () => void = () => undefined;

  /**
   * @param node name for messages
   * @param shared true when several stages receive the frames
   * @param flow where the stream goes on from another outlet: its flow
   */
  constructor(pipeline: GstPipeline, name: string, node: string, shared: boolean, flow = new FlowControl()) {
    this.flow = flow;
    this.over = new Promise((resolve) => (this.#finish = resolve));
    this.#pipeline = pipeline;
    this.#sink = pipeline.find(name);
    this.#name = name;
    this.#node = node;
    this.#shared = shared;
  }

  /** Subscribe before `start`; frames are not kept for those who come late. */
  get frames(): Observable<Frame> {
    return this.#frames;
  }

  /**
   * Begins to pull from a pipeline that has come back from its start: an appsink that is not started yet looks as one that has
   * ended. The stream completes on EOS, on stop, and when the pipeline fails (which the pipeline reports).
   * @param offset added to running times: by how much later than that of the graph the clock of this pipeline began
   */
  start(offset: Nanoseconds = 0n): void {
    if (this.#started) return;
    this.#started = true;
    this.#offset = offset;
    if (!this.#ended && this.#readsFile()) this.#endWatch = afterSilence(FIRST_PICTURE_MS, () => this.#missFirstPicture());
    void this.#run();
  }

  /**
   * Ends the stream now; what GStreamer still holds is dropped. The appsink must not hold anything back any more: sinks
   * that share the pipeline still want their pictures, and to send an end of stream blocks us while a source is held.
   * Pulling goes on, because an appsink keeps the end of stream until it is empty.
   */
  end(): void {
    if (!this.#ended) this.#end();
  }

  #end(error?: GstIplError): void {
    this.#ended = true;
    this.#endWatch();
    this.#parking.close();
    if (!this.#pipeline.stopped) this.#sink.set('drop', true);
    this.#wake();
    if (error) this.#frames.error(error);
    else this.#frames.complete();
    if (!this.#started) this.#finish();
  }

  /** The chain of the launch string that ends here may hold a file source; cameras and networks may be silent. */
  #readsFile(): boolean {
    return this.#pipeline.launch.split('  ').some((chain) => chain.includes(`appsink name=${this.#name} `) && /^filesrc\s/.test(chain));
  }

  #missFirstPicture(): void {
    const sentence = `Node "${this.#node}": No frame came, and nothing was done for ${FIRST_PICTURE_MS / 1000} s.`;
    const hint = 'The file seems to be damaged or not a media file; see whether a media player opens it.';
    this.#end(new GstIplError('pipeline-failed', sentence, { place: { node: this.#node }, hint }));
  }

  async #run(): Promise<void> {
    do await this.#whenOpen();
    while (await this.#pull());
    await this.#pipeline.drainBus();
    this.end();
    this.#finish();
  }

  #whenOpen(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      void this.flow.whenOpen().then(resolve);
    });
  }

  /** @returns whether GStreamer had a picture, and may have more */
  async #pull(): Promise<boolean> {
    if (this.#pipeline.stopped) return false;
    return (await this.#sink.pull((sample) => this.#tryToEmit(sample))) !== null;
  }

  async #tryToEmit(sample: NativeSample): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#emit(sample);
    } catch (error) {
      if (!this.#ended) this.#end(asGstIplError(error, 'pipeline-failed', { node: this.#node }));
    }
  }

  async #emit(sample: NativeSample): Promise<void> {
    const caps = this.#capsOf(sample);
    const { pts, duration } = sample.times;
    if (pts === undefined) {
      throw new GstIplError('bad-caps', `Node "${this.#node}" gives frames without timestamps.`, {
        place: { node: this.#node },
        hint: 'Let GStreamer make them: a capture source wants `do-timestamp=true`; a raw file wants `rawvideoparse`.',
      });
    }
    const { runningTime } = sample;
    if (runningTime === undefined) return; // It begins before the segment does: decoded only for the sake of later frames.
    this.#checkSize(sample, caps);
    const payload = await sample.copy(caps.layout.size);
    if (this.#ended) return;
    this.#endWatch();
    const read = this.#parking.park(payload);
    this.#frames.next({
      kind: 'frame',
      get payload() {
        return read();
      },
      caps,
      runningTime: runningTime + this.#offset,
      duration,
      shared: this.#shared,
      origins: [this.flow],
    });
  }

  /** The same object as long as they are the same. */
  #capsOf(sample: NativeSample): VideoCaps {
    const text = sample.caps ?? '';
    const caps = this.#caps?.text === text ? this.#caps : this.#readCaps(text);
    this.#caps = caps;
    return caps;
  }

  #readCaps(text: string): VideoCaps {
    try {
      const caps = parseVideoCaps(text);
      checkPixels(`Node "${this.#node}"`, caps.width, caps.height, this.#node);
      return caps;
    } catch (error) {
      const { code, message, hint, place } = asGstIplError(error, 'bad-caps');
      if (place) throw error;
      throw new GstIplError(code, `Node "${this.#node}": ${message}`, { place: { node: this.#node }, hint });
    }
  }

  #checkSize({ size }: NativeSample, caps: VideoCaps): void {
    if (size >= caps.layout.size) return;
    throw new GstIplError(
      'bad-caps',
      `Node "${this.#node}" gives ${size} bytes for a frame of ${caps.width}x${caps.height} ` +
        `${caps.format}, which needs ${caps.layout.size}.`,
      { place: { node: this.#node }, hint: 'Put `videoconvert` at the end of the launch fragment.' },
    );
  }
}
