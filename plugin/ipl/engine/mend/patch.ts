/** Puts the ground in the place of what stood before it, a tile after the other: the pixels between four nodes. */
import { depthOf, isInterleaved, type PlaneLayout } from '../../../core/frames/video-layout';
import { fillChroma, fillLuma, fillWhole, isAllFrom, ONE, type Corners, type Plane, type Samples, type Slope } from './fill';
import type { Ground } from './ground';
import { type NodeBox, type NodeGrid } from './node-grid';

/** What is to be mended of an exposure. */
export interface Patch {
  /** How much nodes' surroundings are filled: 0 to ONE. */
  readonly shares: Uint16Array;
  /** Where there are any. */
  readonly box: NodeBox;
  readonly grid: Pick<NodeGrid, 'block' | 'spacing' | 'columns' | 'rows'>;
  readonly ground: Ground;
  /** By code of the reference how white it is, 0 to ONE: only pixels are filled of which it shows nothing. */
  readonly whiteness: Uint16Array;
}

/** @param payload of the exposure, changed in place. @param own of the reference. Both of 8 bits or of 16, and of the size that the patch was found in. */
export function applyPatch(patch: Patch, payload: Uint8Array, own: Uint8Array, layout: PlaneLayout): void {
  const { box, grid } = patch;
  const tiles = new Tiles(patch, payload, own, layout);
  // A node is felt in the tile before it, too.
  const [first, last] = [box.left - 1, box.right - 1].map((node) => Math.floor((Math.max(0, node) * grid.spacing) / tiles.side)) as [number, number];
  const [top, bottom] = [box.top - 1, box.bottom - 1].map((node) => Math.floor((Math.max(0, node) * grid.spacing) / tiles.side)) as [number, number];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = first; column <= last; column += 1) tiles.fill(column, row);
  }
}

class Tiles {
  /** Pixels of a tile in each direction: from a node to the next, or a chroma sample's. */
  readonly side: number;
  readonly #values: Samples;
  readonly #reference: Samples;
  readonly #planes: readonly Plane[];
  /** What samples have for a code, and for code 0. */
  readonly #units: readonly (readonly [number, number])[];
  /** The reference's value from which on it is white wholly. */
  readonly #white: number;
  /** Of a tile's pixels. */
  readonly #shares: Uint16Array;
  readonly #slope: Slope = { start: 0, across: 0, down: 0, twist: 0 };
  readonly #corners: Corners = { left: 0, right: 0, lowerLeft: 0, lowerRight: 0 };

