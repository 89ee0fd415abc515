/** One GStreamer pipeline: plays, reports, stops, and leaves nothing behind. */
import { Subject } from 'rxjs';
import type { GstIplError } from '../core/errors';
import { parseLaunch, type BusMessage, type NativeElement, type NativePipeline } from './binding';
import { explainBusError } from './bus-error';

export type PipelineEvent =
  | { readonly type: 'eos' }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'error'; readonly error: GstIplError };

/** How long a pipeline that failed to start may take to say why. */
const REASON_TIMEOUT_MS = 300;

export class GstPipeline {
  /** Ends with `complete` when the pipeline stops. */
  readonly events = new Subject<PipelineEvent>();
  readonly launch: string;
  readonly #native: NativePipeline;
  readonly #owners: ReadonlyMap<string, string>;
  #state: 'idle' | 'playing' | 'stopped' = 'idle';
  #failure: GstIplError | undefined;
  #messages = 0;
  #reasonTimer: NodeJS.Timeout | undefined;

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
    const seconds = this.#state === 'playing' ? this.#native.queryDuration() : -1;
    return seconds > 0 ? seconds : undefined;
  }

  /** @throws TypeError when the launch string has no such element: a defect of the caller. */
  find<T extends NativeElement>(name: string): T {
    const element = this.#native.findChild(name);
    if (!element) throw new TypeError(`There is no element ${name} in ${this.launch}`);
    return element as T;
  }

  play(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'playing';
    this.#native.play();
    this.#poll();
    // pollBus gives up after one message when the pipeline could not leave state NULL (a missing device, for example).
    this.#reasonTimer = setTimeout(() => {
      if (this.#messages <= 1 && this.#state === 'playing') this.#poll();
    }, REASON_TIMEOUT_MS);
  }

  /** Asks every source for an end of stream; sinks finish their files and `eos` follows. */
  sendEos(): void {
    if (this.#state === 'playing') this.#native.sendEOS();
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
    clearTimeout(this.#reasonTimer);
    const played = this.#state === 'playing';
    this.#state = 'stopped';
    if (played) this.#native.stop();
    this.events.complete();
  }

  #poll(): void {
    this.#native.pollBus((message) => {
      this.#messages += 1;
      if (this.#state === 'playing') this.#handle(message);
    });
  }

  #handle(message: BusMessage): void {
    if (message.type === 'eos') this.events.next({ type: 'eos' });
    if (message.type === 'warning') {
      const error = explainBusError(message, this.#ownerOf(message));
      this.events.next({ type: 'warning', message: error.message });
    }
    // One fault makes several elements complain, and the first names the cause.
    if (message.type === 'error' && !this.#failure) {
      this.#failure = explainBusError(message, this.#ownerOf(message));
      this.events.next({ type: 'error', error: this.#failure });
    }
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
