/** One GStreamer pipeline: plays, reports, stops, and leaves nothing behind. */
import { Subject } from 'rxjs';
import { GstIplError } from '../core/errors';
import type { Nanoseconds } from '../core/time';
import { parseLaunch, type BusMessage, type NativeElement, type NativePipeline } from './binding';
import { Bus } from './bus';
import { explainBusError, explainUnlinked } from './bus-error';

export type PipelineEvent =
  | { readonly type: 'eos' }
  | { readonly type: 'warning'; readonly message: string }
  /** What an element says of its own accord, such as splitmuxsink of a finished file: fields as texts. */
  | { readonly type: 'element'; readonly name: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: 'error'; readonly error: GstIplError };

/** A healthy pipeline has many messages on its bus as it starts; this long without one means that none follows, also on a busy machine. */
const START_CHECK_MS = 200;

/** A bus with messages on it gives one in far less time than this. */
const QUIET_MS = 20;

/** Some elements report something with every picture; such a bus is never quiet. */
const MOST_ROUNDS = 10;

/** What runs of one pipeline have in common. */
interface Parsed {
  readonly native: NativePipeline;
  readonly bus: Bus;
  readonly elements: Map<string, NativeElement>;
}

function parse(launch: string, owners: ReadonlyMap<string, string>): Parsed {
  const native = parseLaunch(launch, owners);
  return { native, bus: new Bus(native), elements: new Map() };
}

export class GstPipeline {
  /** Ends with `complete` when the pipeline stops. */
  readonly events = new Subject<PipelineEvent>();
  readonly launch: string;
  readonly #parsed: Parsed;
  readonly #native: NativePipeline;
  readonly #owners: ReadonlyMap<string, string>;
  #state: 'idle' | 'prepared' | 'playing' | 'stopped' = 'idle';
  #failure: GstIplError | undefined;
  /** A stream that came late and fitted nothing; others may. */
  #unlinked: GstIplError | undefined;
  #messages = 0;
  /** The pipeline itself, not only some of its elements, has left state NULL. */
  #started = false;
  #startFailed = false;
  #startTimer: NodeJS.Timeout | undefined;

  /**
   * @param launch a whole launch string
   * @param owners which graph node an element belongs to, by the element's name
   * @param parsed for `again` only
   * @throws GstIplError `bad-launch`
   */
  constructor(launch: string, owners: ReadonlyMap<string, string> = new Map(), parsed = parse(launch, owners)) {
    this.launch = launch;
    this.#owners = owners;
    this.#parsed = parsed;
    this.#native = parsed.native;
  }

