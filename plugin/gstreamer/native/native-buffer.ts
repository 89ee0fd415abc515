/** GstBuffers: their times, and copies of their bytes. */
import koffi from 'koffi';
import { GstIplError } from '../../core/errors';
import { elsewhere, type Library, type Pointer } from './library';

/**
 * Where a GstBuffer has its times (gst/gstbuffer.h): behind a GstMiniObject of 64 bytes and the pointer to its pool. No functions
 * read them. The structure is public, and the same in every GStreamer 1.x on 64 bits.
 */
const PTS_AT = 72;
const DURATION_AT = 88;

/** GST_CLOCK_TIME_NONE. */
const NONE = 0xffff_ffff_ffff_ffffn;

/** Nanoseconds; undefined where there are none. */
export interface Times {
  readonly pts: bigint | undefined;
  readonly duration: bigint | undefined;
}

/** koffi gives 64 bits as a number where that is exact. */
export function toTime(value: number | bigint): bigint | undefined {
  const time = BigInt(value);
  return time === NONE ? undefined : time;
}

export function readTimes(buffer: Pointer): Times {
  const timeAt = (offset: number): bigint | undefined => toTime(koffi.decode(buffer, offset, 'uint64') as number | bigint);
  return { pts: timeAt(PTS_AT), duration: timeAt(DURATION_AT) };
}

/** For a buffer that nobody else has. */
function writeTimes(buffer: Pointer, { pts, duration }: Times): void {
  koffi.encode(buffer, PTS_AT, 'uint64', pts ?? NONE);
  koffi.encode(buffer, DURATION_AT, 'uint64', duration ?? NONE);
}

/** Below this, a thread of the pool costs more than the copy. */
const SMALL_BYTES = 65_536;

/**
 * The first bytes of a buffer, however many pieces its memory is in; as a Buffer of its own, so that it can be given to another
 * thread. A buffer must have as many.
 */
export async function copyOut(library: Library, buffer: Pointer, bytes: number): Promise<Buffer<ArrayBuffer>> {
  const data = Buffer.allocUnsafeSlow(bytes);
  if (bytes === 0) return data; // An empty array is no pointer to koffi, which GStreamer calls an error.
  const copy = library.gst_buffer_extract;
  const copied: unknown = bytes > SMALL_BYTES ? await elsewhere(copy, buffer, 0, data, bytes) : copy(buffer, 0, data, bytes);
  // What was not written is memory of anything.
  if (Number(copied) === bytes) return data;
  throw new GstIplError('pipeline-failed', `${String(copied)} of the ${bytes} bytes of a buffer can be read.`);
}

/** A new buffer with a copy of the bytes, which must not change meanwhile. */
export async function copyIn(library: Library, data: Uint8Array, times: Times): Promise<Pointer> {
  const bytes = data.length;
  const buffer = library.gst_buffer_new_allocate(null, bytes, null) as Pointer;
  writeTimes(buffer, times);
  const copy = library.gst_buffer_fill;
  if (bytes > SMALL_BYTES) await elsewhere(copy, buffer, 0, data, bytes);
  else if (bytes > 0) copy(buffer, 0, data, bytes);
  return buffer;
}
