import type { Readable } from 'node:stream';

/** Takes lines and counted bytes from a stream. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** @returns the next line, or undefined at the end */
  async line(): Promise<string | undefined> {
    let at = this.#rest.indexOf('\n');
    while (at < 0) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#rest = Buffer.concat([this.#rest, next.value]);
      at = this.#rest.indexOf('\n');
    }
    const line = this.#rest.toString('utf8', 0, at);
    this.#rest = this.#rest.subarray(at + 1);
    return line;
  }

  async bytes(count: number): Promise<Uint8Array> {
    const result = new Uint8Array(count);
    let filled = 0;
    for (;;) {
      const part = this.#rest.subarray(0, count - filled);
      result.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
      if (filled === count) return result;
      const next = await this.#chunks.next();
      if (next.done) throw new Error('The pictures ended in the middle of one.');
      this.#rest = next.value;
    }
  }
}
