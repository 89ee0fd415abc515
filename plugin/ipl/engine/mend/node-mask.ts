/** Which nodes of a picture belong to something wide. A mask is rows of bits, 32 nodes a word, so that what is asked of neighbours is asked of 32 at once. */

import type { NodeBox } from './node-grid';

/**
 * Nodes that what hangs on a wide part may be away from it: an arm, a leg. What is narrow by itself is the rim of a reference that is blurred, shaken or dazzled:
 * of two still real brackets, filled rims cost 3 and 7 of 100 parts of the highlights.
 */
const REACH = 40;

export class NodeMask {
  readonly #perRow: number;
  /** Signed, as bitwise operations are: bits of nodes beyond the picture are 0. */
  readonly #words: Int32Array;
  /** Bits of a row's last word that are in the picture. */
  readonly #last: number;
  /** Most of a picture's rows have nothing: words that may have something. */
  #from: number;
  #to: number;

  constructor(readonly columns: number, readonly rows: number) {
    this.#perRow = Math.ceil(columns / 32);
    this.#last = -1 >>> (32 * this.#perRow - columns);
    this.#words = new Int32Array(this.#perRow * rows);
    [this.#from, this.#to] = [this.#words.length, 0];
  }

  /** In the order of rows. */
  add(column: number, row: number): void {
    const at = row * this.#perRow + (column >> 5);
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (column & 31));
    this.#from = Math.min(this.#from, row * this.#perRow);
    this.#to = Math.max(this.#to, (row + 1) * this.#perRow);
  }

  has(column: number, row: number): boolean {
    return (((this.#words[row * this.#perRow + (column >> 5)] ?? 0) >> (column & 31)) & 1) === 1;
  }

  /** The middles of what is so many nodes wide to all sides, too; undefined where there are none. Beyond the picture there is nothing to be missed. */
  holding(sides: number): NodeMask | undefined {
    let others = this.#others();
    for (let side = 0; side < sides; side += 1) others = others.grown();
    return others.#others().inside(this);
  }

  with(other: NodeMask): NodeMask {
    const out = this.#empty(Math.min(this.#from, other.#from), Math.max(this.#to, other.#to));
    for (let at = out.#from; at < out.#to; at += 1) out.#words[at] = (this.#words[at] ?? 0) | (other.#words[at] ?? 0);
    return out;
  }

  /** These nodes, and what hangs on them in another mask. */
  andWhatHangsOnThem(all: NodeMask): NodeMask {
    let [parts, next] = [this as NodeMask, this.grown().#within(all)];
    for (let step = 0; step < REACH && !next.#isAs(parts); step += 1) [parts, next] = [next, next.grown().#within(all)];
    return next;
  }

  /** What another has, too, and changes this one; undefined where that is nothing. */
  inside(other: NodeMask): NodeMask | undefined {
    return this.#within(other).#words.every((word) => word === 0) ? undefined : this;
  }

  /** With all nodes' eight neighbours: along rows, then along columns. */
  grown(): NodeMask {
    const [own, perRow] = [this.#words, this.#perRow];
    const out = this.#empty(Math.max(0, this.#from - perRow), Math.min(own.length, this.#to + perRow));
    const words = out.#words;
    for (let row = this.#from; row < this.#to; row += perRow) {
      for (let index = 0, before = 0, word = own[row] ?? 0; index < perRow; index += 1) {
        const isLast = index + 1 === perRow;
        const after = isLast ? 0 : (own[row + index + 1] ?? 0);
        const across = (word | (word << 1) | (before >>> 31) | (word >>> 1) | (after << 31)) & (isLast ? this.#last : -1);
        const at = row + index;
        words[at] = (words[at] ?? 0) | across;
        if (at >= perRow) words[at - perRow] = (words[at - perRow] ?? 0) | across;
        if (at + perRow < words.length) words[at + perRow] = (words[at + perRow] ?? 0) | across;
        before = word;
        word = after;
      }
    }
    return out;
  }

  /** Row by row. */
  forEach(use: (column: number, row: number) => void): void {
    for (let row = this.#from / this.#perRow, at = this.#from; at < this.#to; row += 1) {
      for (let first = 0; first < this.columns; first += 32, at += 1) {
        for (let word = this.#words[at] ?? 0; word !== 0; word &= word - 1) use(first + 31 - Math.clz32(word & -word), row);
      }
    }
  }

  /** What all of it is in. */
  box(): NodeBox {
    let [left, top, right, bottom] = [this.columns, this.rows, 0, 0];
    this.forEach((column, row) => {
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = row + 1;
    });
    return { left, top, right, bottom };
  }

  /** All nodes that are not in it, of its rows and one on either side. */
  #others(): NodeMask {
    const out = this.#empty(Math.max(0, this.#from - this.#perRow), Math.min(this.#words.length, this.#to + this.#perRow));
    for (let at = out.#from; at < out.#to; at += 1) out.#words[at] = ~(this.#words[at] ?? 0) & ((at + 1) % this.#perRow === 0 ? this.#last : -1);
    return out;
  }

  #isAs(other: NodeMask): boolean {
    for (let at = Math.min(this.#from, other.#from), to = Math.max(this.#to, other.#to); at < to; at += 1) if (this.#words[at] !== other.#words[at]) return false;
    return true;
  }

  /** What another has, too; changes this one. */
  #within(other: NodeMask): this {
    const [from, to] = [Math.max(this.#from, other.#from), Math.max(Math.min(this.#to, other.#to), other.#from)];
    this.#words.fill(0, this.#from, from).fill(0, to, this.#to);
    [this.#from, this.#to] = [from, to];
    for (let at = this.#from; at < this.#to; at += 1) this.#words[at] = (this.#words[at] ?? 0) & (other.#words[at] ?? 0);
    return this;
  }

  #empty(from: number, to: number): NodeMask {
    const out = new NodeMask(this.columns, this.rows);
    [out.#from, out.#to] = [from, to];
    return out;
  }
}
