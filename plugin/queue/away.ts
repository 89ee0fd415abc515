/** Tells once that a queue is away, and once that it is back, whatever its clients say meanwhile. */
import type { RedisAddress } from '../core/address';
import { explain } from './connect';

interface Watched {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Silence of errors for so long means that it is back: clients try again every two seconds (connect.ts). */
const BACK_MS = 5000;

export class Away {
  readonly #address: RedisAddress;
  readonly #tell: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(address: RedisAddress, tell: (message: string) => void) {
    this.#address = address;
    this.#tell = tell;
  }

  get isAway(): boolean {
    return this.#timer !== undefined;
  }

  watch<T extends Watched>(one: T): T {
    one.on('error', (error) => {
      if (!isOfConnection(error)) return;
      if (!this.#timer) this.#tell(`${explain(this.#address, error).message} It is tried again until it is there.`);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#back(), BACK_MS);
      this.#timer.unref();
    });
    return one;
  }

  #back(): void {
    this.#timer = undefined;
    this.#tell(`The queue ${this.#address.shown} is there again.`);
  }
}

/** BullMQ tells of jobs, too: of a lock that could not be renewed, say, which its stalled check sees to. */
function isOfConnection(error: Error): boolean {
  return /^(ECONN|ENOT|EAI|EHOST|ENET|ETIMEDOUT|EPIPE)/.test((error as NodeJS.ErrnoException).code ?? '') || /Connection is closed|LOADING|NOAUTH|WRONGPASS|READONLY/.test(error.message);
}
