/**
 * Where frames leave GStreamer, as an Observable.
 *
 * The binding pulls pictures without their times. So every picture leaves twice: whole, and as a tiny one behind gdppay, whose
 * packets tell times, caps and segments in the order of the pictures. (The whole one behind gdppay would be copied twice on the
 * event loop: once to join it with its header.) A packet says that its picture is there: pulling it waits for nothing.
 */
import { Subject, type Observable } from 'rxjs';
import { FlowControl } from '../core/flow-control';
import type { Frame } from '../core/frame';
import { Parking } from '../core/parking';
import { afterSilence } from '../core/patience';
import { asGstIplError, GstIplError } from '../core/errors';
import { checkPixels } from '../core/pixel-limit';
import { parseVideoCaps, type VideoCaps } from '../core/video-caps';
import type { NativeElement, Sample } from './binding';
import { GDP_CAPS, OPEN_SEGMENT, readPacket, toRunningTime, type GdpPacket } from './gdp';
import { oneAtATime } from './one-at-a-time';
import type { GstPipeline } from './pipeline';
import { uprightLaunch } from './upright';

/**
 * The tail of a launch fragment that makes frames of what comes: any raw video in, progressive, upright, 8-bit I420 or NV12
 * out (whichever needs no conversion). Two waiting buffers keep the decoder busy while Node works.
 *
 * The tee serves the whole pictures first. Their sink holds the stream back, and takes the pipeline's first picture (preroll);
 * that of the packets does neither.
 *
 * gdppay puts its header buffers into its caps (`streamheader`). The binding reads all caps fields at every pull, and
 * maps these buffers on the main thread while gdppay uses them on its own: a crash about once in 180 starts.
 * capssetter replaces the caps by the same without them.
 *
 * @param way all fragments that the pictures pass before, as they are written
 */
export function outletLaunch(name: string, way: string): string {
  const tee = `${name}_tee`;
  return (
    'queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! videoconvert ! ' +
    `capsfilter caps="video/x-raw,format=(string){I420,NV12}" ! ${uprightLaunch(way)} ! tee name=${tee} ` +
    `${tee}. ! ${picturesLaunch(name)} ` +
    `${tee}. ! videoscale method=nearest-neighbour ! video/x-raw,width=${TINY},height=${TINY} ! gdppay ! ` +
    `capssetter replace=true caps=${GDP_CAPS} ! appsink name=${packetsOf(name)} sync=false async=false`
  );
}

const picturesLaunch = (name: string): string => `appsink name=${name} sync=false max-buffers=2`;
const packetsOf = (name: string): string => `${name}_packets`;

