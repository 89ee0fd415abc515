/** One GStreamer pipeline: plays, reports, stops, and leaves nothing behind. */
import { Subject } from 'rxjs';
import { GstIplError } from '../core/errors';
import { parseLaunch, type BusMessage, type NativeElement, type NativePipeline } from './binding';
import { explainBusError } from './bus-error';

export type PipelineEvent =
  | { readonly type: 'eos' }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'error'; readonly error: GstIplError };

/** A healthy pipeline has many messages on its bus as it starts; this long without one means that none follows. */
const START_CHECK_MS = 50;

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
  #messages = 0;
  /** The pipeline itself, not only some of its elements, has left state NULL. */
  #started = false;
  #startFailed = false;
  #startTimer: NodeJS.Timeout | undefined;

  /**
   * @param launch a whole launch string
   * @param owners which graph node an element belongs to, by the element's name
   * @throws GstIplError `bad-launch`
   */
  constructor(launch: string, owners: ReadonlyMap<string, string> = new Map()) {
    this.launch = launch;
    this.#owners = owners;
    this.#native = parseLaunch(launch);
    // The messages of the last state change must stay on the bus: they free the thread that waits for one.
    this.#native['auto-flush-bus'] = false;
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
    const element = this.#native.findChild(name);
    if (!element) throw new TypeError(`There is no element ${name} in ${this.launch}`);
    return element as T;
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

  stop(): void {
    if (this.#state === 'stopped') return;
    clearInterval(this.#startTimer);
    const ran = this.#running;
    this.#state = 'stopped';
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
    this.#poll();
    let seen = -1;
    this.#startTimer = setInterval(() => {
      if (this.#started || this.#failure) return clearInterval(this.#startTimer);
      // No message at all means that the poll still waits for a thread of the pool, not that the start failed.
      const silent = this.#messages > 0 && this.#messages === seen;
      seen = this.#messages;
      if (!silent) return;
      if (this.#startFailed) return this.#fail(new GstIplError('pipeline-failed', `GStreamer cannot start the pipeline of ${[...new Set(this.#owners.values())].join(', ')} and gives no reason.`));
      this.#startFailed = true;
      this.#poll();
    }, START_CHECK_MS);
  }

  /** The binding polls on by itself, except for a pipeline that could not leave state NULL (a missing device, say). */
  #poll(): void {
    this.#native.pollBus((message) => {
      this.#messages += 1;
      // The name that GStreamer gives to a parsed pipeline.
      if (message.type === 'state-changed' && /^pipeline\d+$/.test(message._src_element_name)) this.#started = true;
      if (this.#running) this.#handle(message);
      if (this.#startFailed && !this.#started && this.#running && !this.#failure) this.#poll();
    });
  }

  #handle(message: BusMessage): void {
    if (message.type === 'eos') this.events.next({ type: 'eos' });
    if (message.type === 'warning') {
      const error = explainBusError(message, this.#ownerOf(message));
      this.events.next({ type: 'warning', message: error.message });
    }
    if (message.type === 'error') this.#fail(explainBusError(message, this.#ownerOf(message)));
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
    return undefined;
  }
}
