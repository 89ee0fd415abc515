/** A source with a pipeline of its own, on the clock of its graph, which is started again when it breaks. */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { conditionsBy } from '../core/metrics/conditions';
import type { StageContext } from '../core/element';
import { asGstIplError, GstIplError } from '../core/errors';
import { FlowControl } from '../core/queue/flow-control';
import { deriveFrame, type Frame } from '../core/frames/frame';
import { GraphClock } from '../core/clocks/graph-clock';
import { formatTime, MILLISECOND, type Nanoseconds } from '../core/time';
import type { VideoCaps } from '../core/frames/video-caps';
import { nameElements } from '../gstreamer/launch/launch';
import { Outlet, outletLaunch } from '../gstreamer/outlet';
import { askPeer, type Peer } from '../gstreamer/tls/peer';
import { GstPipeline } from '../gstreamer/pipeline';
import { SOUND_PREFIX, type SoundOutlet } from '../gstreamer/sound/sound-outlet';
import { besidePictures } from './beside-pictures';
import { Leaving } from './leaving';
import { Pacer } from './pacer';
import { delayBefore, FIRST_PICTURE, STEADY, type RestartPolicy } from './restart';
import { setPatience } from './rtsp-patience';
import { StampNews } from './stamp-news';
import { SenderReports } from './sender-reports';
import { Timeline, type TimelineSettings } from './timeline';

export interface LiveSettings {
  readonly launch: string;
  /** How it is linked on: `:` where its last pads come and go. */
  readonly link: '!' | ':';
  /** The pictures come at their own pace; else they are read, and paced by their timestamps. */
  readonly live: boolean;
  /** What stamps them: see TimelineSettings. */
  readonly stamps: TimelineSettings['stamps'];
  /** Begins again at the end, without a gap. */
  readonly loop: boolean;
  readonly restart: RestartPolicy | undefined;
  /** The chain that its sound takes, from an element of `launch`, where somebody takes it. */
  readonly sound?: string | undefined;
  /** Who can be asked where GStreamer cannot say why there is no connection. */
  readonly peer?: Peer | undefined;
}

/** What rtspsrc says whatever the reason is. */
const NOT_CONNECTED = /Failed to connect|Could not receive message/;

const OUTLET = 'outlet';

interface Attempt {
  readonly pipeline: GstPipeline;
  readonly outlet: Outlet;
  /** Where they say when a picture was taken. */
  readonly reports: SenderReports | undefined;
  readonly sounds: readonly SoundOutlet[];
  readonly subscriptions: readonly Subscription[];
  /** It has come back from its start. */
  played: boolean;
}

