/**
 * Tells whether a piece is whole, when it begins, and counts its pictures: packets of the GStreamer data protocol, each a header of 62 bytes with
 * its kind at 4, the length of what follows at 6 and the time at 10 (gst-plugins-bad, gst/gdp/dataprotocol.c). Of an event the kind is
 * that of the event (gst/gstevent.h), and what follows is its text.
 */
import { createReadStream, existsSync } from 'node:fs';
import type { Nanoseconds } from '../core/time';

const HEADER = 62;
const KIND_AT = 4;
const LENGTH_AT = 6;
const TIME_AT = 10;
const PICTURE = 1;
/** GST_EVENT_SEGMENT: its number, 70, above eight bits of flags. */
const SEGMENT = 70;
const isSegment = (kind: number): boolean => kind >> 8 === SEGMENT;

export class PieceReader {
  #header = Buffer.alloc(0);
  /** Bytes of a packet's body that are still to come. */
  #left = 0;
  /** What has come of a segment event's. */
  #text: string | undefined;
  #pictures = 0;
  /** Encoders move times; the segment says where the running time begins. */
  #start: Nanoseconds = 0n;
  #begins: Nanoseconds | undefined;

  get pictures(): number {
    return this.#pictures;
  }

  /** The running time of the first picture, which none of the piece precedes; undefined where none has been read. */
  get begins(): Nanoseconds | undefined {
    return this.#begins;
  }

  /** It ends where a packet does, and has something in it. */
  get isWhole(): boolean {
    return this.#left === 0 && this.#header.length === 0 && this.#pictures > 0;
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const passed = Math.min(this.#left, chunk.length - at);
      if (this.#text !== undefined) this.#readSegment(chunk.toString('latin1', at, at + passed), passed === this.#left);
      this.#left -= passed;
      at += passed;
      if (at === chunk.length) return;
      const missing = HEADER - this.#header.length;
      this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + missing)]);
      at += missing;
      if (this.#header.length < HEADER) return;
      this.#readHeader(this.#header);
      this.#header = Buffer.alloc(0);
    }
  }

  #readHeader(header: Buffer): void {
    const kind = header.readUInt16BE(KIND_AT);
    this.#left = header.readUInt32BE(LENGTH_AT);
    if (isSegment(kind)) this.#text = '';
    if (kind !== PICTURE) return;
    this.#pictures += 1;
    this.#begins ??= header.readBigUInt64BE(TIME_AT) - this.#start;
  }

  #readSegment(part: string, isLast: boolean): void {
    this.#text += part;
    if (!isLast) return;
    this.#start = numberIn(this.#text, 'start') - numberIn(this.#text, 'base');
    this.#text = undefined;
  }
}

function numberIn(text: string | undefined, field: string): bigint {
  return BigInt(new RegExp(` ${field}=\\(guint64\\)(\\d+)`).exec(text ?? '')?.[1] ?? 0);
}

/** Also of what is not there. */
export async function isWholePiece(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const reader = new PieceReader();
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) reader.read(chunk);
  return reader.isWhole;
}
