/** Large files on their way to clients, whose networks may be slow: so many different ones at a time, which bounds the memory. */
import type { ServerResponse } from 'node:http';

const MOST_FILES = 4;

export class Downloads {
  readonly #files = new Map<object, number>();

  /** Whether another file has to wait until one of these has arrived. */
  get full(): boolean {
    return this.#files.size >= MOST_FILES;
  }

  /** A file is sent, to several maybe. */
  add(file: object, outgoing: ServerResponse): void {
    this.#files.set(file, (this.#files.get(file) ?? 0) + 1);
    outgoing.once('close', () => {
      const others = (this.#files.get(file) ?? 1) - 1;
      if (others > 0) this.#files.set(file, others);
      else this.#files.delete(file);
    });
  }
}
