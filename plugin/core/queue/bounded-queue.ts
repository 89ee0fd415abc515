/** A queue that never grows past its capacity, and says what it does with what does not fit. */
import type { FlowControl } from './flow-control';

/**
 * What happens when an item arrives at a full queue:
 * - `block`: nothing is lost; the taps upstream are turned off until there is room (a frame already under way is taken in);
 * - `drop-oldest`: the item that waited longest is dropped, so that a live picture stays fresh;
 * - `drop-newest`: the arriving item is dropped, so that what was begun is finished.
 */
export type QueuePolicy = 'block' | 'drop-oldest' | 'drop-newest';

export interface QueueSettings {
  /** Items. */
  readonly capacity: number;
  readonly policy: QueuePolicy;
}

/**
 * Two items wait while one is in work, so that the worker never waits for a pull; more would only add latency and, at 4K,
 * 12 MB of memory each. Nothing is lost unless the user asks for a live policy.
 */
export const DEFAULT_QUEUE: QueueSettings = { capacity: 2, policy: 'block' };

export class BoundedQueue<T extends { readonly origins: readonly FlowControl[] }> {
  readonly #items: T[] = [];
  readonly #held = new Set<FlowControl>();
  readonly #settings: QueueSettings;
  readonly #onDrop: (item: T) => void;

  constructor(settings: QueueSettings, onDrop: (item: T) => void = () => undefined) {
    this.#settings = settings;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#items.length;
  }

  get head(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const { capacity, policy } = this.#settings;
    if (policy !== 'block' && this.#items.length >= capacity) {
      if (policy === 'drop-newest') return this.#onDrop(item);
      const oldest = this.#items.shift();
      if (oldest) this.#onDrop(oldest);
    }
    this.#items.push(item);
    if (policy === 'block' && this.#items.length >= capacity) this.#hold(item);
  }

  shift(): T | undefined {
    const item = this.#items.shift();
    if (this.#items.length < this.#settings.capacity) this.#release();
    return item;
  }

  /** Drops everything and lets the taps run. */
  clear(): void {
    this.#items.length = 0;
    this.#release();
  }

  #hold(item: T): void {
    for (const origin of item.origins) {
      this.#held.add(origin);
      origin.hold(this);
    }
  }

  #release(): void {
    for (const origin of this.#held) origin.release(this);
    this.#held.clear();
  }
}
