/** Loops over the samples of a tile, in whole numbers and without an object made: what costs time where there is something to mend. */

/** Shares are of so much. */
export const ONE_BITS = 14;
export const ONE = 1 << ONE_BITS;

export type Samples = Uint8Array | Uint16Array;

/** Where a tile's samples of a plane lie. */
export interface Plane {
  readonly offset: number;
  readonly stride: number;
  /** From a sample to the next. */
  readonly step: number;
  /** Pixels of a sample in each direction. */
  readonly scale: 1 | 2;
}

/** A plane's ground in a tile, in samples' values from the tile's first pixel on: between the middles of four blocks it grows by as much with each pixel. */
export interface Slope {
  start: number;
  across: number;
  down: number;
  /** What `across` grows by with each row. */
  twist: number;
}

/** Whether all of a tile is of a code or lighter. */
export function isAllFrom(least: number, samples: Samples, from: number, stride: number, width: number, height: number): boolean {
  for (let y = 0; y < height; y += 1) {
    for (let at = from + y * stride, end = at + width; at < end; at += 1) if ((samples[at] ?? 0) < least) return false;
  }
  return true;
}

/** The ground and nothing else. @param width pixels of the tile, as its height */
export function fillWhole(values: Samples, from: number, { stride, step, scale }: Plane, { start, across, down, twist }: Slope, width: number, height: number): void {
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    const growth = Math.round((across + twist * y) * scale * ONE);
    let ground = Math.round((start + down * y + 0.5) * ONE);
    for (let x = 0, at = row; x < width; x += scale, at += step, ground += growth) values[at] = ground >> ONE_BITS;
  }
}

/** Bits behind a value's own in which it is mixed, so that it fits into 31 bits with a share: of 8 bits there are eight, of 16 none. */
const finerBits = (values: Samples): number => (values.BYTES_PER_ELEMENT === 1 ? 8 : 0);

/** Shares of a cell's four nodes. */
export interface Corners {
  left: number;
  right: number;
  lowerLeft: number;
  lowerRight: number;
}

/**
 * Luma of a cell, by its nodes' shares and how white the reference is.
 * @param shares takes those of the pixels, in rows of `side`
 * @param first of the cell in them
 * @returns whether there was something to fill
 */
export function fillLuma(
  values: Samples, reference: Samples, from: number, stride: number, slope: Slope, { left, right, lowerLeft, lowerRight }: Corners, spacing: number,
  whiteness: Uint16Array, shares: Uint16Array, side: number, first: number, width: number, height: number,
): boolean {
  const finer = finerBits(values);
  const [groundShift, back] = [ONE_BITS - finer, ONE_BITS + finer];
  const half = 1 << (back - 1);
  const codeShift = 8 - finer;
  let some = 0;
  for (let y = 0; y < height; y += 1) {
    const growth = Math.round((slope.across + slope.twist * y) * ONE);
    let ground = Math.round((slope.start + slope.down * y) * ONE);
    const begin = left + ((lowerLeft - left) * y) / spacing;
    const masks = Math.round(((right + ((lowerRight - right) * y) / spacing - begin) * ONE) / spacing);
    let mask = Math.round(begin * ONE);
    for (let x = 0, at = from + y * stride, to = first + y * side; x < width; x += 1, at += 1, to += 1, ground += growth, mask += masks) {
      const share = ((mask >> ONE_BITS) * (whiteness[(reference[at] ?? 0) >> codeShift] ?? 0)) >> ONE_BITS;
      shares[to] = share;
      if (share === 0) continue;
      some |= share;
      const own = values[at] ?? 0;
      values[at] = own + ((share * ((ground >> groundShift) - (own << finer)) + half) >> back);
    }
  }
  return some !== 0;
}

/** Chroma of a tile, by its pixels' shares; the last row or column of an odd size stands for both. */
export function fillChroma(
  values: Samples, from: number, { stride, step, scale }: Plane, slope: Slope, shares: Uint16Array, side: number, width: number, height: number,
): void {
  const finer = finerBits(values);
  const [groundShift, back] = [ONE_BITS - finer, ONE_BITS + finer];
  const half = 1 << (back - 1);
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    const growth = Math.round((slope.across + slope.twist * y) * scale * ONE);
    let ground = Math.round((slope.start + slope.down * y) * ONE);
    const [upper, lower] = [y * side, Math.min(y + scale, height) * side - side];
    for (let x = 0, at = row; x < width; x += scale, at += step, ground += growth) {
      const next = Math.min(x + scale, width) - 1;
      const share = ((shares[upper + x] ?? 0) + (shares[upper + next] ?? 0) + (shares[lower + x] ?? 0) + (shares[lower + next] ?? 0)) >> 2;
      if (share === 0) continue;
      const own = values[at] ?? 0;
      values[at] = own + ((share * ((ground >> groundShift) - (own << finer)) + half) >> back);
    }
  }
}
