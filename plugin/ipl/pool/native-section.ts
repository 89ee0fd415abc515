/**
 * Where a worker thread may be in onnxruntime. A thread that is terminated there takes the whole process with it (an
 * exception that node-addon-api throws and nobody can catch), and `process.exit` terminates all threads. So a thread says
 * when it is in such a section, and whoever wants to end it first bars it: waits until it is out, and keeps it out.
 */
const OUTSIDE = 0;
const INSIDE = 1;
/** Inside, and to be barred as soon as it is out. */
const AWAITED = 2;
const BARRED = 3;

export class NativeSection {
  readonly buffer: SharedArrayBuffer;
  readonly #state: Int32Array;

  /** @param buffer of the other thread's; without it a new one, outside */
  constructor(buffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer;
    this.#state = new Int32Array(buffer);
  }

  /** In the worker: work that may be in onnxruntime. Does not return once the thread is barred. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** In the worker, within `run`: something that surely is not in onnxruntime, and may take for ever. */
  leaveFor<T>(work: () => T): T {
    this.#leave();
    const result = work();
    this.#enter();
    return result;
  }

  /** Resolves when the thread can be terminated. */
  async barred(): Promise<void> {
    // Another caller's wake-up is no reason to believe it.
    while (!this.#bar()) await Atomics.waitAsync(this.#state, 0, AWAITED).value;
  }

  /** Asks for what `barred` waits for. */
  request(): void {
    this.#bar();
  }

  /** Blocks until the thread can be terminated, or the time is over. @returns whether it can */
  waitBarred(milliseconds: number): boolean {
    const end = performance.now() + milliseconds;
    // Another caller's wake-up is no reason to believe it here, either.
    while (!this.#bar()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#state, 0, AWAITED, left);
    }
    return true;
  }

  #enter(): void {
    if (Atomics.compareExchange(this.#state, 0, OUTSIDE, INSIDE) !== OUTSIDE) this.#stay();
  }

  #leave(): void {
    if (Atomics.compareExchange(this.#state, 0, INSIDE, OUTSIDE) === INSIDE) return;
    Atomics.store(this.#state, 0, BARRED);
    Atomics.notify(this.#state, 0);
    this.#stay();
  }

  /** The thread waits for its end. */
  #stay(): void {
    for (;;) Atomics.wait(this.#state, 0, BARRED);
  }

  /** @returns whether the thread is barred already */
  #bar(): boolean {
    if (Atomics.compareExchange(this.#state, 0, OUTSIDE, BARRED) === OUTSIDE) return true;
    return Atomics.compareExchange(this.#state, 0, INSIDE, AWAITED) === BARRED;
  }
}
