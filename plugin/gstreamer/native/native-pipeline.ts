/** A parsed pipeline: states and elements; its bus is native-bus.ts. What it holds is freed when it is released. */
import { apart } from './apart';
import { takeError, type BusMessage } from './bus-message';
import { mendFirstHeaders } from './first-headers';
import { elsewhere, type Library, type Pointer } from './library';
import { NativeBus } from './native-bus';
import { NativeElement } from './native-element';
import { elementsOf } from './native-iterator';

/** gst/gstelement.h, GstState. */
const STATE = { null: 1, paused: 3, playing: 4 } as const;
/** GstStateChangeReturn. */
const FAILURE = 0;
const NO_PREROLL = 3;
const SUCCESS = 1;
const FORMAT_TIME = 3;
/** GST_CLOCK_TIME_NONE */
const NO_TIME = 0xffffffffffffffffn;
/** gst/gstevent.h and gstsegment.h: GstSeekType, GstSeekFlags. */
const SEEK_NONE = 0;
const SEEK_SET = 1;
const FLUSH = 1;
/** Decoders leave out what lies before; or it begins at the key frame before. */
const FLAGS = { exact: FLUSH | 2, 'key-frame': FLUSH | 4 | 32 } as const;
export class NativePipeline {
  readonly #library: Library;
  readonly #pointer: Pointer;
  readonly #bus: NativeBus;
  /** Each with a reference, which keeps what is asked of it from harm. */
  readonly #elements = new Map<Pointer, NativeElement>();
  /** What threads of the pool do with it. */
  #leases = 0;
  /** Done when GStreamer has returned from all that was asked of it. */
  #last: Promise<unknown> = Promise.resolve();
  #released = false;
  #freed = false;

  /** @throws Error with GStreamer's message where it refuses the launch string */
  constructor(library: Library, launch: string) {
    this.#library = library;
    const error: [Pointer | null] = [null];
    const parsed = library.gst_parse_launch(launch, error) as Pointer | null;
    // What has an error and is parsed all the same lacks something.
    if (parsed !== null) library.gst_object_ref_sink(parsed);
    if (error[0] !== null || parsed === null) {
      if (parsed !== null) library.gst_object_unref(parsed);
      throw new Error(error[0] === null ? 'no pipeline' : takeError(library, error[0]));
    }
    this.#pointer = parsed;
    mendFirstHeaders(library, parsed);
    // What the bus says of the last change of state is still wanted.
    library.gst_pipeline_set_auto_flush_bus(parsed, 0);
    this.#bus = new NativeBus(library, parsed);
  }

  /** @returns false where it cannot; the bus may say why. Resolves when GStreamer returns, which may be never. */
  play(): Promise<boolean> {
    return this.#change(STATE.playing);
  }

  /** The same. */
  pause(): Promise<boolean> {
    return this.#change(STATE.paused);
  }

  /** Nobody listens any more. Resolves when GStreamer returns, which may be never. */
  async stop(): Promise<void> {
    this.#bus.stop();
    await this.#change(STATE.null);
  }

  async #change(state: number): Promise<boolean> {
    if (this.#released) return false;
    const { gst_element_get_state, addressOf } = this.#library;
    return this.#inTurn(async () => {
      await apart(this.#library, addressOf.setState, this.#pointer, state);
      return gst_element_get_state(this.#pointer, null, null, 0) !== FAILURE;
    });
  }

  /** Resolves when it is sent: that can wait for a picture under way. */
  async sendEos(): Promise<void> {
    if (this.#released) return;
    const { addressOf, gst_event_new_eos, gst_mini_object_ref } = this.#library;
    await this.#inTurn(async () => {
      if (this.#bus.stopped) return; // Nobody waits for the end any more, and GStreamer may hang in it.
      const event = gst_event_new_eos() as Pointer;
      gst_mini_object_ref(event); // Each of the two that get it takes one.
      await apart(this.#library, addressOf.sendEvent, this.#pointer, event);
    });
  }

  /**
   * What holds GStreamer's lock of the pipeline is called one after the other, so that no two threads wait for one. Of what never
   * returns, whatever comes behind is never called, and the pipeline is never freed: it leaks, once, and whoever made it
   * waits for its end before the next is made (`GstPipeline.gone`).
   */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.during(async () => {
      await this.#last;
      return await call();
    });
    this.#last = result;
    return result;
  }