export class LiveSource {
  readonly #settings: LiveSettings;
  readonly #context: Pick<StageContext, 'node' | 'warn' | 'emit' | 'tenBits' | 'givesSound'>;
  readonly #clock: GraphClock;
  readonly #flow = new FlowControl();
  readonly #timeline: Timeline;
  readonly #pacer: Pacer;
  #output: Subscriber<Frame> | undefined;
  #attempt: Attempt | undefined;
  /** The attempt that is being lost. */
  #losing: Attempt | undefined;
  #caps: VideoCaps | undefined;
  /** Starts in a row that gave no picture. */
  #failures = 0;
  /** How often the pause has doubled. */
  #level = 0;
  #worked = false;
  #lostAt: Nanoseconds | undefined;
  #startedAt: Nanoseconds = 0n;
  readonly #news: StampNews;
  readonly #leaving = new Leaving();
  #timer: NodeJS.Timeout | undefined;
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(settings: LiveSettings, context: Pick<StageContext, 'node' | 'warn' | 'notify' | 'condition' | 'emit' | 'clock' | 'tenBits' | 'givesSound'>) {
    this.#settings = settings;
    this.#context = context;
    this.#clock = context.clock ?? new GraphClock();
    this.#news = new StampNews((message) => context.warn(message), conditionsBy(context));
    this.#timeline = new Timeline(this.#clock, {
      stamps: settings.stamps,
      onJump: (by) => this.#news.jumped(by),
      onAstray: (age) => settings.restart && this.#onError(this.#error(`A frame came ${formatTime(age)} after it was taken.`)),
    });
    this.#pacer = new Pacer(this.#clock, this.#flow);
  }

  /** Starts at subscription. */
  readonly frames = new Observable<Frame>((subscriber) => {
    this.#output = subscriber;
    this.#start();
    return () => this.#end();
  });

  /** Ends the stream now. */
  stop(): void {
    this.#end();
    this.#output?.complete();
  }

  /** Resolves when GStreamer has let go of what was stopped last, or hangs in it. */
  get stopped(): Promise<unknown> {
    return this.#stopped;
  }

  #start(): void {
    try {
      this.#begin();
    } catch (error) {
      this.#fail(error);
    }
  }

  #begin(): void {
    const { node } = this.#context;
    const pipeline = this.#nextPipeline();
    const outlet = new Outlet(pipeline, OUTLET, node, false, this.#flow);
    const subscriptions = [
      pipeline.events.subscribe((event) => {
        if (event.type === 'warning') this.#context.warn(event.message);
        if (event.type === 'spared') this.#context.warn(event.error.message);
        if (event.type === 'error') this.#onError(event.error);
      }),
      outlet.frames.subscribe({
        next: (frame) => this.#onFrame(frame),
        error: (error: GstIplError) => this.#onError(error),
        complete: () => this.#finish(pipeline.failure),
      }),
    ];
    const reports = this.#settings.stamps === 'ntp' ? new SenderReports(pipeline) : undefined;
    this.#attempt = { pipeline, outlet, reports, sounds: this.#soundOutlets(pipeline), subscriptions, played: false };
    this.#startedAt = this.#clock.now();
    setPatience(pipeline, node, 'connect');
    this.#watch(FIRST_PICTURE);
    void this.#play(this.#attempt);
  }

  async #play(attempt: Attempt): Promise<void> {
    const zero = await attempt.pipeline.playOnClock();
    if (zero === undefined) return;
    attempt.played = true;
    if (attempt !== this.#attempt) return;
    this.#timeline.begin(zero);
    this.#news.reset();
    attempt.outlet.start();
    for (const sound of attempt.sounds) void sound.run();
  }

  #nextPipeline(): GstPipeline {
    const { launch, link, sound } = this.#settings;
    const { node, tenBits } = this.#context;
    const named = nameElements(launch, node);
    const beside = nameElements(sound ?? '', SOUND_PREFIX);
    const owners = new Map([...named.names, ...beside.names].map((name) => [name, node]));
    return new GstPipeline(`${named.launch} ${link} ${outletLaunch(OUTLET, launch, tenBits)}  ${beside.launch}`.trim(), owners, new Set(beside.names));
  }

  /** Its running times are moved as those of the pictures. */
  #soundOutlets(pipeline: GstPipeline): SoundOutlet[] {
    const { live, sound } = this.#settings;
    const lines = sound === undefined ? [] : (this.#context.givesSound ?? []);
    return besidePictures(pipeline, lines, (time) => (live ? this.#timeline.beside(time) : this.#pacer.beside(time)), !live);
  }

  #onFrame(frame: Frame): void {
    const { restart, live } = this.#settings;
    if (restart) this.#watch(restart.silence);
    const { reports } = this.#attempt ?? {};
    if (reports?.poll() === false) return;
    this.#news.clockIsOff(reports?.takeClockError());
    this.#restored();
    // The same caps are the same object, as they are in a stream that was never interrupted.
    const caps = this.#caps?.text === frame.caps.text ? this.#caps : frame.caps;
    this.#caps = caps;
    if (!live) return this.#pacer.schedule(deriveFrame(frame, { caps }), (paced) => this.#output?.next(paced));
    // A chain that holds its sources back takes pictures later than they come.
    if (this.#flow.held) this.#news.reset();
    else this.#news.observe(this.#clock.now(), frame.runningTime);
    const runningTime = this.#timeline.place(frame.runningTime);
    if (runningTime !== undefined) this.#output?.next(deriveFrame(frame, { caps, runningTime }));
  }

  /** The stream has ended. */
  #finish(failure: GstIplError | undefined): void {
    if (failure) return this.#onError(failure);
    const { live, loop, restart } = this.#settings;
    if (loop && this.#pacer.lap()) return this.#next(0n);
    if (live && restart) return this.#onError(this.#error('The stream has ended.'));
    this.#end();
    this.#output?.complete();
  }

  /** The first reason counts: others are its consequences. */
  #onError(error: GstIplError): void {
    const attempt = this.#attempt;
    if (!attempt || attempt === this.#losing) return;
    this.#losing = attempt;
    const { peer } = this.#settings;
    if (!peer || !NOT_CONNECTED.test(error.message)) return this.#lost(error);
    void this.#reasonOf(error, peer).then((reason) => attempt === this.#attempt && this.#lost(reason));
  }

  async #reasonOf(error: GstIplError, peer: Peer): Promise<GstIplError> {
    try {
      await askPeer(peer);
      return error;
    } catch (reason) {
      const { code, message, hint, permanent } = asGstIplError(reason, 'pipeline-failed');
      const { node } = this.#context;
      return new GstIplError(code, `Node "${node}": ${message}`, { place: { node }, hint, permanent });
    }
  }

  #lost(error: GstIplError): void {
    const { restart } = this.#settings;
    if (!restart || this.#failures + 1 > restart.attempts || (!this.#worked && error.permanent)) return this.#fail(error);
    const now = this.#clock.now();
    if (this.#lostAt === undefined && now - this.#startedAt > STEADY) this.#level = 0;
    this.#lostAt ??= now;
    this.#failures += 1;
    this.#level += 1;
    const delay = delayBefore(this.#level, restart);
    const { node } = this.#context;
    const reason = error.message.replace(`Node "${node}": `, '');
    this.#pacer.restart(this.#clock.now() + delay);
    this.#next(delay);
    this.#context.emit?.({ type: 'source-lost', node, reason, hint: error.hint, attempt: this.#failures, delay });
  }

  #restored(): void {
    const attempts = this.#failures;
    this.#worked = true;
    this.#failures = 0;
    if (this.#lostAt === undefined) return;
    const downtime = this.#clock.now() - this.#lostAt;
    this.#lostAt = undefined;
    this.#context.emit?.({ type: 'source-restored', node: this.#context.node, attempts, downtime });
  }

  /** Ends this attempt and begins another after a while. */
  #next(delay: Nanoseconds): void {
    const over = this.#drop();
    // What still waits in GStreamer would take pictures of the next run.
    const begin = (): void => void over.then(() => !this.#output?.closed && !this.#attempt && this.#start());
    this.#timer = setTimeout(begin, Number(delay / MILLISECOND));
  }

  #fail(error: unknown): void {
    this.#end();
    this.#output?.error(error);
  }

  #end(): void {
    void this.#drop();
    this.#pacer.cancel();
  }

  /** @returns a promise that resolves when another attempt may begin: never, where this one hangs for ever in its start */
  #drop(): Promise<unknown> {
    clearTimeout(this.#timer);
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (!attempt) return Promise.resolve();
    for (const subscription of attempt.subscriptions) subscription.unsubscribe();
    attempt.outlet.end();
    for (const sound of attempt.sounds) sound.end();
    setPatience(attempt.pipeline, this.#context.node, 'goodbye');
    this.#stopped = attempt.pipeline.stop().then((hangs) => hangs !== undefined && this.#context.warn(hangs));
    const gone = Promise.all([attempt.outlet.over, attempt.pipeline.gone]);
    return attempt.played ? this.#leaving.orLeft(gone) : gone; // What hangs in its start would hang again.
  }

  /** The stream is lost when no picture comes for so long. */
  #watch(time: Nanoseconds): void {
    if (!this.#settings.restart) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A chain that holds its sources back hears nothing of them.
      if (this.#flow.held) return this.#watch(time);
      this.#onError(this.#error(`No frame for ${Number(time / MILLISECOND) / 1000} s.`));
    }, Number(time / MILLISECOND));
  }

  #error(sentence: string): GstIplError {
    const { node } = this.#context;
    return new GstIplError('pipeline-failed', `Node "${node}": ${sentence}`, { place: { node } });
  }
}
