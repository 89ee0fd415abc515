/**
 * The GStreamer Data Protocol 1.0: buffers with their timestamps, caps and events as bytes (gdppay, gdpdepay in
 * gst-plugins-bad; header layout in gst/gdp/dataprotocol.c). The binding carries payloads only; this carries the rest
 * in the same stream, so that a timestamp can never belong to another frame.
 */

export const GDP_HEADER_BYTES = 62;
export const GDP_CAPS = 'application/x-gdp';

const TYPE_BUFFER = 1;
const TYPE_CAPS = 2;
const TYPE_EVENT_BASE = 64;
// GstEventType: (number << 8) | flags; these are serialized, downstream and sticky.
const EVENT_STREAM_START = (40 << 8) | 14;
const EVENT_SEGMENT = (70 << 8) | 14;
const EVENT_EOS = (110 << 8) | 14;
const NONE = 0xffff_ffff_ffff_ffffn;

export type GdpPacket =
  | { readonly type: 'buffer'; readonly pts: bigint | undefined; readonly duration: bigint | undefined; readonly payload: Uint8Array }
  | { readonly type: 'caps'; readonly text: string }
  | { readonly type: 'segment'; readonly segment: Segment }
  | { readonly type: 'other' };

/** The part of GstSegment that turns timestamps into running time. Nanoseconds. */
export interface Segment {
  readonly start: bigint;
  readonly stop: bigint | undefined;
  readonly base: bigint;
  readonly offset: bigint;
}

export const OPEN_SEGMENT: Segment = { start: 0n, stop: undefined, base: 0n, offset: 0n };

/** Reads one packet: gdppay makes each a buffer of its own. The payload is a view, not a copy. */
export function readPacket(bytes: Buffer): GdpPacket {
  if (bytes.length < GDP_HEADER_BYTES) return { type: 'other' };
  const type = bytes.readUInt16BE(4);
  const length = bytes.readUInt32BE(6);
  const body = bytes.subarray(GDP_HEADER_BYTES, GDP_HEADER_BYTES + length);
  if (type === TYPE_BUFFER) {
    return { type: 'buffer', pts: timeAt(bytes, 10), duration: timeAt(bytes, 18), payload: body };
  }
  if (type === TYPE_CAPS) return { type: 'caps', text: textOf(body) };
  if (type === TYPE_EVENT_BASE + EVENT_SEGMENT) return { type: 'segment', segment: readSegment(textOf(body)) };
  return { type: 'other' };
}

/** Running time of a timestamp (gst_segment_to_running_time at rate 1), or undefined outside the segment. */
export function toRunningTime(pts: bigint, segment: Segment): bigint | undefined {
  const first = segment.start + segment.offset;
  if (pts < first || (segment.stop !== undefined && pts > segment.stop)) return undefined;
  return pts - first + segment.base;
}

/** What a stream begins with: stream-start, caps, and a segment in which timestamps are running times. */
export function writeStreamHeader(caps: string): Uint8Array[] {
  return [...writeStreamStart(), ...writeCaps(caps), ...writeSegment()];
}

/** The end of a stream; what was written before it comes out first. */
export function writeEos(): Uint8Array[] {
  return [writeHeader(TYPE_EVENT_BASE + EVENT_EOS, 0, NONE, 0n)];
}

/** Enough for a stream without frames. */
export function writeStreamStart(): Uint8Array[] {
  const streamStart =
    'GstEventStreamStart, stream-id=(string)gst-ipl, flags=(GstStreamFlags)GST_STREAM_FLAG_NONE, group-id=(uint)1;';
  return writeText(TYPE_EVENT_BASE + EVENT_STREAM_START, streamStart);
}

function writeSegment(): Uint8Array[] {
  const segment =
    'GstEventSegment, segment=(GstSegment)"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, rate=(double)1, ' +
    'applied-rate=(double)1, format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)0, ' +
    `stop=(guint64)${NONE}, time=(guint64)0, position=(guint64)0, duration=(guint64)${NONE};";`;
  return writeText(TYPE_EVENT_BASE + EVENT_SEGMENT, segment);
}

export function writeCaps(caps: string): Uint8Array[] {
  return writeText(TYPE_CAPS, caps);
}

/** The header of a buffer; its payload is pushed after it as it is, so that gdpdepay need not copy. */
export function writeBufferHeader(length: number, pts: bigint, duration: bigint | undefined): Uint8Array {
  return writeHeader(TYPE_BUFFER, length, pts, duration ?? NONE);
}

function writeText(type: number, text: string): Uint8Array[] {
  const body = Buffer.from(`${text}\0`);
  return [writeHeader(type, body.length, type === TYPE_CAPS ? 0n : NONE, 0n), body];
}

function writeHeader(type: number, length: number, pts: bigint, duration: bigint): Uint8Array {
  const header = Buffer.alloc(GDP_HEADER_BYTES);
  header.writeUInt8(1, 0); // Version 1.0, no checksums.
  header.writeUInt16BE(type, 4);
  header.writeUInt32BE(length, 6);
  header.writeBigUInt64BE(pts, 10);
  header.writeBigUInt64BE(duration, 18);
  if (type === TYPE_BUFFER) {
    header.writeBigUInt64BE(NONE, 26); // Offset.
    header.writeBigUInt64BE(NONE, 34); // Offset end.
    header.writeBigUInt64BE(NONE, 44); // Decoding time.
  }
  return header;
}

function readSegment(text: string): Segment {
  const field = (name: string): bigint => BigInt(new RegExp(`[ "]${name}=\\(guint64\\)(\\d+)`).exec(text)?.[1] ?? 0);
  const stop = field('stop');
  return { start: field('start'), stop: stop === NONE ? undefined : stop, base: field('base'), offset: field('offset') };
}

function timeAt(bytes: Buffer, position: number): bigint | undefined {
  const time = bytes.readBigUInt64BE(position);
  return time === NONE ? undefined : time;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').replace(/\0+$/, '');
}
