/** Damages bytes and texts, the same way for the same seed. */
export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed % 2147483647 || 1;
  }

  /** A whole number from 0 to below `end` (Park and Miller's generator). */
  below(end: number): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state % Math.max(1, end);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** Some places of a text changed, doubled, taken away, or replaced by something that means something. */
  text(original: string, tokens: readonly string[]): string {
    let text = original;
    for (let count = 1 + this.below(4); count > 0; count -= 1) {
      const at = this.below(text.length + 1);
      const end = Math.min(text.length, at + 1 + this.below(this.pick([2, 12, 80])));
      const piece = text.slice(at, end);
      const change = this.pick([
        () => piece.slice(1),
        () => piece + piece,
        () => this.pick(tokens),
        () => String.fromCharCode(this.below(this.pick([128, 0xffff]))),
        () => [...piece].reverse().join(''),
        () => `${piece}${this.pick(tokens)}`,
      ]);
      text = text.slice(0, at) + change() + text.slice(end);
    }
    return text;
  }

  /** Bytes flipped, zeroed, cut out, doubled, cut off. */
  bytes(original: Buffer): Buffer {
    let bytes = Buffer.from(original);
    for (let count = 1 + this.below(6); count > 0; count -= 1) {
      // Headers are where parsers go wrong.
      const at = this.below(this.below(2) ? Math.min(2048, bytes.length) : bytes.length);
      const end = Math.min(bytes.length, at + 1 + this.below(this.pick([1, 16, 4096])));
      const change = this.pick([
        () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]),
        () => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]),
        () => Buffer.from(bytes).fill(this.pick([0, 255, this.below(256)]), at, end),
        () => Buffer.from(bytes.map((value, index) => (index >= at && index < end ? this.below(256) : value))),
        () => (this.below(4) === 0 ? bytes.subarray(0, Math.max(1, at)) : bytes),
      ]);
      bytes = change();
    }
    return bytes;
  }
}
