/** One GStreamer pipeline: plays, reports, stops, and leaves nothing behind. */
import { Subject } from 'rxjs';
import { GstIplError } from '../core/errors';
import type { Nanoseconds } from '../core/time';
import { parseLaunch, type BusMessage, type NativeElement, type NativePipeline } from './binding';
import { explainBusError, explainUnlinked } from './bus-error';

export type PipelineEvent =
  | { readonly type: 'eos' }
  | { readonly type: 'warning'; readonly message: string }
  /** What an element says of its own accord, such as splitmuxsink of a finished file: fields as texts. */
  | { readonly type: 'element'; readonly name: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: 'error'; readonly error: GstIplError };

/** A pipeline that cannot start says why in far less time than this, also on a busy machine. */
const REASON_MS = 500;

/** A bus with messages on it gives one in far less time than this. */
const QUIET_MS = 20;

/** Some elements report something with every picture; such a bus is never quiet. */
const MOST_ROUNDS = 10;

export class GstPipeline {
  /** Ends with `complete` when the pipeline stops. */
  readonly events = new Subject<PipelineEvent>();
  readonly launch: string;
  readonly #native: NativePipeline;
  readonly #owners: ReadonlyMap<string, string>;
  #state: 'idle' | 'prepared' | 'playing' | 'stopped' = 'idle';
  #failure: GstIplError | undefined;
  /** A stream that came late and fitted nothing; others may. */
  #unlinked: GstIplError | undefined;
  #messages = 0;
  /** The pipeline itself, not only some of its elements, has left state NULL. */
  #started = false;
  #startTimer: NodeJS.Timeout | undefined;

  /**
   * @param launch a whole launch string
   * @param owners which graph node an element belongs to, by the element's name
   * @throws GstIplError `bad-launch`
   */
  constructor(launch: string, owners: ReadonlyMap<string, string> = new Map()) {
    this.launch = launch;
    this.#owners = owners;
    this.#native = parseLaunch(launch, owners);
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
  find(name: string): NativeElement {
    const element = this.#native.find(name);
    if (!element) throw new TypeError(`There is no element ${name} in ${this.launch}`);
    return element;
  }

  /** An element that may or may not be there, as those that others make; of a stopped pipeline there is none. */
  findInside(name: string): NativeElement | undefined {
    return this.stopped ? undefined : this.#native.find(name);
  }

  /** All elements of a kind, whoever made them; of a stopped pipeline there are none. */
  findAll(factory: string): NativeElement[] {
    return this.stopped ? [] : this.#native.findAll(factory);
  }

  /** Opens files and devices; the clock stands until `play`. For pipelines that wait for their first picture. */
  prepare(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'prepared';
    this.#watch(this.#native.pause());
  }

  play(): void {
    if (this.#state === 'playing' || this.#state === 'stopped') return;
    this.#state = 'playing';
    this.#watch(this.#native.play());
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
    if (this.#running) this.#native.sendEos();
  }

  /**
   * Aligns the clock of clock-driven sinks with a stream that begins at a later running time.
   * The pipeline's base time becomes "now - start" when it begins to play, so that the first frame is due at once.
   */
  alignTo(startNs: bigint, latencyNs: bigint): void {
    this.#native.setLatency(latencyNs);
    if (startNs > 0n) this.#native.setDelay(-startNs);
  }

  /** Leaves it as it is: to stop a pipeline whose sink is stuck would block for ever. */
  abandon(): void {
    if (this.#state === 'stopped') return;
    clearTimeout(this.#startTimer);
    this.#state = 'stopped';
    this.events.complete();
  }

  stop(): void {
    if (this.#state === 'stopped') return;
    clearTimeout(this.#startTimer);
    this.#state = 'stopped';
    this.#native.stop();
    // Who hears of it may read its elements for the last time.
    this.events.complete();
    this.#native.release();
  }

  /**
   * Resolves when the bus has said what it has to say of what happened until now. An appsink gives nothing at the end of
   * the stream, but also when the pipeline failed, and the reason may still lie behind other messages.
   */
  async drainBus(): Promise<void> {
    for (let round = 0; this.#running && !this.#failure && !(this.#started && round >= MOST_ROUNDS); round += 1) {
      const seen = this.#messages;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      if (this.#started && this.#messages === seen) return;
    }
  }

  get #running(): boolean {
    return this.#state === 'prepared' || this.#state === 'playing';
  }

  /** @param changes whether GStreamer could change the state, or is still about to */
  #watch(changes: boolean): void {
    this.#native.listen((message) => this.#onMessage(message));
    if (changes || this.#startTimer !== undefined) return;
    // The bus gives the reason, where there is one.
    this.#startTimer = setTimeout(() => this.#running && this.#fail(unexplained([...new Set(this.#owners.values())])), REASON_MS);
  }

  #onMessage(message: BusMessage): void {
    this.#messages += 1;
    // The name that GStreamer gives to a parsed pipeline.
    if (message.type === 'state-changed' && /^pipeline\d+$/.test(message._src_element_name)) this.#started = true;
    if (this.#running) this.#handle(message);
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
