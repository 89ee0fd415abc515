// The luma of two pixel rows. A row is cut where map columns have their centres: from one centre to the next, the
// coefficients are linear in x. What passes from one step to the next within such a run stays in the first-level cache.

import { POLYNOMIAL } from './coefficients';
import { evaluatePowers } from './powers';
import { block, exposures, width } from './settings';
import { gainRun, toneRun } from './tone';
import { blendRun, edgeWeights } from './weights';

/** Pixels of a run at most; see `evaluate` in powers.ts. */
const RUN: i32 = 64;

/** Bytes of a run's powers of one exposure: 64 and the 7 that may be written past them. */
const POWERS: usize = (64 + 8) * 4;

/** Bytes of a run's toned codes. */
const TONES: usize = (64 + 8) * 2;

/**
 * Blends two luma rows and leaves the mean of their weights for the chroma.
 *
 * - `codesA`, `codesB`: the rows in the reference; the other exposures' follow, `exposureStride` bytes apart. At an odd
 *   picture's last row both are the same row.
 * - `outA`, `outB`: where the fused rows go; up to 7 bytes past the width are written.
 * - `tableA`, `tableB`: the rows' coefficients (coefficients.ts).
 * - `scratch`: float32 [2][K][72].
 * - `weights`: the mean weights (weights.ts) of each 2x2 pixels, a row of `weightStride` bytes for each pair of exposures.
 * - `gains`: the gain of the reference's chroma, 16-bit, for each chroma sample of the row (tone.ts).
 */
export function blendLumaRows(
  codesA: usize,
  codesB: usize,
  exposureStride: usize,
  outA: usize,
  outB: usize,
  tableA: usize,
  tableB: usize,
  scratch: usize,
  weights: usize,
  weightStride: usize,
  gains: usize,
): void {
  const cell = (<usize>exposures) * POLYNOMIAL;
  const tonesA = scratch;
  const tonesB = tonesA + TONES;
  const powersA = tonesB + TONES;
  const powersB = powersA + <usize>(exposures - 1) * POWERS;
  // Half a block lies left of the first map column's centre.
  let first = block >> 1;
  let pixels = 0;
  for (let x = 0; x < width; first = 0, tableA += cell, tableB += cell) {
    const segmentEnd = min(x + block - first, width);
    while (x < segmentEnd) {
      pixels = min(RUN, segmentEnd - x);
      toneRun(codesA + x, tonesA, pixels, tableA, cell, first);
      toneRun(codesB + x, tonesB, pixels, tableB, cell, first);
      // Two bytes a sample, two pixels a sample.
      gainRun(gains + x, pixels, tableA, tableB, cell, first);
      runPowers(codesA + x, exposureStride, powersA, pixels, tableA, cell, first);
      runPowers(codesB + x, exposureStride, powersB, pixels, tableB, cell, first);
      blendRun(
        codesA + x, codesB + x, exposureStride, outA + x, outB + x, pixels,
        tonesA, tonesB, powersA, powersB, POWERS, weights + ((<usize>x) << 1), weightStride,
      );
      x += pixels;
      first += pixels;
    }
  }
  // The 2x2 block at an odd right edge has one column.
  if (width & 1) {
    const last = (<usize>(pixels - 1)) << 2;
    edgeWeights(powersA + last, powersB + last, POWERS, weights + ((<usize>(width - 1)) << 1), weightStride);
  }
}

/** The powers of all exposures but the reference in one row's run, POWERS bytes apart. */
// @ts-ignore: decorator
@inline
function runPowers(
  codes: usize, exposureStride: usize, out: usize, pixels: i32, table: usize, cell: usize, first: i32,
): void {
  table += POLYNOMIAL;
  for (let k = 1, own = codes + exposureStride; k < exposures; k += 2) {
    evaluatePowers(own, exposureStride, codes, out, POWERS, pixels, table, cell, first, k + 1 < exposures);
    own += 2 * exposureStride;
    table += 2 * POLYNOMIAL;
    out += 2 * POWERS;
  }
}
