/** Puts the ground in the place of what stood before it, a tile after the other: the pixels between four nodes. */
import { depthOf, isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { fillChroma, fillLuma, fillShares, fillWhole, isAllFrom, isAllFromByWords, ONE, type Plane, type Samples, type Slope } from './fill';
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
  /** By code of the reference how white it is, 0 to 1: only pixels are filled of which it shows nothing. */
  readonly whiteness: Float32Array;
}

/** @param payload of the exposure, changed in place. @param own of the reference. Both of 8 bits or of 16, and of the size that the patch was found in. */
export function applyPatch(patch: Patch, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout): void {
  const { box } = patch;
  const tiles = new Tiles(patch, payload, own, layout);
  // A node is felt in the tile before it, too.
  const [left, top] = [Math.max(0, box.left - 1), Math.max(0, box.top - 1)].map((node) => Math.floor(node / QUARTER)) as [number, number];
  for (let row = top; row * QUARTER < box.bottom; row += 1) {
    for (let column = left; column * QUARTER < box.right; column += 1) tiles.fillQuarter(column, row);
  }
}

/** Nodes of a quarter of a block in each direction: in it the ground grows as much from pixel to pixel. */
const QUARTER = SIDE / 2;

class Tiles {
  /** Pixels of a tile in each direction: from a node to the next, or a chroma sample's. */
  readonly side: number;
  readonly #values: Samples;
  readonly #reference: Samples;
  /** The reference's, four at once, where they lie so. */
  readonly #words: Int32Array | undefined;
  readonly #planes: readonly Plane[];
  /** What samples have for a code, and more than that for those of chroma. */
  readonly #unit: number;
  readonly #grey: number;
  /** Of a block, a pixel. */
  readonly #each: number;
  /** Of shares between nodes, that of a pixel. */
  readonly #perNode: number;
  /** Bits of the reference's values below a code. */
  readonly #codeShift: number;
  /** The reference's value from which on it is white wholly. */
  readonly #white: number;
  /** Shares of a tile's pixels. */
  readonly #taken: Float32Array;
  /** Of the planes, in the quarter at hand. */
  readonly #ground: readonly Slope[] = [0, 1, 2].map(() => ({ start: 0, across: 0, down: 0, twist: 0 }));
  /** Of one, in the tile at hand; and the shares there. */
  readonly #slope: Slope = { start: 0, across: 0, down: 0, twist: 0 };
  readonly #shares: Slope = { start: 0, across: 0, down: 0, twist: 0 };