  constructor(readonly patch: Patch, payload: Uint8Array, own: Uint8Array, readonly layout: PlaneLayout) {
    const deep = depthOf(layout.format) > 8;
    const pairs = isInterleaved(layout.format);
    this.side = Math.max(patch.grid.spacing, layout.chromaScale);
    this.#shares = new Uint16Array(this.side * this.side);
    [this.#values, this.#reference] = [samplesOf(payload, deep), samplesOf(own, deep)];
    const white = patch.whiteness.indexOf(ONE);
    this.#white = (white < 0 ? 256 : white) * (deep ? 256 : 1);
    // White is 65535 in 16 bits, grey of chroma 2^15.
    this.#units = [0, 1, 2].map((number) => (deep ? [257, number > 0 ? 2 ** 15 - 257 * 128 : 0] : [1, 0]));
    this.#planes = [0, 1, 2].map((number) => {
      const { offset, stride } = layout.planes[pairs ? Math.min(number, 1) : number] ?? { offset: 0, stride: 0 };
      const bytes = deep ? 2 : 1;
      return { offset: offset / bytes + (pairs && number === 2 ? 1 : 0), stride: stride / bytes, step: pairs && number > 0 ? 2 : 1, scale: number > 0 ? layout.chromaScale : 1 };
    });
  }

  /** Fills what is to be filled of a tile. */
  fill(column: number, row: number): void {
    const { side } = this;
    const { spacing } = this.patch.grid;
    const [x, y] = [column * side, row * side];
    const [width, height] = [Math.min(side, this.layout.width - x), Math.min(side, this.layout.height - y)];
    if (spacing === side) {
      const touched = this.#lookAt(column, row);
      if (touched === 0) return;
      const luma = this.#planes[0];
      if (touched === 4 * ONE && luma && isAllFrom(this.#white, this.#reference, luma.offset + y * luma.stride + x, luma.stride, width, height)) {
        this.#fillWhole(x, y, width, height);
        return;
      }
    }
    if (this.#fillLuma(x, y, width, height)) this.#fillChroma(x, y, width, height);
  }

  /** Takes the shares of the nodes around a cell. @returns their sum */
  #lookAt(column: number, row: number): number {
    const { shares, grid: { columns, rows } } = this.patch;
    const corners = this.#corners;
    const [upper, lower] = [row * columns, Math.min(row + 1, rows - 1) * columns];
    const next = Math.min(column + 1, columns - 1);
    corners.left = shares[upper + column] ?? 0;
    corners.right = shares[upper + next] ?? 0;
    corners.lowerLeft = shares[lower + column] ?? 0;
    corners.lowerRight = shares[lower + next] ?? 0;
    return corners.left + corners.right + corners.lowerLeft + corners.lowerRight;
  }

  #fillWhole(x: number, y: number, width: number, height: number): void {
    for (let number = 0; number < 3; number += 1) {
      const plane = this.#planes[number];
      if (plane) fillWhole(this.#values, placeIn(plane, x, y), plane, this.#slopeAt(number, x, y), width, height);
    }
  }

  /** Of a tile's cells: there are four where nodes are nearer to one another than chroma's samples. */
  #fillLuma(x: number, y: number, width: number, height: number): boolean {
    const { patch: { grid: { spacing }, whiteness }, side } = this;
    const plane = this.#planes[0];
    if (!plane) return false;
    let some = false;
    for (let down = 0; down < height; down += spacing) {
      for (let right = 0; right < width; right += spacing) {
        this.#lookAt((x + right) / spacing, (y + down) / spacing);
        some = fillLuma(
          this.#values, this.#reference, placeIn(plane, x + right, y + down), plane.stride, this.#slopeAt(0, x + right, y + down), this.#corners, spacing,
          whiteness, this.#shares, side, down * side + right, Math.min(spacing, width - right), Math.min(spacing, height - down),
        ) || some;
      }
    }
    return some;
  }

  #fillChroma(x: number, y: number, width: number, height: number): void {
    for (let number = 1; number < 3; number += 1) {
      const plane = this.#planes[number];
      if (plane) fillChroma(this.#values, placeIn(plane, x, y), plane, this.#slopeAt(number, x, y), this.#shares, this.side, width, height);
    }
  }

  /** Of a plane's ground, from a pixel of a tile's corner on. */
  #slopeAt(number: number, x: number, y: number): Slope {
    const { ground: { columns, rows, means }, grid: { block } } = this.patch;
    const map = means[number];
    const [unit, zero] = this.#units[number] ?? [1, 0];
    const slope = this.#slope;
    // Middles of blocks are between tiles, so that one lies between the same four.
    const left = Math.floor(x / block - 0.5);
    const upper = Math.floor(y / block - 0.5);
    const [fromLeft, fromUpper] = [(x + 0.5) / block - 0.5 - left, (y + 0.5) / block - 0.5 - upper];
    const above = Math.max(upper, 0) * columns;
    const below = Math.min(upper + 1, rows - 1) * columns;
    const [before, after] = [Math.max(left, 0), Math.min(left + 1, columns - 1)];
    const corner = map?.[above + before] ?? 0;
    const [right, down] = [(map?.[above + after] ?? 0) - corner, (map?.[below + before] ?? 0) - corner];
    const twist = (map?.[below + after] ?? 0) - corner - right - down;
    slope.start = zero + unit * (corner + right * fromLeft + down * fromUpper + twist * fromLeft * fromUpper);
    slope.across = (unit * (right + twist * fromUpper)) / block;
    slope.down = (unit * (down + twist * fromLeft)) / block;
    slope.twist = (unit * twist) / (block * block);
    return slope;
  }
}

const placeIn = ({ offset, stride, step, scale }: Plane, x: number, y: number): number => offset + (y / scale) * stride + (x / scale) * step;

const samplesOf = (payload: Uint8Array, deep: boolean): Samples => (deep ? new Uint16Array(payload.buffer, payload.byteOffset, payload.byteLength >> 1) : payload);
