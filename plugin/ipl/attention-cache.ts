/**
 * The attention cache: what slices leave for later slices, and for the same slices of later frames, as a KV cache does
 * for later tokens.
 *
 * One token for each cell of a fixed grid over the picture (a band of map rows by a column), 8 bits a channel. Its size
 * therefore never depends on the number of slices or frames: a new token takes the slot of its cell, merged with the
 * old one by `momentum` in the network. Keys and values of every block are computed from these same tokens.
 */
export class AttentionCache {
  /** [slots, tokenBytes] */
  readonly tokens: Uint8Array;
  /** [slots]: 1 where a slot holds a token, 0 where nothing was learnt yet. */
  readonly occupied: Float32Array;
  readonly #tokenBytes: number;

  constructor(slots: number, tokenBytes: number) {
    this.tokens = new Uint8Array(slots * tokenBytes);
    this.occupied = new Float32Array(slots);
    this.#tokenBytes = tokenBytes;
  }

  /** Bytes of state that pass from slice to slice. */
  get bytes(): number {
    return this.tokens.byteLength + this.occupied.byteLength;
  }

  get empty(): boolean {
    return !this.occupied.includes(1);
  }

  /** Puts a slice's tokens into its cells. @param tokens [cells, tokenBytes] */
  store(firstSlot: number, tokens: Uint8Array): void {
    this.tokens.set(tokens, firstSlot * this.#tokenBytes);
    this.occupied.fill(1, firstSlot, firstSlot + tokens.length / this.#tokenBytes);
  }

  /** Forgets everything: another scene, another camera. */
  reset(): void {
    this.occupied.fill(0);
    this.tokens.fill(0);
  }
}
