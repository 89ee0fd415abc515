/**
 * The message bus of a pipeline, over all its runs. The binding polls it on a thread of the pool, which waits until a
 * message comes and stops after the first that finds the pipeline in state NULL. So one poll may outlive the run that
 * began it, and messages of the last run may still lie on the bus when the next begins.
 */
import type { BusMessage, NativePipeline } from './binding';

type Listener = (message: BusMessage) => void;

export class Bus {
  readonly #native: NativePipeline;
  #listener: Listener | undefined;
  #polling = false;
  /** The pipeline was not told to go to state NULL since it began to run. */
  #running = false;
  /** What comes are messages of this run, not of the last. */
  #current = true;

  constructor(native: NativePipeline) {
    this.#native = native;
    // The messages of the last state change must stay on the bus: they free the thread that waits for one.
    native['auto-flush-bus'] = false;
  }

  /** A run begins. Its messages go to `listener`, those that the last run left to nobody. */
  begin(listener: Listener): void {
    this.#current = this.#listener === undefined;
    this.#listener = listener;
    this.#running = true;
    if (!this.#polling) this.poll();
  }

  /** The run is about to be ended. */
  end(): void {
    this.#running = false;
  }

  /** Polls once more: for a pipeline that could not leave state NULL (a missing device, say). */
  poll(): void {
    this.#polling = true;
    this.#native.pollBus((message) => {
      // Elements go up from NULL only when a run begins.
      if (message.type === 'state-changed' && message['old-state'] === 'GST_STATE_NULL') this.#current = true;
      if (this.#current) this.#listener?.(message);
      // Last, because who hears a message may end the run: then the binding polls no more.
      if (!this.#running) this.#polling = false;
    });
  }
}
