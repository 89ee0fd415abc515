/** Pictures to an address: an encoder, and a connection that is made again when it breaks. */
import type { NetworkAddress } from '../core/address';
import { srtMode } from '../core/address/srt';
import { asGstIplError, GstIplError } from '../core/errors';
import { conditionsBy, type Condition } from '../core/metrics/conditions';
import type { StageContext } from '../core/element';
import type { Frame } from '../core/frames/frame';
import type { VideoCaps } from '../core/frames/video-caps';
import type { ReportOf } from '../core/metrics/metric-table';
import { withInstalledEncoder } from '../gstreamer/output/av1-encoder';
import { answersRequests, encoderLaunch, type EncoderSettings } from '../gstreamer/output/encoder';
import { Output, type Outage } from '../gstreamer/output/output';
import { rtspPeer } from '../gstreamer/tls/peer';
import { SoundFeed } from '../gstreamer/sound/sound-feed';
import type { SoundSettings } from '../gstreamer/sound/sound-options';
import { segmentRhythm } from '../gstreamer/output/segment-rhythm';
import { requireElements } from '../gstreamer/probe/probe';
import type { Trust } from '../gstreamer/tls/tls';
import { TlsRelay } from '../gstreamer/tls/tls-relay';
import { isFolder, parseAddress, type Address } from './address';
import { HlsFolder, hlsForm, SEGMENT_SECONDS } from './hls';
import type { publishMetrics } from './metrics';
import { routeLaunch } from './routes';
import { soundContainer } from './sound-route';
import { VIEWED, Viewers } from './viewers';

/** What somebody who joins waits at most. For HLS it is the length of a segment. */
const UNCUT = { keyFrameSeconds: 2, cut: '' };

export class Publisher {
  readonly #settings: EncoderSettings;
  readonly #needs: readonly string[];
  readonly #context: StageContext;
  readonly #report: ReportOf<typeof publishMetrics>;
  readonly #address: Address;
  readonly #hls: HlsFolder | undefined;
  readonly #output: Output;
  readonly #sound: SoundFeed | undefined;
  readonly #tls: Trust;
  /** Certificates of one's own are checked by Node. */
  readonly #relay: TlsRelay | undefined;
  /** Work on the playlist, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** Running time at which the last picture ends. */
  #end = 0;
  readonly #viewers: Viewers | undefined;
  readonly #down: Condition;
  readonly #unlisted: Condition;

