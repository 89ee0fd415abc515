/** What the outputs of a graph deliver, and for how long they have delivered nothing. */

interface Delivery {
  /** How many pictures are where they should be. */
  readonly count: () => number;
  /** Nothing is known of where they end but what stands in front. */
  readonly presumed: boolean;
  seen: number;
  /** When `seen` changed. */
  at: number;
}

export interface Delivered {
  readonly pictures: number;
  /** Milliseconds since the last one, or since the graph began to run. */
  readonly idle: number;
}

export class Deliveries {
  readonly #outputs = new Map<string, Delivery>();
  #began: number | undefined;

  forget(): void {
    this.#outputs.clear();
    this.#began = undefined;
  }

  /** @param presumed it counts what an element of somebody's own may keep to itself */
  watch(node: string, count: () => number, presumed: boolean): void {
    this.#outputs.set(node, { count, presumed, seen: count(), at: 0 });
  }

  /** The graph runs: from now on pictures are waited for. */
  begin(now: number): void {
    this.#began = now;
    for (const output of this.#outputs.values()) output.at = now;
  }

  /** To be called a few times a second. */
  sample(now: number): void {
    for (const output of this.#outputs.values()) {
      const pictures = output.count();
      if (pictures === output.seen) continue;
      output.seen = pictures;
      output.at = now;
    }
  }

  /** Of all outputs, as of now. */
  counts(): [node: string, pictures: number][] {
    return [...this.#outputs].map(([node, { count }]) => [node, count()]);
  }

  /** @returns undefined for what is no output, and for one that cannot be observed */
  of(node: string, now: number): Delivered | undefined {
    const output = this.#outputs.get(node);
    if (!output) return undefined;
    this.sample(now);
    if (output.presumed && output.seen === 0) return undefined;
    return { pictures: output.seen, idle: this.#began === undefined ? 0 : now - output.at };
  }
}
