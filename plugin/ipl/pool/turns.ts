/**
 * Turns: frames are fused by several threads, but each needs what the frame before it left (engine/scene.ts). So every frame has
 * a number, and waits in its thread until all before it have passed the turn on or were given up.
 *
 * One counter in shared memory says whose turn it is. Beside it lies a ring of the numbers that nobody will take any more.
 * Numbers wrap around after 2^32 frames, more than two years at 60 a second; they are only compared for equality.
 */

/** More than can be in work at a time, and a power of two. */
const RING = 64;

export class Turns {
  static readonly FIRST = 1;
  readonly buffer: SharedArrayBuffer;
  /** [0]: whose turn it is. */
  readonly #now: Int32Array;
  readonly #givenUp: Int32Array;

  /** @param buffer of another thread's; without it a new one */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * (1 + RING));
    this.#now = new Int32Array(this.buffer, 0, 1);
    this.#givenUp = new Int32Array(this.buffer, 4, RING);
    if (buffer) return;
    this.#now[0] = Turns.FIRST;
    // Each place begins with a number that belongs to another.
    for (let place = 0; place < RING; place += 1) this.#givenUp[place] = place + 1;
  }

  /**
   * Blocks the thread until it is this one's turn. Not for the main thread.
   * @throws RangeError when it is over: passed on, or given up by the main thread, it never comes again
   */
  wait(turn: number): void {
    for (let now = Atomics.load(this.#now, 0); now !== turn; now = Atomics.load(this.#now, 0)) {
      if (((now - turn) | 0) > 0) throw new RangeError(`Turn ${turn} is over; it is that of ${now}.`);
      Atomics.wait(this.#now, 0, now);
    }
  }

  /** Ends a turn. Does nothing when it is not this one's turn (any more). */
  pass(turn: number): void {
    let at = turn;
    while (Atomics.compareExchange(this.#now, 0, at, following(at)) === at) {
      Atomics.notify(this.#now, 0);
      at = following(at);
      if (Atomics.load(this.#givenUp, at & (RING - 1)) !== at) return;
    }
  }

  /** Nobody will take this turn any more: it is passed on when it comes, or now. */
  giveUp(turn: number): void {
    // Stored before the turn is looked at, as pass() moves it before it looks here: one of the two sees the other.
    Atomics.store(this.#givenUp, turn & (RING - 1), turn);
    this.pass(turn);
  }
}

/** The number after this one. */
export function following(turn: number): number {
  return (turn + 1) | 0;
}