  /**
   * The moment of the monotonic clock at which running time was zero; undefined where the clock does not run yet. By whatever
   * clock the pipeline has.
   */
  get zero(): bigint | undefined {
    if (this.#released) return undefined;
    const time = BigInt(this.#library.gst_element_get_current_running_time(this.#pointer) as number | bigint);
    return time === NO_TIME ? undefined : process.hrtime.bigint() - time;
  }

  /** Once it is paused: whether it gives what is going on now, which can be neither read ahead nor held back. */
  get isLive(): boolean {
    return !this.#released && this.#library.gst_element_get_state(this.#pointer, null, null, 0) === NO_PREROLL;
  }

  /** Whatever clocks its elements have. */
  useSystemClock(): void {
    if (this.#released) return;
    const clock = this.#library.gst_system_clock_obtain() as Pointer;
    this.#library.gst_pipeline_use_clock(this.#pointer, clock);
    this.#library.gst_object_unref(clock);
  }

  /** Seconds; -1 where unknown. */
  queryDuration(): number {
    if (this.#released) return -1;
    const duration: [number | bigint] = [-1];
    const known = this.#library.gst_element_query_duration(this.#pointer, FORMAT_TIME, duration) as number;
    return known && Number(duration[0]) >= 0 ? Number(duration[0]) / 1e9 : -1;
  }

  /** Whether all of it has its first picture: only then does it take a seek. */
  get hasFirst(): boolean {
    return !this.#released && this.#library.gst_element_get_state(this.#pointer, null, null, 0) === SUCCESS;
  }

  /**
   * Goes on at another place of its files; running time begins anew there. What was under way is dropped.
   * @param start nanoseconds of stream time
   * @param stop the end is that of the files without it
   * @returns whether it can
   */
  async seek(start: bigint, stop: bigint | undefined, to: keyof typeof FLAGS): Promise<boolean> {
    if (this.#released) return false;
    const { gst_element_seek } = this.#library;
    const end = [stop === undefined ? SEEK_NONE : SEEK_SET, stop ?? -1n];
    return (await this.#inTurn(() => elsewhere<number>(gst_element_seek, this.#pointer, 1, FORMAT_TIME, FLAGS[to], SEEK_SET, start, ...end))) !== 0;
  }

  /** Nanoseconds. */
  setLatency(latency: bigint): void {
    if (!this.#released) this.#library.gst_pipeline_set_latency(this.#pointer, latency);
  }

  /** Nanoseconds that running time is behind; the property is unsigned, and less than nothing is meant by the wrap-around. */
  setDelay(delay: bigint): void {
    if (!this.#released) this.#library.gst_pipeline_set_delay(this.#pointer, BigInt.asUintN(64, delay));
  }

  find(name: string): NativeElement | undefined {
    if (this.#released) return undefined;
    const pointer = this.#library.gst_bin_get_by_name(this.#pointer, name) as Pointer | null;
    return pointer === null ? undefined : this.#adopt(pointer);
  }

  /** All that a kind of element has made, also those inside of others, which come and go. */
  findAll(factory: string): NativeElement[] {
    if (this.#released) return [];
    return elementsOf(this.#library, this.#pointer, factory).map((pointer) => this.#adopt(pointer));
  }

  /** Takes the reference. */
  #adopt(pointer: Pointer): NativeElement {
    const known = this.#elements.get(pointer);
    if (known) this.#library.gst_object_unref(pointer);
    const element = known ?? new NativeElement(this.#library, pointer, this);
    this.#elements.set(pointer, element);
    return element;
  }

  /** Calls back for every message until it is stopped; holds a thread of the pool meanwhile. */
  listen(callback: (message: BusMessage) => void): void {
    if (!this.#bus.stopped && !this.#bus.listens) void this.during(() => this.#bus.listen(callback));
  }

  /** NativeBus.caughtUp */
  caughtUp(): Promise<void> {
    return this.#bus.caughtUp();
  }

  /** To be called once it is stopped. Frees it when no thread of the pool has it in hand any more; all else does nothing from then on. */
  release(): void {
    if (this.#released) return;
    this.#bus.stop();
    this.#released = true;
    this.#free();
  }

  /** Nothing may be asked of it or of its elements any more. */
  get released(): boolean {
    return this.#released;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#leases += 1;
    try {
      return await work();
    } finally {
      this.#leases -= 1;
      this.#free();
    }
  }

  #free(): void {
    if (!this.#released || this.#leases > 0 || this.#freed) return;
    this.#freed = true;
    for (const pointer of this.#elements.keys()) this.#library.gst_object_unref(pointer);
    this.#elements.clear();
    this.#bus.free();
    this.#library.gst_object_unref(this.#pointer);
  }
}
