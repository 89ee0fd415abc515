/** Puts the ground in the place of what stood before it, a tile after the other: the pixels between four nodes. */
import { bitsBelowEight, depthOf, isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { fillChroma, fillLuma, fillShares, fillWhole, isAllFrom, isAllFromByWords, ONE, roundToTen, type Lost, type Plane, type Samples } from './fill';
import { SIDE } from './node-grid';
import { QUARTER, Slopes, unitOf, type Patch } from './slopes';

/** Rows of pixels: the first, and the one after the last. */
export type Rows = readonly [number, number];

/** Rows of blocks in which something may be filled, of which quarters are filled one by one: the first, and the one after the last. */
export function blockRowsOf({ box }: Patch): Rows {
  return [Math.floor(Math.max(0, box.top - 1) / SIDE), Math.ceil(box.bottom / SIDE)];
}

/**
 * @param payload of the exposure, changed in place. @param own of the reference. Both of one depth, and of the size that the patch was found in.
 * @param only these rows, whole rows of chroma; others need not be there
 */
export function applyPatch(patch: Patch, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout, only: Rows = [0, layout.height]): void {
  const { box, grid: { spacing } } = patch;
  const tiles = new Tiles(patch, payload, own, layout, only);
  // A node is felt in the tile before it, too.
  const [left, first] = [Math.max(0, box.left - 1), Math.max(0, box.top - 1)].map((node) => Math.floor(node / QUARTER)) as [number, number];
  const top = Math.max(first, Math.floor(only[0] / spacing / QUARTER));
  const bottom = Math.min(box.bottom, only[1] / spacing);
  for (let row = top; row * QUARTER < bottom; row += 1) {
    for (let column = left; column * QUARTER < box.right; column += 1) tiles.fillQuarter(column, row);
  }
}

class Tiles {
  /** Pixels of a tile in each direction: from a node to the next, or a chroma sample's. */
  readonly side: number;
  readonly #values: Samples;
  readonly #reference: Samples;
  /** The reference's, four at once, where they lie so. */
  readonly #words: Int32Array | undefined;
  readonly #planes: readonly Plane[];
  /** Bits of the reference's values below a code. */
  readonly #codeShift: number;
  /** The reference's value from which on it is white wholly. */
  readonly #white: number;
  /** Shares of a tile's pixels. */
  readonly #taken: Float64Array;
  readonly #slopes: Slopes;
  readonly #lost: Lost;

  constructor(readonly patch: Patch, payload: Uint8Array, own: Uint8Array, readonly layout: PlaneLayout, readonly only: Rows) {
    const deep = depthOf(layout.format) > 8;
    const pairs = isInterleaved(layout.format);
    this.side = Math.max(patch.grid.spacing, layout.chromaScale);
    this.#taken = new Float64Array(this.side * this.side);
    this.#codeShift = bitsBelowEight(layout.format);
    [this.#values, this.#reference] = [samplesOf(payload, deep), samplesOf(own, deep)];
    this.#words = deep || own.byteOffset % 4 !== 0 ? undefined : new Int32Array(own.buffer, own.byteOffset, own.byteLength >> 2);
    const { filled, lost, expected } = patch;
    // What is black is not looked for beforehand.
    let white = 256;
    while (white > 0 && filled[white - 1] === 1 && lost[white - 1] === 1) white -= 1;
    this.#white = white << this.#codeShift;
    this.#slopes = new Slopes(patch, layout.format);
    const unit = unitOf(layout.format);
this.#lost = { filled, white: lost, shown: expected.map((code, at) => unit * code * (1 - (lost[at] ?? 0))) };
    this.#planes = [0, 1, 2].map((number) => {
      const { offset, stride } = layout.planes[pairs ? Math.min(number, 1) : number] ?? { offset: 0, stride: 0 };
      const bytes = deep ? 2 : 1;
      return { offset: offset / bytes + (pairs && number === 2 ? 1 : 0), stride: stride / bytes, step: pairs && number > 0 ? 2 : 1, scale: number > 0 ? layout.chromaScale : 1 };
    });
  }

  fillQuarter(column: number, row: number): void {
    const { only } = this;
    const pixels = QUARTER * this.patch.grid.spacing;
    const x = column * pixels;
    const y = Math.max(row * pixels, only[0]);
    const width = Math.min(pixels, this.layout.width - x);
    const height = Math.min((row + 1) * pixels, only[1]) - y;
    const least = this.#slopes.leastOf(column * QUARTER, row * QUARTER);
    if (least < 0) return;
    for (let number = 0; number < 3; number += 1) this.#slopes.takeGround(number, x, y);
    const isWhite = this.#isWhite(x, y, width, height);
    if (isWhite && least === ONE) this.#fillWhole(x, y, width, height);
    else this.#fillTiles(x, y, width, height, isWhite);
    if (this.layout.format === 'P010_10LE') for (const plane of this.#planes) roundToTen(this.#values, placeIn(plane, x, y), plane, width, height);
  }

  #fillTiles(x: number, y: number, width: number, height: number, isWhite: boolean): void {
    const { side } = this;
    for (let down = 0, next = 0; down < height; down = next) {
      // The first may be what is left of one.
      next = Math.min(down + side - ((y + down) % side), height);
      for (let right = 0; right < width; right += side) this.#fill(x, y, right, down, Math.min(side, width - right), next - down, isWhite);
    }
  }

  #fillWhole(x: number, y: number, width: number, height: number): void {
    for (let number = 0; number < 3; number += 1) {
      const [plane, slope] = [this.#planes[number], this.#slopes.ground[number]];
      if (plane && slope) fillWhole(this.#values, placeIn(plane, x, y), plane, slope, width, height);
    }
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
      if (!this.#slopes.takeShares(x + right, y + down)) return;
      if (isWhite) {
        for (let number = 0; number < 3; number += 1) {
          const plane = this.#planes[number];
          if (plane) fillShares(this.#values, placeIn(plane, x + right, y + down), plane, this.#slopes.groundAt(number, right, down), this.#slopes.shares, width, height);
        }
        return;
      }
    }
    if (this.#fillLuma(x, y, right, down, width, height)) this.#fillChroma(x, y, right, down, width, height);
  }

  /** Of a tile's cells: there are four where nodes are nearer to one another than chroma's samples. */
  #fillLuma(x: number, y: number, right: number, down: number, width: number, height: number): boolean {
    const { patch: { grid: { spacing } }, side } = this;
    const plane = this.#planes[0];
    if (!plane) return false;
    let some = false;
    for (let below = 0; below < height; below += spacing) {
      for (let beside = 0; beside < width; beside += spacing) {
        const [left, top] = [x + right + beside, y + down + below];
        this.#slopes.takeShares(left, top);
        some = fillLuma(
          this.#values, this.#reference, placeIn(plane, left, top), plane.stride, this.#slopes.groundAt(0, right + beside, down + below), this.#slopes.shares,
          this.#lost, this.#codeShift, this.#taken, side, below * side + beside, Math.min(spacing, width - beside), Math.min(spacing, height - below),
        ) || some;
      }
    }
    return some;
  }

  #fillChroma(x: number, y: number, right: number, down: number, width: number, height: number): void {
    for (let number = 1; number < 3; number += 1) {
      const plane = this.#planes[number];
      if (plane) fillChroma(this.#values, placeIn(plane, x + right, y + down), plane, this.#slopes.groundAt(number, right, down), this.#taken, this.side, width, height);
    }
  }
}

const placeIn = ({ offset, stride, step, scale }: Plane, x: number, y: number): number => offset + (y / scale) * stride + (x / scale) * step;

const samplesOf = (payload: Uint8Array, deep: boolean): Samples => (deep ? new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1) : payload);
