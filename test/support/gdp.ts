/**
 * The GStreamer Data Protocol 1.0: buffers with their timestamps, caps and events as bytes (gdppay, gdpdepay in
 * gst-plugins-bad; header layout in gst/gdp/dataprotocol.c). Tests write pictures with times of their own by it, and read what
 * GStreamer made of them.
 */

export const GDP_HEADER_BYTES = 62;

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
  | { readonly type: 'other' };

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
  return { type: 'other' };
}

/** What a stream begins with: stream-start, caps, and a segment from `start` on. */
export function writeStreamHeader(caps: string, start = 0n): Uint8Array[] {
  return [...writeStreamStart(), ...writeText(TYPE_CAPS, caps), ...writeSegment(start)];
}

/** The end of a stream; what was written before it comes out first. */
export function writeEos(): Uint8Array[] {
  return [writeHeader(TYPE_EVENT_BASE + EVENT_EOS, 0, NONE, 0n)];
}

function writeStreamStart(): Uint8Array[] {
  const streamStart =
    'GstEventStreamStart, stream-id=(string)gst-ipl, flags=(GstStreamFlags)GST_STREAM_FLAG_NONE, group-id=(uint)1;';
  return writeText(TYPE_EVENT_BASE + EVENT_STREAM_START, streamStart);
}

function writeSegment(start: bigint): Uint8Array[] {
  const segment =
    'GstEventSegment, segment=(GstSegment)"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, rate=(double)1, ' +
    'applied-rate=(double)1, format=(GstFormat)time, base=(guint64)0, offset=(guint64)0, start=(guint64)' +
    `${start}, stop=(guint64)${NONE}, time=(guint64)0, position=(guint64)0, duration=(guint64)${NONE};";`;
  return writeText(TYPE_EVENT_BASE + EVENT_SEGMENT, segment);
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

function timeAt(bytes: Buffer, position: number): bigint | undefined {
  const time = bytes.readBigUInt64BE(position);
  return time === NONE ? undefined : time;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').replace(/\0+$/, '');
}
