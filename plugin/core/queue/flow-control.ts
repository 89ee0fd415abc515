/**
 * Back-pressure. RxJS pushes and never waits, so every frame carries a handle to the tap it came from; a full queue with
 * the policy `block` turns the tap off, and GStreamer's own bounded queues then hold the stream upstream.
 */
export class FlowControl {
  readonly #holders = new Set<object>();
  #waiting: (() => void)[] = [];

  /** True while any queue holds the flow. */
  get held(): boolean {
    return this.#holders.size > 0;
  }

  /** Stops the flow until the same holder releases it. */
  hold(holder: object): void {
    this.#holders.add(holder);
  }

  release(holder: object): void {
    if (!this.#holders.delete(holder) || this.held) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** Resolves when nobody holds the flow; at once if nobody does. */
  async whenOpen(): Promise<void> {
    while (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
