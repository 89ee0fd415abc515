/** Boxes of an MP4 file (ISO/IEC 14496-12): a length, a name of four letters, and what is in it. */

export const HEADER_BYTES = 8;

/** A box in memory. */
export interface Box {
  readonly name: string;
  /** What is in it; changes here change the file's bytes that it was read from. */
  readonly body: Buffer;
}

/** The boxes in a box, as far as they are whole. */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (length < HEADER_BYTES || at + length > bytes.length) return;
    yield { name: bytes.toString('latin1', at + 4, at + HEADER_BYTES), body: bytes.subarray(at + HEADER_BYTES, at + length) };
    at += length;
  }
}

/** The first box of a path, as in `trak/mdia/mdhd`. */
export function find(bytes: Buffer, path: string): Buffer | undefined {
  let body: Buffer | undefined = bytes;
  for (const name of path.split('/')) {
    body = body && [...boxesIn(body)].find((box) => box.name === name)?.body;
  }
  return body;
}

/** "Full boxes" begin with their version; in version 1 times have eight bytes. */
export const isLong = (body: Buffer): boolean => body[0] === 1;

export function readTime(body: Buffer, at: number): number {
  return isLong(body) ? Number(body.readBigUInt64BE(at)) : body.readUInt32BE(at);
}

export function writeTime(body: Buffer, at: number, time: number): void {
  if (isLong(body)) body.writeBigUInt64BE(BigInt(time), at);
  else body.writeUInt32BE(time, at);
}