  /**
   * The same pipeline for another run, after it was stopped. Made anew it would cost memory that the binding never gives
   * back (200 KB); so for what runs again and again. Links to pads that come and go must be made with `:` in the launch
   * string: with `!` GStreamer makes them once in the life of a pipeline.
   */
  again(): GstPipeline {
    // One that could not start is in no good state.
    return new GstPipeline(this.launch, this.#owners, this.#started ? this.#parsed : undefined);
  }

  /** The first error that was reported. */
  get failure(): GstIplError | undefined {
    return this.#failure;
  }

  get stopped(): boolean {
    return this.#state === 'stopped';
  }

  /** Seconds of media, or undefined where GStreamer cannot tell. */
  get duration(): number | undefined {
    const seconds = this.#running ? this.#native.queryDuration() : -1;
    return seconds > 0 ? seconds : undefined;
  }

  /** @throws TypeError when the launch string has no such element: a defect of the caller. */
  find<T extends NativeElement>(name: string): T {
    const element = this.#parsed.elements.get(name) ?? this.#native.findChild(name);
    if (!element) throw new TypeError(`There is no element ${name} in ${this.launch}`);
    this.#parsed.elements.set(name, element);
    return element as T;
  }

  /** An element that may or may not be there, as those that others make; of a stopped pipeline there is none. */
  findInside(name: string): NativeElement | undefined {
    return this.stopped ? undefined : this.#native.findChild(name);
  }

  /** Opens files and devices; the clock stands until `play`. For pipelines that wait for their first picture. */
  prepare(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'prepared';
    this.#native.pause();
    this.#watch();
  }

  play(): void {
    if (this.#state === 'playing' || this.#state === 'stopped') return;
    const watched = this.#state === 'prepared';
    this.#state = 'playing';
    this.#native.play();
    if (!watched) this.#watch();
  }

  /**
   * Plays, and tells when by the monotonic clock of the system, which is GStreamer's, too: running time counts from then.
   * For live pipelines: those that wait for a first picture begin to count when they have it.
   */
  playOnClock(): Nanoseconds {
    this.prepare(); // Opening devices takes time, and running time does not begin before all are open.
    const now = process.hrtime.bigint();
    this.play();
    return now;
  }

  /** Asks every source for an end of stream; sinks finish their files and `eos` follows. */
  sendEos(): void {
    if (this.#running) this.#native.sendEOS();
  }

  /**
   * Aligns the clock of clock-driven sinks with a stream that begins at a later running time.
   * The pipeline's base time becomes "now - start" when it begins to play, so that the first frame is due at once.
   */
  alignTo(startNs: bigint, latencyNs: bigint): void {
    this.#native.latency = Number(latencyNs) / 1e9;
    // The property is unsigned; on x86-64 the wrap-around gives the negative delay that is meant (elsewhere it is 0).
    if (startNs > 0n) this.#native.delay = -Number(startNs) / 1e9;
  }

  /** Leaves it as it is: to stop a pipeline whose sink is stuck would block for ever. */
  abandon(): void {
    if (this.#state === 'stopped') return;
    clearInterval(this.#startTimer);
    this.#state = 'stopped';
    this.events.complete();
  }

  stop(): void {
    if (this.#state === 'stopped') return;
    clearInterval(this.#startTimer);
    const ran = this.#running;
    this.#state = 'stopped';
    this.#parsed.bus.end();
    // Where the start failed there may be no change of state any more; this makes one, whose messages free the poll.
    if (ran && !this.#started) this.#native.pause();
    if (ran) this.#native.stop();
    this.events.complete();
  }

  /**
   * Resolves when the bus has said what it has to say of what happened until now. An appsink gives nothing at the end of
   * the stream, but also when the pipeline failed, and the reason may still lie behind other messages.
   */
  async settle(): Promise<void> {
    for (let round = 0; this.#running && !this.#failure && !(this.#started && round >= MOST_ROUNDS); round += 1) {
      const seen = this.#messages;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      if (this.#started && this.#messages === seen) return;
    }
  }

  get #running(): boolean {
    return this.#state === 'prepared' || this.#state === 'playing';
  }

  #watch(): void {
    this.#parsed.bus.begin((message) => this.#hear(message));
    let seen = -1;
    this.#startTimer = setInterval(() => {
      if (this.#started || this.#failure) return clearInterval(this.#startTimer);
      // No message at all means that the poll still waits for a thread of the pool, not that the start failed.
      const silent = this.#messages > 0 && this.#messages === seen;
      seen = this.#messages;
      if (!silent) return;
      if (this.#startFailed) return this.#fail(unexplained([...new Set(this.#owners.values())]));
      this.#startFailed = true;
      this.#parsed.bus.poll();
    }, START_CHECK_MS);
  }

  #hear(message: BusMessage): void {
    this.#messages += 1;
    // The name that GStreamer gives to a parsed pipeline.
    if (message.type === 'state-changed' && /^pipeline\d+$/.test(message._src_element_name)) this.#started = true;
    if (this.#running) this.#handle(message);
    if (this.#startFailed && !this.#started && this.#running && !this.#failure) this.#parsed.bus.poll();
  }

  #handle(message: BusMessage): void {
    if (message.type === 'eos') this.events.next({ type: 'eos' });
    if (message.type === 'element') this.events.next({ type: 'element', name: message.name ?? '', fields: { ...message } });
    if (message.type === 'warning') {
      const owner = this.#ownerOf(message);
      const error = explainUnlinked(message, owner, this.#owners) ?? explainBusError(message, owner);
      if (error.code === 'bad-launch') this.#unlinked = error;
      this.events.next({ type: 'warning', message: error.message });
    }
    if (message.type === 'error') this.#fail(this.#explain(message));
  }

  /** A stream that leads nowhere ends with "not-linked"; why it does was said before. */
  #explain(message: BusMessage): GstIplError {
    const error = explainBusError(message, this.#ownerOf(message));
    return this.#unlinked && error.code === 'bad-launch' ? this.#unlinked : error;
  }

  /** One fault makes several elements complain, and the first names the cause. */
  #fail(error: GstIplError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.events.next({ type: 'error', error });
  }

  #ownerOf(message: BusMessage): string | undefined {
    const path = `${message.name ?? ''}/${message._src_element_name}`.split(/[/:]/);
    for (const name of path) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) return owner;
    }
    const nodes = new Set(this.#owners.values());
    return nodes.size === 1 ? [...nodes][0] : undefined;
  }
}

function unexplained(nodes: readonly string[]): GstIplError {
  const whose = nodes.length > 0 ? `the pipeline of ${nodes.join(', ')}` : 'a pipeline';
  return new GstIplError('pipeline-failed', `GStreamer cannot start ${whose} and gives no reason.`, {
    hint: 'The file or the device may be damaged or in use. GST_DEBUG=3 in the environment makes GStreamer tell more.',
  });
}
