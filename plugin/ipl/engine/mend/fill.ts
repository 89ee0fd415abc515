/** Loops over the samples of a tile: what costs time where there is something to mend. From sample to sample and from row to row there are but sums. */

/** Shares of nodes are of so much. */
export const ONE = 1 << 14;

export type Samples = Uint8Array | Uint16Array;

/** Where a plane's samples lie. */
export interface Plane {
  readonly offset: number;
  readonly stride: number;
  /** From a sample to the next. */
  readonly step: number;
  /** Pixels of a sample in each direction. */
  readonly scale: 1 | 2;
}

/** What lies evenly between four corners, from a tile's first pixel on. */
export interface Slope {
  start: number;
  /** By pixel. */
  across: number;
  down: number;
  /** By which `across` grows with each row. */
  twist: number;
}

/** By code of the reference: how much of a pixel is filled, how much of that is ground, and what else is put there, in the exposure's values. */
export interface Lost {
  readonly filled: Float32Array;
  readonly white: Float32Array;
  readonly shown: Float32Array;
}

/** Whether all of a tile is of a code or lighter. */
export function isAllFrom(least: number, samples: Samples, from: number, stride: number, width: number, height: number): boolean {
  for (let y = 0, row = from; y < height; y += 1, row += stride) {
    for (let at = row, end = row + width; at < end; at += 1) if ((samples[at] ?? 0) < least) return false;
  }
  return true;
}

/** The same, four samples at once. @param least 128 or more. @param from and all others, in words */
export function isAllFromByWords(least: number, words: Int32Array, from: number, stride: number, width: number, height: number): boolean {
  // Samples have their highest bit, and get it from the others where what those lack of 128 is added.
  const added = Math.imul(256 - least, EACH);
  for (let y = 0, row = from; y < height; y += 1, row += stride) {
    let all = HIGHEST;
    for (let at = row, end = row + width; at < end; at += 1) {
      const word = words[at] ?? 0;
      all &= word & ((word & ~HIGHEST) + added);
    }
    if (all !== HIGHEST) return false;
  }
  return true;
}

/** Of four samples in a word. */
const EACH = 0x01010101;
const HIGHEST = 0x80808080 | 0;

/** Of P010, whose samples have ten bits at the upper end: what was filled has more. Others stay as they are. */
export function roundToTen(values: Samples, from: number, { stride, step, scale }: Plane, width: number, height: number): void {
  const length = Math.ceil(width / scale) * step;
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    for (let at = row, end = row + length; at < end; at += step) values[at] = Math.min((values[at] ?? 0) + 32, 0xffff) & 0xffc0;
  }
}

/** The ground and nothing else. A sum that is positive is rounded by its last half, here and below. */
export function fillWhole(values: Samples, from: number, { stride, step, scale }: Plane, slope: Slope, width: number, height: number): void {
  const length = Math.ceil(width / scale) * step;
  let growth = slope.across * scale;
  let begin = slope.start + 0.5;
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    for (let at = row, ground = begin, end = row + length; at < end; at += step, ground += growth) values[at] = ground;
    begin += slope.down * scale;
    growth += slope.twist * scale * scale;
  }
}

/** A plane of a tile before which the reference is white wholly. @param shares of its first sample on */
export function fillShares(values: Samples, from: number, { stride, step, scale }: Plane, slope: Slope, shares: Slope, width: number, height: number): void {
  const length = Math.ceil(width / scale) * step;
  let growth = slope.across * scale;
  let begin = slope.start;
  let change = shares.across * scale;
  // A sample of chroma has the share of its pixels' middle.
  const middle = (scale - 1) / 2;
  let first = shares.start + (shares.across + shares.down + shares.twist * middle) * middle;
  change += shares.twist * scale * middle;
  const down = (shares.down + shares.twist * middle) * scale;
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    for (let at = row, ground = begin, share = first, end = row + length; at < end; at += step, ground += growth, share += change) {
      const own = values[at] ?? 0;
      values[at] = own + share * (ground - own) + 0.5;
    }
    begin += slope.down * scale;
    growth += slope.twist * scale * scale;
    first += down;
    change += shares.twist * scale * scale;
  }
}

/**
 * Luma of a cell, by its nodes' shares and what the reference shows.
 * @param codeShift bits of the reference's values below a code
 * @param taken takes the shares of the pixels, in rows of `side`
 * @param to where the cell begins in them
 * @returns whether there was something to fill
 */
export function fillLuma(
  values: Samples, reference: Samples, from: number, stride: number, slope: Slope, shares: Slope,
  { filled, white, shown }: Lost, codeShift: number, taken: Float64Array, side: number, to: number, width: number, height: number,
): boolean {
  let some = false;
  let growth = slope.across;
  let begin = slope.start;
  let change = shares.across;
  let first = shares.start;
  for (let y = 0, row = from, line = to; y < height; y += 1, row += stride, line += side) {
    for (let x = 0, ground = begin, mask = first; x < width; x += 1, ground += growth, mask += change) {
      const at = row + x;
      const code = (reference[at] ?? 0) >> codeShift;
      const share = mask * (filled[code] ?? 0);
      taken[line + x] = share;
      if (share === 0) continue;
      some = true;
      const own = values[at] ?? 0;
      values[at] = own + share * ((white[code] ?? 0) * ground + (shown[code] ?? 0) - own) + 0.5;
    }
    begin += slope.down;
    growth += slope.twist;
    first += shares.down;
    change += shares.twist;
  }
  return some;
}

/** Chroma of a tile, by its pixels' shares; the last row or column of an odd size stands for both. */
export function fillChroma(
  values: Samples, from: number, { stride, step, scale }: Plane, slope: Slope, taken: Float64Array, side: number, width: number, height: number,
): void {
  let growth = slope.across * scale;
  let begin = slope.start;
  for (let y = 0, row = from; y < height; y += scale, row += stride) {
    const upper = y * side;
    const lower = (Math.min(y + scale, height) - 1) * side;
    for (let x = 0, at = row, ground = begin; x < width; x += scale, at += step, ground += growth) {
      const next = Math.min(x + scale, width) - 1;
      const share = ((taken[upper + x] ?? 0) + (taken[upper + next] ?? 0) + (taken[lower + x] ?? 0) + (taken[lower + next] ?? 0)) / 4;
      if (share === 0) continue;
      const own = values[at] ?? 0;
      values[at] = own + share * (ground - own) + 0.5;
    }
    begin += slope.down * scale;
    growth += slope.twist * scale * scale;
  }
}
