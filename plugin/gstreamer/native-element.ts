/** Elements of a pipeline: properties, and what comes out of an appsink and goes into an appsrc. */
import { elsewhere, type Library, type Pointer } from './library';
import { hasProperty, readProperty, readStructure } from './native-value';

/** What an appsink gave. */
export interface Sample {
  readonly data: Buffer;
  /** Fields of the caps. */
  readonly caps: Record<string, unknown>;
}

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
   * For appsinks. Holds a thread of the libuv pool until there is a sample.
   * @returns null on EOS, on stop, and when the pipeline does not run
   */
  pull(): Promise<Sample | null> {
    if (this.#lease.released) return Promise.resolve(null);
    return this.#lease.during(async () => {
      const library = this.#library;
      const sample = await elsewhere<Pointer | null>(library.gst_app_sink_pull_sample, this.#pointer);
      if (sample === null) return null;
      try {
        return await read(library, sample);
      } finally {
        library.gst_mini_object_unref(sample);
      }
    });
  }

  /** For appsrcs. */
  push(data: Uint8Array): void {
    if (this.#lease.released) return;
    const library = this.#library;
    const buffer = library.gst_buffer_new_allocate(null, data.length, null) as Pointer;
    library.gst_buffer_fill(buffer, 0, data, data.length);
    library.gst_app_src_push_buffer(this.#pointer, buffer); // Takes the buffer.
  }
}

/** Below this, a thread of the pool costs more than the copy. */
const SMALL_BYTES = 65_536;

async function read(library: Library, sample: Pointer): Promise<Sample> {
  const buffer = library.gst_sample_get_buffer(sample) as Pointer | null;
  const size = buffer === null ? 0 : Number(library.gst_buffer_get_size(buffer));
  // A buffer of its own, so that it can be given to another thread.
  const data = Buffer.allocUnsafeSlow(size);
  if (size > SMALL_BYTES) await elsewhere(library.gst_buffer_extract, buffer, 0, data, size);
  else if (size > 0) library.gst_buffer_extract(buffer, 0, data, size);
  const caps = library.gst_sample_get_caps(sample) as Pointer | null;
  const structure = caps === null ? null : (library.gst_caps_get_structure(caps, 0) as Pointer | null);
  return { data, caps: structure === null ? {} : readStructure(library, structure) };
}
