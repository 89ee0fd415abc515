/**
 * Tells whether a piece is whole, and counts its pictures: packets of the GStreamer data protocol, each a header of 62 bytes with its kind at 4 and the
 * length of what follows at 6 (gst-plugins-bad, gst/gdp/dataprotocol.c).
 */
import { createReadStream, existsSync } from 'node:fs';

const HEADER = 62;
const KIND_AT = 4;
const LENGTH_AT = 6;
const PICTURE = 1;

export class PieceReader {
  #header = Buffer.alloc(0);
  /** Bytes of a packet's body that are still to come. */
  #left = 0;
  #pictures = 0;

  get pictures(): number {
    return this.#pictures;
  }

  /** It ends where a packet does, and has something in it. */
  get isWhole(): boolean {
    return this.#left === 0 && this.#header.length === 0 && this.#pictures > 0;
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const passed = Math.min(this.#left, chunk.length - at);
      this.#left -= passed;
      at += passed;
      if (at === chunk.length) return;
      const missing = HEADER - this.#header.length;
      this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + missing)]);
      at += missing;
      if (this.#header.length < HEADER) return;
      this.#pictures += Number(this.#header.readUInt16BE(KIND_AT) === PICTURE);
      this.#left = this.#header.readUInt32BE(LENGTH_AT);
      this.#header = Buffer.alloc(0);
    }
  }
}

/** Also of what is not there. */
export async function isWholePiece(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const reader = new PieceReader();
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) reader.read(chunk);
  return reader.isWhole;
}
