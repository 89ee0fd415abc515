/** What an appsink gives: a GstSample, that is a buffer with the caps and the segment that hold for it. */
import koffi from 'koffi';
import type { Library, Pointer } from './library';
import { copyOut, readTimes, toTime, type Times } from './native-buffer';

const FORMAT_TIME = 3;
/** Where a GstSegment has its format (gst/gstsegment.h): behind its flags and two rates. Public, as a GstBuffer. */
const SEGMENT_FORMAT_AT = 24;

/** To be read only as long as `pull` says. */
export class NativeSample {
  readonly #library: Library;
  readonly #sample: Pointer;
  readonly #buffer: Pointer | null;

  constructor(library: Library, sample: Pointer) {
    this.#library = library;
    this.#sample = sample;
    this.#buffer = library.gst_sample_get_buffer(sample) as Pointer | null;
  }

  /** As GStreamer writes them; undefined where there are none. */
  get caps(): string | undefined {
    const caps = this.#library.gst_sample_get_caps(this.#sample) as Pointer | null;
    return caps === null ? undefined : (this.#library.gst_caps_to_string(caps) as string);
  }

  get times(): Times {
    return this.#buffer === null ? { pts: undefined, duration: undefined } : readTimes(this.#buffer);
  }

  /** Undefined without a time stamp, and for what lies outside of the segment: decoded only for the sake of what follows. */
  get runningTime(): bigint | undefined {
    const { pts } = this.times;
    if (pts === undefined) return undefined;
    const segment = this.#library.gst_sample_get_segment(this.#sample) as Pointer;
    // Where a source of bytes stamps what it reads, the segment counts bytes, and says nothing of times.
    if (koffi.decode(segment, SEGMENT_FORMAT_AT, 'int') !== FORMAT_TIME) return pts;
    return toTime(this.#library.gst_segment_to_running_time(segment, FORMAT_TIME, pts) as number | bigint);
  }

  /** Of a time stamp in its segment, or beside it: below 0 in front of where running time begins. */
  runningTimeOf(pts: bigint): bigint | undefined {
    const segment = this.#library.gst_sample_get_segment(this.#sample) as Pointer;
    if (koffi.decode(segment, SEGMENT_FORMAT_AT, 'int') !== FORMAT_TIME) return pts;
    const time: [number | bigint] = [0];
    const sign = this.#library.gst_segment_to_running_time_full(segment, FORMAT_TIME, pts, time) as number;
    return sign === 0 ? undefined : BigInt(time[0]) * BigInt(sign);
  }

  /** Where in its file it stands; undefined as of running time. */
  get streamTime(): bigint | undefined {
    const { pts } = this.times;
    const segment = this.#library.gst_sample_get_segment(this.#sample) as Pointer;
    if (pts === undefined || koffi.decode(segment, SEGMENT_FORMAT_AT, 'int') !== FORMAT_TIME) return undefined;
    return toTime(this.#library.gst_segment_to_stream_time(segment, FORMAT_TIME, pts) as number | bigint);
  }

  get size(): number {
    return this.#buffer === null ? 0 : Number(this.#library.gst_buffer_get_size(this.#buffer));
  }

  /** @param bytes so many of them, from the first */
  copy(bytes = this.size): Promise<Buffer<ArrayBuffer>> {
    return this.#buffer === null ? Promise.resolve(Buffer.allocUnsafeSlow(0)) : copyOut(this.#library, this.#buffer, bytes);
  }
}
