/** Connections that hang in their end, and how long the next one waits for them. */

/** An end takes milliseconds, or a camera that is asked for a goodbye and silent, a second. */
const LEAVE_MS = 3_000;
/** Each holds a few threads and a connection. */
const LEAVING = 3;

/**
 * A connection that worked may hang in its end for as long as its camera goes on to send (rtspsrc, in what it takes for a message).
 * The next one does not wait for it. Of those that hang there are LEAVING at most.
 */
export class Leaving {
  #count = 0;

  /** @returns a promise that resolves when a connection is gone, or left to itself */
  orLeft(gone: Promise<unknown>): Promise<unknown> {
    this.#count += 1;
    void gone.then(() => (this.#count -= 1));
    if (this.#count > LEAVING) return gone;
    let timer: NodeJS.Timeout | undefined;
    const left = new Promise((resolve) => (timer = setTimeout(resolve, LEAVE_MS)));
    return Promise.race([gone, left]).finally(() => clearTimeout(timer));
  }
}