/** Pixels of the pictures that carry times, in each direction. */
const TINY = 16;

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
  readonly #pictures: NativeElement;
  readonly #packets: NativeElement;
  readonly #name: string;
  readonly #node: string;
  readonly #shared: boolean;
  readonly #parking = new Parking();
  /** Caps as the packets tell them: those of the tiny pictures. */
  #tinyCaps: string | undefined;
  #caps: VideoCaps | undefined;
  #segment = OPEN_SEGMENT;
  #started = false;
  #ended = false;
  #endWatch: () => void = () => undefined;

  /**
   * @param node name for messages
   * @param shared true when several stages receive the frames
   * @param flow where the stream goes on from another outlet: its flow
   */
  constructor(pipeline: GstPipeline, name: string, node: string, shared: boolean, flow = new FlowControl()) {
    this.flow = flow;
    this.over = new Promise((resolve) => (this.#finish = resolve));
    this.#pipeline = pipeline;
    this.#pictures = pipeline.find(name);
    this.#packets = pipeline.find(packetsOf(name));
    this.#name = name;
    this.#node = node;
    this.#shared = shared;
  }

  /** Subscribe before `start`; frames are not kept for those who come late. */
  get frames(): Observable<Frame> {
    return this.#frames;
  }

  /** Begins to pull. The stream completes on EOS, on stop, and when the pipeline fails (which the pipeline reports). */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const sink of [this.#pictures, this.#packets]) sink.set('drop', false); // An earlier run may have ended in dropping.
    if (this.#readsFile()) this.#endWatch = afterSilence(FIRST_PICTURE_MS, () => this.#missFirstPicture());
    void this.#run();
  }

  /**
   * Ends the stream now; what GStreamer still holds is dropped. The appsinks must not hold anything back any more: sinks
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
    if (!this.#pipeline.stopped) for (const sink of [this.#pictures, this.#packets]) sink.set('drop', true);
    if (this.#started) void this.#drain();
    if (error) this.#frames.error(error);
    else this.#frames.complete();
  }

  /** The chain of the launch string that ends here may hold a file source; cameras and networks may be silent. */
  #readsFile(): boolean {
    return this.#pipeline.launch.split('  ').some((chain) => chain.includes(`appsink name=${this.#name} `) && /^filesrc\s/.test(chain));
  }

  #missFirstPicture(): void {
    const sentence = `Node "${this.#node}": No picture came, and nothing was done for ${FIRST_PICTURE_MS / 1000} s.`;
    const hint = 'The file seems to be damaged or not a media file; see whether a media player opens it.';
    this.#end(new GstIplError('pipeline-failed', sentence, { place: { node: this.#node }, hint }));
  }

  async #run(): Promise<void> {
    for (;;) {
      if (!this.#ended) await this.flow.whenOpen();
      const packet = await this.#pull(this.#packets);
      if (!packet) break;
      if (!this.#ended) await this.#tryToTake(packet.data);
    }
    await this.#pipeline.settle();
    this.end();
    this.#finish();
  }

  /** Until GStreamer has no more. */
  async #drain(): Promise<void> {
    while (await this.#pull(this.#pictures));
  }

  async #tryToTake(packet: Buffer): Promise<void> {
    try {
      await this.#take(readPacket(packet));
    } catch (error) {
      if (!this.#ended) this.#end(asGstIplError(error, 'pipeline-failed', { node: this.#node }));
    }
  }

  #pull(sink: NativeElement): Promise<Sample | null> {
    return this.#pipeline.stopped ? Promise.resolve(null) : sink.pull();
  }

  async #take(packet: GdpPacket): Promise<void> {
    if (packet.type === 'caps') this.#tinyCaps = packet.text;
    if (packet.type === 'segment') this.#segment = packet.segment;
    if (packet.type !== 'buffer') return;
    const { pts, duration } = packet;
    const picture = await oneAtATime(() => this.#pull(this.#pictures));
    if (!picture || this.#tinyCaps === undefined || this.#ended) return;
    const payload = picture.data;
    const text = withGeometry(this.#tinyCaps, picture.caps);
    const caps = this.#caps?.text === text ? this.#caps : this.#readCaps(text);
    this.#caps = caps;
    if (pts === undefined) {
      throw new GstIplError('bad-caps', `Node "${this.#node}" gives frames without timestamps.`, {
        place: { node: this.#node },
        hint: 'Let GStreamer make them: a capture source wants `do-timestamp=true`; a raw file wants `rawvideoparse`.',
      });
    }
    const runningTime = toRunningTime(pts, this.#segment);
    if (runningTime === undefined) return; // Before the segment: decoded only for the sake of later frames.
    this.#checkSize(payload, caps);
    this.#endWatch();
    const read = this.#parking.park(payload.subarray(0, caps.layout.size));
    this.#frames.next({
      kind: 'frame',
      get payload() {
        return read();
      },
      caps,
      runningTime,
      duration,
      shared: this.#shared,
      origins: [this.flow],
    });
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

  #checkSize(payload: Uint8Array, caps: VideoCaps): void {
    if (payload.length >= caps.layout.size) return;
    throw new GstIplError(
      'bad-caps',
      `Node "${this.#node}" gives ${payload.length} bytes for a picture of ${caps.width}x${caps.height} ` +
        `${caps.format}, which needs ${caps.layout.size}.`,
      { place: { node: this.#node }, hint: 'Put `videoconvert` at the end of the launch fragment.' },
    );
  }
}

/** Caps of a tiny picture, with what is its own taken from those of the whole: size, and the shape of the pixels. */
function withGeometry(tiny: string, whole: Record<string, unknown>): string {
  const { width, height, 'pixel-aspect-ratio': shape } = whole as { width: number; height: number; 'pixel-aspect-ratio'?: string };
  return tiny
    .replace(/\bwidth=\(int\)\d+/, `width=(int)${width}`)
    .replace(/\bheight=\(int\)\d+/, `height=(int)${height}`)
    .replace(/, pixel-aspect-ratio=\(fraction\)\d+\/\d+/, shape === undefined ? '' : `, pixel-aspect-ratio=(fraction)${shape}`);
}
