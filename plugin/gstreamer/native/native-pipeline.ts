/** A parsed pipeline: states, bus, elements. What it holds is freed when it is released. */
import koffi from 'koffi';
import { apart } from './apart';
import { mendFirstHeaders } from './first-headers';
import { elsewhere, type Library, type Pointer } from './library';
import { NativeElement } from './native-element';
import { elementsOf } from './native-iterator';
import { readStructure } from './native-value';

export interface BusMessage {
  readonly type: string;
  readonly _src_element_name: string;
  /** Path of the element that posted it, or the name of the message's structure. */
  readonly name?: string;
  /** What went wrong (errors, warnings). */
  readonly message?: string;
  /** Of a change of state: `GST_STATE_NULL` and so on. */
  readonly 'old-state'?: string;
  /** Source file, function and detail, for developers; its last line is often the best sentence there is. */
  readonly debug?: string;
}

/** gst/gstelement.h, GstState. */
const STATE = { null: 1, paused: 3, playing: 4 } as const;
/** GstStateChangeReturn. */
const FAILURE = 0;
const NO_PREROLL = 3;
const SUCCESS = 1;
const FORMAT_TIME = 3;
/** gst/gstevent.h and gstsegment.h: GstSeekType, GstSeekFlags. */
const SEEK_NONE = 0;
const SEEK_SET = 1;
const FLUSH = 1;
/** Decoders leave out what lies before; or it begins at the key frame before. */
const FLAGS = { exact: FLUSH | 2, 'key-frame': FLUSH | 4 | 32 } as const;
/** gst/gstmessage.h: GstMessageType, and where a GstMessage (a GstMiniObject of 64 bytes first) has its type and its source. */
const MESSAGE_ERROR = 2;
const MESSAGE_WARNING = 4;
const MESSAGE_TYPE_AT = 64;
const MESSAGE_SOURCE_AT = 80;
const FOREVER = 0xffffffffffffffffn;
/** Our own messages on the bus: for whoever waits for one, and for whoever wants to know how far it was read. */
const STOPPED = 'stopped';
const CAUGHT_UP = 'caught-up';

export class NativePipeline {
  readonly #library: Library;
  readonly #pointer: Pointer;
  readonly #bus: Pointer;
  /** Each with a reference, which keeps what is asked of it from harm. */
  readonly #elements = new Map<Pointer, NativeElement>();
  /** What threads of the pool do with it. */
  #leases = 0;
  /** Done when GStreamer has returned from all that was asked of it. */
  #last: Promise<unknown> = Promise.resolve();
  #listening = false;
  /** Who waits for a message of ours, in the order in which they lie on the bus. */
  readonly #behind: (() => void)[] = [];
  #stopped = false;
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
    this.#bus = library.gst_element_get_bus(parsed) as Pointer;
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
    this.#stopListening();
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
      if (this.#stopped) return; // Nobody waits for the end any more, and GStreamer may hang in it.
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
    return time === FOREVER ? undefined : process.hrtime.bigint() - time;
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
    if (this.#listening || this.#stopped) return;
    this.#listening = true;
    void this.during(async () => {
      const library = this.#library;
      while (!this.#stopped) {
        const message = await elsewhere<Pointer | null>(library.gst_bus_timed_pop, this.#bus, FOREVER);
        if (message === null) continue;
        const read = this.#stopped ? undefined : readMessage(library, message);
        library.gst_mini_object_unref(message);
        if (read?.type === 'application' && read.name === CAUGHT_UP) this.#behind.shift()?.();
        else if (read) callback(read);
      }
      this.#behind.splice(0).forEach((resolve) => resolve());
    });
  }

  /** Resolves when all that lies on the bus by now was listened to, however late threads get a processor; at once where nobody listens. */
  caughtUp(): Promise<void> {
    if (!this.#listening || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#behind.push(resolve);
      this.#post(CAUGHT_UP);
    });
  }

  #post(name: string): void {
    this.#library.gst_bus_post(this.#bus, this.#library.gst_message_new_application(null, this.#library.gst_structure_new_empty(name)));
  }

  /** To be called once it is stopped. Frees it when no thread of the pool has it in hand any more; all else does nothing from then on. */
  release(): void {
    if (this.#released) return;
    this.#stopListening();
    this.#released = true;
    this.#free();
  }

  #stopListening(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#listening) this.#post(STOPPED);
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
    // Messages that nobody took hold the elements that sent them.
    this.#library.gst_bus_set_flushing(this.#bus, 1);
    this.#library.gst_object_unref(this.#bus);
    this.#library.gst_object_unref(this.#pointer);
  }
}

function readMessage(library: Library, message: Pointer): BusMessage {
  const type = koffi.decode(message, MESSAGE_TYPE_AT, 'int') as number;
  const source = koffi.decode(message, MESSAGE_SOURCE_AT, 'void *') as Pointer | null;
  const structure = library.gst_message_get_structure(message) as Pointer | null;
  const read = {
    ...(structure === null ? {} : readStructure(library, structure)),
    type: library.gst_message_type_get_name(type) as string,
    _src_element_name: source === null ? '' : (library.gst_object_get_name(source) as string),
  };
  if ((type !== MESSAGE_ERROR && type !== MESSAGE_WARNING) || source === null) return read;
  const error: [Pointer | null] = [null];
  // Each refuses the other's messages.
  if (type === MESSAGE_ERROR) library.gst_message_parse_error(message, error, null);
  else library.gst_message_parse_warning(message, error, null);
  return { ...read, name: library.gst_object_get_path_string(source) as string, message: error[0] === null ? '' : takeError(library, error[0]) };
}

/** The sentence of a GError (domain and code, 4 bytes each, and a string), which is freed. */
function takeError(library: Library, error: Pointer): string {
  const message = koffi.decode(error, 8, 'str') as string;
  library.g_error_free(error);
  return message;
}