  /** @param needs GStreamer elements that it cannot do without */
  constructor(to: string, settings: EncoderSettings & SoundSettings & { readonly tls: Trust }, needs: readonly string[], context: StageContext) {
    this.#settings = settings;
    this.#needs = needs;
    this.#context = context;
    this.#report = (name, value) => context.report?.(name, value);
    const condition = conditionsBy(context);
    this.#down = condition('down', { holds: true, degrades: true });
    this.#unlisted = condition('unlisted', { degrades: true });
    this.#address = parseAddress(to);
    this.#hls = isFolder(this.#address) ? new HlsFolder(this.#address.folder, hlsForm(settings.codec)) : undefined;
    const listens = !isFolder(this.#address) && this.#address.transport === 'srt' && srtMode(this.#address) === 'listener';
    this.#viewers = listens ? new Viewers(condition('idle', { holds: true })) : undefined;
    this.#tls = settings.tls;
    this.#relay = !isFolder(this.#address) && typeof settings.tls === 'object' ? new TlsRelay(rtspPeer(this.#address, settings.tls)) : undefined;
    const { audio, audioCodec } = settings;
    const container = soundContainer(this.#address.scheme, settings.codec);
    this.#sound = context.hears && audio !== undefined && container ? new SoundFeed(context.hears, { audio, audioCodec, container }, context) : undefined;
    this.#output = new Output(
      {
        sound: this.#sound,
        node: context.node,
        sends: this.#hls === undefined,
        // Viewers of a stream stay connected while a camera changes its size; a playlist marks the place.
        endsAtNewCaps: this.#hls !== undefined,
        // rtspclientsink 1.22 blocks for ever in its second run (its pad probes stay), and splitmuxsink keeps the file of
        // one that failed: so the server, or the disk, is asked before a new one is made.
      },
      {
        launch: (frame) => this.#launch(frame),
        onMessage: (name, fields) => this.#onMessage(name, fields),
        onClosed: () => this.#flush(),
        onLost: ({ message, hint }) => this.#down.raise(`${message}${hint ? ` ${hint}` : ''} It is tried again and again; frames are dropped meanwhile.`),
        onRestored: (outage) => this.#reportReturn(outage),
      },
    );
  }

  /** @throws GstIplError `missing-plugin`, or where the folder of HLS cannot be written */
  async prepare(): Promise<void> {
    await requireElements(this.#context.node, this.#needs);
    await this.#relay?.listen();
    try {
      await this.#hls?.prepare();
    } catch (error) {
      const { node } = this.#context;
      throw new GstIplError('missing-file', `Node "${node}": The folder cannot be written: ${(error as Error).message}.`, { place: { node } });
    }
  }

  async write(frame: Frame): Promise<boolean> {
    this.#end = Number(frame.runningTime + (frame.duration ?? 0n));
    const sent = await this.#output.write(frame);
    this.#reportCounts();
    this.#viewers?.poll(() => this.#output.find(VIEWED));
    if (this.#viewers) this.#report('publish_viewers', this.#viewers.count);
    this.#report('publish_up', this.#output.connected ? 1 : 0);
    return sent;
  }

  #reportCounts(): void {
    this.#report('published_frames_total', this.delivered);
    this.#report('publish_dropped_frames_total', this.#output.droppedFrames);
  }

  get delivered(): number {
    return this.#output.deliveredFrames;
  }

  /** Ends the stream. @throws GstIplError `no-pictures` where nothing could be sent, to a peer that was not there */
  async finish(): Promise<void> {
    await this.#output.finish();
    this.#enqueue(() => this.#hls?.end() ?? Promise.resolve());
    await this.#work;
    this.#reportCounts();
    const why = this.#output.outage;
    if (this.delivered === 0 && why !== undefined) throw this.#nothing(why);
  }

  #nothing(why: string): GstIplError {
    const { node } = this.#context;
    return new GstIplError('no-pictures', `Node "${node}" published nothing. ${why}`, { place: { node }, hint: 'Check that the other end is on, and its address.' });
  }

  async close(): Promise<void> {
    await this.#output.close();
    await this.#relay?.close();
    await this.#work;
  }

  async #launch({ caps }: Frame): Promise<string> {
    const settings = await withInstalledEncoder(this.#settings, caps);
    const { keyFrameSeconds, cut } = this.#hls ? segmentRhythm(caps, SEGMENT_SECONDS, SEGMENT_SECONDS, answersRequests(settings)) : UNCUT;
    const encoder = encoderLaunch(settings, caps, keyFrameSeconds);
    const route = await this.#route(cut, caps);
    return this.#sound ? await this.#sound.launch(encoder, route) : `${encoder} ! ${route}`;
  }

  async #route(cut: string, caps: VideoCaps): Promise<string> {
    try {
      if (this.#hls) return await this.#hls.launch(cut, caps);
      return await routeLaunch(this.#address as NetworkAddress, this.#settings.codec, { tls: this.#tls, relay: this.#relay?.port });
    } catch (error) {
      const { code, message, hint, permanent } = asGstIplError(error, 'pipeline-failed');
      const { node } = this.#context;
      throw new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint, permanent });
    }
  }

  #onMessage(name: string, { location, 'running-time': time }: Readonly<Record<string, unknown>>): void {
    const hls = this.#hls;
    if (!hls || typeof location !== 'string') return;
    const begin = name === 'splitmuxsink-fragment-opened' ? this.#sound?.beginOf(BigInt(Math.round(Number(time)))) : undefined;
    const sound = begin === undefined ? undefined : Number(begin);
    if (name === 'splitmuxsink-fragment-opened') this.#enqueue(() => hls.opened(location, Number(time), sound));
    if (name === 'splitmuxsink-fragment-closed') this.#enqueue(() => hls.closed(location, Number(time)));
  }

  async #flush(): Promise<number> {
    this.#enqueue(() => this.#hls?.flush(this.#end) ?? Promise.resolve());
    await this.#work;
    return 0;
  }

  #enqueue(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      const { message } = asGstIplError(error, 'pipeline-failed');
      this.#unlisted.raise(`A segment could not be listed: ${message}.`);
    });
  }

  #reportReturn({ droppedFrames }: Outage): void {
    this.#down.end(`Node "${this.#context.node}" publishes again; ${droppedFrames} frames were not sent.`);
  }
}
