/** What is filled of an exposure, and with what: both lie evenly between nodes, or between middles of blocks. */
import { bitsBelowEight, depthOf, type PixelFormat } from '../../../core/frames/video-layout';
import { ONE, type Slope } from './fill';
import type { Ground } from './ground';
import { SIDE, type NodeBox, type NodeGrid } from './node-grid';

/** What is to be mended of an exposure. */
export interface Patch {
  /** How much nodes' surroundings are filled: 0 to ONE. */
  readonly shares: Uint16Array;
  /** Where there are any. */
  readonly box: NodeBox;
  readonly grid: Pick<NodeGrid, 'block' | 'spacing' | 'columns' | 'rows'>;
  readonly ground: Ground;
  /** By code of the reference how much of a pixel is filled, 0 to 1. */
  readonly filled: Float32Array;
  /** How much of that is ground: the reference shows nothing there. The rest is what is expected. */
  readonly lost: Float32Array;
  /** By code of the reference what the exposure is expected to show, in codes. */
  readonly expected: Float32Array;
}

/** Nodes of a quarter of a block in each direction: in it the ground grows as much from pixel to pixel. */
export const QUARTER = SIDE / 2;

const slope = (): Slope => ({ start: 0, across: 0, down: 0, twist: 0 });

/** Of samples, what is a code: white is 65535 in 16 bits. */
export const unitOf = (format: PixelFormat): number => (depthOf(format) === 16 ? 257 : 1 << bitsBelowEight(format));

export class Slopes {
  /** Of the planes, in the quarter at hand. */
  readonly ground: readonly Slope[] = [slope(), slope(), slope()];
  /** In the cell at hand. */
  readonly shares = slope();
  /** Of one plane, in the tile at hand. */
  readonly #slope = slope();
  /** What samples have for a code, and more than that for those of chroma. */
  readonly #unit: number;
  readonly #grey: number;
  /** Of a block, a pixel. */
  readonly #each: number;
  /** Of shares between nodes, that of a pixel. */
  readonly #perNode: number;

  constructor(readonly patch: Patch, format: PixelFormat) {
    const deep = depthOf(format) === 16;
    // Grey of chroma is 2^15 in 16 bits.
    this.#unit = unitOf(format);
    this.#grey = deep ? 2 ** 15 - 257 * 128 : 0;
    this.#each = 1 / patch.grid.block;
    this.#perNode = 1 / (ONE * patch.grid.spacing);
  }

  /** Of the nodes in and around a quarter of a block, the least share; less than 0 where none has any. */
  leastOf(column: number, row: number): number {
    const { shares, grid: { columns, rows } } = this.patch;
    let least = ONE;
    let some = 0;
    for (let y = row; y <= row + QUARTER; y += 1) {
      const line = Math.min(y, rows - 1) * columns;
      for (let x = column; x <= column + QUARTER; x += 1) {
        const share = shares[line + Math.min(x, columns - 1)] ?? 0;
        some |= share;
        if (share < least) least = share;
      }
    }
    return some === 0 ? -1 : least;
  }

  /** Takes the shares of the nodes around a cell, from a pixel of its first column on. @returns whether there are any */
  takeShares(x: number, y: number): boolean {
    const { shares, grid: { columns, rows, spacing } } = this.patch;
    const to = this.shares;
    const [column, row] = [x / spacing, Math.floor(y / spacing)];
    const below = y - row * spacing;
    const upper = row * columns;
    const lower = Math.min(row + 1, rows - 1) * columns;
    const next = Math.min(column + 1, columns - 1);
    const left = shares[upper + column] ?? 0;
    const right = (shares[upper + next] ?? 0) - left;
    const down = (shares[lower + column] ?? 0) - left;
    const last = shares[lower + next] ?? 0;
    const each = this.#perNode;
    to.twist = ((last - left - right - down) * each) / spacing;
    to.down = down * each;
    to.start = left / ONE + to.down * below;
    to.across = right * each + to.twist * below;
    return left + right !== 0 || left + down !== 0 || left !== 0 || last !== 0;
  }

  /** A plane's ground from a pixel of the quarter on. */
  groundAt(number: number, right: number, down: number): Slope {
    const to = this.#slope;
    const ground = this.ground[number] ?? to;
    to.start = ground.start + ground.across * right + (ground.down + ground.twist * right) * down;
    to.across = ground.across + ground.twist * down;
    to.down = ground.down + ground.twist * right;
    to.twist = ground.twist;
    return to;
  }

  /** Takes a plane's ground from a pixel of a quarter's first column on. */
  takeGround(number: number, x: number, y: number): void {
    const { columns, rows, means } = this.patch.ground;
    const map = means[number];
    const unit = this.#unit;
    const to = this.ground[number] ?? this.#slope;
    const each = this.#each;
    // Middles of blocks are between quarters, so that one lies between the same four.
    const left = Math.floor(x * each - 0.5);
    const upper = Math.floor(y * each - 0.5);
    const fromLeft = (x + 0.5) * each - 0.5 - left;
    const fromUpper = (y + 0.5) * each - 0.5 - upper;
    const above = Math.max(upper, 0) * columns;
    const below = Math.min(upper + 1, rows - 1) * columns;
    const before = Math.max(left, 0);
    const after = Math.min(left + 1, columns - 1);
    const corner = map?.[above + before] ?? 0;
    const right = (map?.[above + after] ?? 0) - corner;
    const down = (map?.[below + before] ?? 0) - corner;
    const twist = (map?.[below + after] ?? 0) - corner - right - down;
    to.start = (number > 0 ? this.#grey : 0) + unit * (corner + right * fromLeft + down * fromUpper + twist * fromLeft * fromUpper);
    to.across = unit * (right + twist * fromUpper) * each;
    to.down = unit * (down + twist * fromLeft) * each;
    to.twist = unit * twist * each * each;
  }
}
