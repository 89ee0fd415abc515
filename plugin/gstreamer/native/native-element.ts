/** Elements of a pipeline: properties, and what comes out of an appsink and goes into an appsrc. */
import { GstIplError } from '../../core/errors';
import { elsewhere, type Library, type Pointer } from './library';
import { copyIn, type Times } from './native-buffer';
import { NativeSample } from './native-sample';
import { hasProperty, readProperty } from './native-value';

/** The pipeline of an element: what is freed with it, but not while a thread of the pool has it in hand. */
export interface Lease {
  readonly released: boolean;
  during<T>(work: () => Promise<T>): Promise<T>;
}

export class NativeElement {
  readonly #library: Library;
  readonly #pointer: Pointer;
  readonly #lease: Lease;

  constructor(library: Library, pointer: Pointer, lease: Lease) {
    this.#library = library;
    this.#pointer = pointer;
    this.#lease = lease;
  }

  has(property: string): boolean {
    return !this.#lease.released && hasProperty(this.#library, this.#pointer, property);
  }

  /** Enums and 64-bit integers read as strings; undefined where there is no such property, or no pipeline any more. */
  get(property: string): unknown {
    return this.#lease.released ? undefined : readProperty(this.#library, this.#pointer, property);
  }

  /** As in a launch string: enums by their nicks, caps and structures as GStreamer writes them. */
  set(property: string, value: string | number | boolean): void {
    if (!this.#lease.released) this.#library.gst_util_set_object_arg(this.#pointer, property, String(value));
  }

  /**
   * For appsinks. Holds a thread of the libuv pool until there is a sample, which is freed when `use` is done.
   * @returns what `use` returns; null on EOS, on stop, and when the pipeline does not run
   */
  pull<T>(use: (sample: NativeSample) => Promise<T> | T): Promise<T | null> {
    if (this.#lease.released) return Promise.resolve(null);
    return this.#lease.during(async () => {
      const library = this.#library;
      const sample = await elsewhere<Pointer | null>(library.gst_app_sink_pull_sample, this.#pointer);
      if (sample === null) return null;
      try {
        return await use(new NativeSample(library, sample));
      } finally {
        library.gst_mini_object_unref(sample);
      }
    });
  }

  /**
   * For appsrcs: the caps of what is pushed from now on.
   * @throws GstIplError `bad-caps`
   */
  setCaps(text: string): void {
    if (this.#lease.released) return;
    const caps = this.#library.gst_caps_from_string(text) as Pointer | null;
    if (caps === null) throw new GstIplError('bad-caps', `GStreamer cannot read the caps "${text}".`);
    this.#library.gst_app_src_set_caps(this.#pointer, caps);
    this.#library.gst_mini_object_unref(caps);
  }

  /** For appsrcs. The bytes must stay as they are until it resolves. */
  push(data: Uint8Array, times: Times): Promise<void> {
    if (this.#lease.released) return Promise.resolve();
    return this.#lease.during(async () => {
      const buffer = await copyIn(this.#library, data, times);
      this.#library.gst_app_src_push_buffer(this.#pointer, buffer); // Takes the buffer, also where it is stopped.
    });
  }

  /** For appsrcs: how many buffers wait in it. (A property costs many times as much, and this is asked every millisecond.) */
  get waiting(): number {
    return this.#lease.released ? 0 : Number(this.#library.gst_app_src_get_current_level_buffers(this.#pointer));
  }

  /** For appsrcs: what was pushed comes out first. */
  endStream(): void {
    if (!this.#lease.released) this.#library.gst_app_src_end_of_stream(this.#pointer);
  }
}