  constructor(readonly patch: Patch, payload: Uint8Array, own: Uint8Array, readonly layout: PlaneLayout) {
    const deep = depthOf(layout.format) > 8;
    const pairs = isInterleaved(layout.format);
    this.side = Math.max(patch.grid.spacing, layout.chromaScale);
    this.#taken = new Float32Array(this.side * this.side);
    this.#perNode = 1 / (ONE * patch.grid.spacing);
    this.#codeShift = deep ? 8 : 0;
    [this.#values, this.#reference] = [samplesOf(payload, deep), samplesOf(own, deep)];
    this.#words = deep || own.byteOffset % 4 !== 0 ? undefined : new Int32Array(own.buffer, own.byteOffset, own.byteLength >> 2);
    const white = patch.whiteness.indexOf(1);
    this.#white = (white < 0 ? 256 : white) * (deep ? 256 : 1);
    // White is 65535 in 16 bits, grey of chroma 2^15.
    this.#unit = deep ? 257 : 1;
    this.#grey = deep ? 2 ** 15 - 257 * 128 : 0;
    this.#each = 1 / patch.grid.block;
    this.#planes = [0, 1, 2].map((number) => {
      const { offset, stride } = layout.planes[pairs ? Math.min(number, 1) : number] ?? { offset: 0, stride: 0 };
      const bytes = deep ? 2 : 1;
      return { offset: offset / bytes + (pairs && number === 2 ? 1 : 0), stride: stride / bytes, step: pairs && number > 0 ? 2 : 1, scale: number > 0 ? layout.chromaScale : 1 };
    });
  }

  fillQuarter(column: number, row: number): void {
    const { side } = this;
    const pixels = QUARTER * this.patch.grid.spacing;
    const x = column * pixels;
    const y = row * pixels;
    const width = Math.min(pixels, this.layout.width - x);
    const height = Math.min(pixels, this.layout.height - y);
    const least = this.#leastOf(column * QUARTER, row * QUARTER);
    if (least < 0) return;
    for (let number = 0; number < 3; number += 1) this.#takeGround(number, x, y);
    const isWhite = this.#isWhite(x, y, width, height);
    if (isWhite && least === ONE) {
      this.#fillWhole(x, y, width, height);
      return;
    }
    for (let down = 0; down < height; down += side) {
      for (let right = 0; right < width; right += side) this.#fill(x, y, right, down, Math.min(side, width - right), Math.min(side, height - down), isWhite);
    }
  }

  #fillWhole(x: number, y: number, width: number, height: number): void {
    for (let number = 0; number < 3; number += 1) {
      const [plane, slope] = [this.#planes[number], this.#ground[number]];
      if (plane && slope) fillWhole(this.#values, placeIn(plane, x, y), plane, slope, width, height);
    }
  }

  /** Of the nodes in and around a quarter of a block, the least share; less than 0 where none has any. */
  #leastOf(column: number, row: number): number {
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

  #isWhite(x: number, y: number, width: number, height: number): boolean {
    const luma = this.#planes[0];
    if (!luma) return false;
    const from = placeIn(luma, x, y);
    const { offset, stride } = luma;
    if (this.#words && (width | offset | stride) % 4 === 0) return isAllFromByWords(this.#white, this.#words, from / 4, stride / 4, width / 4, height);
    return isAllFrom(this.#white, this.#reference, from, stride, width, height);
  }

  /** A tile, which lies so far right and down in a quarter. */
  #fill(x: number, y: number, right: number, down: number, width: number, height: number, isWhite: boolean): void {
    const { spacing } = this.patch.grid;
    if (spacing === this.side) {
      if (!this.#lookAt((x + right) / spacing, (y + down) / spacing)) return;
      if (isWhite) {
        for (let number = 0; number < 3; number += 1) {
          const plane = this.#planes[number];
          if (plane) fillShares(this.#values, placeIn(plane, x + right, y + down), plane, this.#slopeAt(number, right, down), this.#shares, width, height);
        }
        return;
      }
    }
    if (this.#fillLuma(x, y, right, down, width, height)) this.#fillChroma(x, y, right, down, width, height);
  }

  /** Takes the shares of the nodes around a cell. @returns whether there are any */
  #lookAt(column: number, row: number): boolean {
    const { shares, grid: { columns, rows } } = this.patch;
    const slope = this.#shares;
    const upper = row * columns;
    const lower = Math.min(row + 1, rows - 1) * columns;
    const next = Math.min(column + 1, columns - 1);
    const left = shares[upper + column] ?? 0;
    const right = (shares[upper + next] ?? 0) - left;
    const down = (shares[lower + column] ?? 0) - left;
    const last = shares[lower + next] ?? 0;
    const each = this.#perNode;
    slope.start = left / ONE;
    slope.across = right * each;
    slope.down = down * each;
    slope.twist = ((last - left - right - down) * each) / this.patch.grid.spacing;
    return left + right !== 0 || left + down !== 0 || left !== 0 || last !== 0;
  }

  /** Of a tile's cells: there are four where nodes are nearer to one another than chroma's samples. */
  #fillLuma(x: number, y: number, right: number, down: number, width: number, height: number): boolean {
    const { patch: { grid: { spacing }, whiteness }, side } = this;
    const plane = this.#planes[0];
    if (!plane) return false;
    let some = false;
    for (let below = 0; below < height; below += spacing) {
      for (let beside = 0; beside < width; beside += spacing) {
        const [left, top] = [x + right + beside, y + down + below];
        this.#lookAt(left / spacing, top / spacing);
        some = fillLuma(
          this.#values, this.#reference, placeIn(plane, left, top), plane.stride, this.#slopeAt(0, right + beside, down + below), this.#shares,
          whiteness, this.#codeShift, this.#taken, side, below * side + beside, Math.min(spacing, width - beside), Math.min(spacing, height - below),
        ) || some;
      }
    }
    return some;
  }

  #fillChroma(x: number, y: number, right: number, down: number, width: number, height: number): void {
    for (let number = 1; number < 3; number += 1) {
      const plane = this.#planes[number];
      if (plane) fillChroma(this.#values, placeIn(plane, x + right, y + down), plane, this.#slopeAt(number, right, down), this.#taken, this.side, width, height);
    }
  }

  /** A plane's ground from a pixel of the quarter on. */
  #slopeAt(number: number, right: number, down: number): Slope {
    const slope = this.#slope;
    const ground = this.#ground[number] ?? slope;
    slope.start = ground.start + ground.across * right + (ground.down + ground.twist * right) * down;
    slope.across = ground.across + ground.twist * down;
    slope.down = ground.down + ground.twist * right;
    slope.twist = ground.twist;
    return slope;
  }

  /** Takes a plane's ground from a pixel in the corner of a quarter on. */
  #takeGround(number: number, x: number, y: number): void {
    const { columns, rows, means } = this.patch.ground;
    const map = means[number];
    const unit = this.#unit;
    const slope = this.#ground[number] ?? this.#slope;
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
    slope.start = (number > 0 ? this.#grey : 0) + unit * (corner + right * fromLeft + down * fromUpper + twist * fromLeft * fromUpper);
    slope.across = unit * (right + twist * fromUpper) * each;
    slope.down = unit * (down + twist * fromLeft) * each;
    slope.twist = unit * twist * each * each;
  }
}

const placeIn = ({ offset, stride, step, scale }: Plane, x: number, y: number): number => offset + (y / scale) * stride + (x / scale) * step;

const samplesOf = (payload: Uint8Array, deep: boolean): Samples => (deep ? new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1) : payload);
