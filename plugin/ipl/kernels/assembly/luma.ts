// The luma of two pixel rows. A row is cut where map columns have their centres: from one centre to the next, the
// coefficients are linear in x. A segment's logits stay in the first-level cache between the two passes over it.

import { loadCodes, powerOfTwo, storeCodes } from './arithmetic';
import { black, block, channelStride, exposures, mapWidth, reference, span, width } from './settings';

/**
 * Blends two luma rows and leaves the sum of their weights for the chroma.
 *
 * - `codesA`, `codesB`: the rows in exposure 0; `exposureStride` bytes on, those in the next exposure. At an odd
 *   picture's last row both are the same row.
 * - `outA`, `outB`: where the fused rows go; up to 3 bytes past the width are written.
 * - `tableA`, `tableB`: the rows' coefficients (coefficients.ts).
 * - `logits`: scratch float32 [2][K][block]; the reference's must be 0 and stays so.
 * - `weights`: float32 [K][weightStride], the sum of the two rows' weights at each x, in 0..2.
 */
export function blendLumaRows(
  codesA: usize,
  codesB: usize,
  exposureStride: usize,
  outA: usize,
  outB: usize,
  tableA: usize,
  tableB: usize,
  logits: usize,
  weights: usize,
  weightStride: usize,
): void {
  const logitStride = (<usize>block) << 2;
  const logitsB = logits + <usize>exposures * logitStride;
  const rowEnd = (width + 3) & ~3;
  const table = <usize>6 * ((<usize>channelStride) << 2);
  for (let column = 0, x = 0; column <= mapWidth && x < rowEnd; column++) {
    // Half a block lies left of the first map column's centre.
    const first = column == 0 ? block >> 1 : 0;
    const pixels = min(block - first, rowEnd - x);
    for (let k = 0; k < exposures; k++) {
      if (k == reference) continue;
      const own = <usize>k * exposureStride + x;
      const ref = <usize>reference * exposureStride + x;
      const at = <usize>k * table + ((<usize>column) << 2);
      const to = <usize>k * logitStride;
      evaluateLogits(tableA + at, codesA + own, codesA + ref, logits + to, first, pixels);
      evaluateLogits(tableB + at, codesB + own, codesB + ref, logitsB + to, first, pixels);
    }
    for (let i = 0; i < pixels; i += 4) {
      const offset = (<usize>i) << 2;
      blendFour(
        codesA + x + i, codesB + x + i, exposureStride, outA + x + i, outB + x + i,
        logits + offset, logitsB + offset, logitStride, weights + ((<usize>(x + i)) << 2), weightStride << 2,
      );
    }
    x += pixels;
  }
  // The 2x2 block at an odd right edge has one column: repeating it makes the chroma's average the same as elsewhere.
  if (width & 1) {
    for (let k = 0, at = weights + ((<usize>width) << 2); k < exposures; k++, at += weightStride << 2) {
      store<f32>(at, load<f32>(at - 4));
    }
  }
}

/** Luma of four pixels in codes above black, clamped to the nominal range. */
// @ts-ignore: decorator
@inline
function loadLuma(at: usize, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(f32x4.sub(loadCodes(at), low), f32x4.splat(0)), high);
}

/** A coefficient at four fractions of the way from the map column at `at` to the next. */
// @ts-ignore: decorator
@inline
function between(at: usize, fraction: v128): v128 {
  const left = v128.load32_splat(at);
  return f32x4.add(left, f32x4.mul(f32x4.sub(v128.load32_splat(at + 4), left), fraction));
}

/** How much a coefficient grows in four pixels. */
// @ts-ignore: decorator
@inline
function growth(at: usize, step: v128): v128 {
  return f32x4.mul(f32x4.sub(v128.load32_splat(at + 4), v128.load32_splat(at)), step);
}

/** One exposure's logits (in powers of two, less the reference's) in one segment, from its pixel `first` on. */
function evaluateLogits(table: usize, own: usize, ref: usize, out: usize, first: i32, pixels: i32): void {
  const channel = (<usize>channelStride) << 2;
  const low = f32x4.splat(<f32>black);
  const high = f32x4.splat(<f32>span);
  const step = f32x4.splat(<f32>4 / <f32>block);
  const start = f32x4.mul(
    f32x4.add(f32x4(0.5, 1.5, 2.5, 3.5), f32x4.splat(<f32>first)),
    f32x4.splat(<f32>1 / <f32>block),
  );
  let c0 = between(table, start);
  let c1 = between(table + channel, start);
  let c2 = between(table + 2 * channel, start);
  let c3 = between(table + 3 * channel, start);
  let c4 = between(table + 4 * channel, start);
  let c5 = between(table + 5 * channel, start);
  const d0 = growth(table, step);
  const d1 = growth(table + channel, step);
  const d2 = growth(table + 2 * channel, step);
  const d3 = growth(table + 3 * channel, step);
  const d4 = growth(table + 4 * channel, step);
  const d5 = growth(table + 5 * channel, step);
  for (let end = own + pixels; own < end; own += 4, ref += 4, out += 16) {
    const y = loadLuma(own, low, high);
    const r = loadLuma(ref, low, high);
    const ofOwn = f32x4.add(f32x4.add(f32x4.mul(c3, y), f32x4.mul(c4, r)), c1);
    const ofReference = f32x4.add(f32x4.mul(c5, r), c2);
    v128.store(out, f32x4.add(f32x4.add(f32x4.mul(ofOwn, y), f32x4.mul(ofReference, r)), c0));
    c0 = f32x4.add(c0, d0);
    c1 = f32x4.add(c1, d1);
    c2 = f32x4.add(c2, d2);
    c3 = f32x4.add(c3, d3);
    c4 = f32x4.add(c4, d4);
    c5 = f32x4.add(c5, d5);
  }
}

/** Powers of two of the exposures at the pixels in hand, for the two rows: v128 [2][5]. */
const powers = memory.data(160, 16);

/** The softmax and the weighted sum for four pixels of each of the two rows. */
// @ts-ignore: decorator
@inline
function blendFour(
  codesA: usize, codesB: usize, exposureStride: usize, outA: usize, outB: usize,
  logitsA: usize, logitsB: usize, logitStride: usize, weights: usize, weightStride: usize,
): void {
  const k = exposures;
  let largestA = v128.load(logitsA);
  let largestB = v128.load(logitsB);
  for (let i = 1, at = logitStride; i < k; i++, at += logitStride) {
    largestA = f32x4.pmax(largestA, v128.load(logitsA + at));
    largestB = f32x4.pmax(largestB, v128.load(logitsB + at));
  }
  let sumA = f32x4.splat(0);
  let sumB = f32x4.splat(0);
  let fusedA = f32x4.splat(0);
  let fusedB = f32x4.splat(0);
  for (let i = 0, at: usize = 0, code: usize = 0, p = powers; i < k; i++, at += logitStride, code += exposureStride, p += 32) {
    const a = powerOfTwo(f32x4.sub(v128.load(logitsA + at), largestA));
    const b = powerOfTwo(f32x4.sub(v128.load(logitsB + at), largestB));
    v128.store(p, a);
    v128.store(p, b, 16);
    sumA = f32x4.add(sumA, a);
    sumB = f32x4.add(sumB, b);
    fusedA = f32x4.add(fusedA, f32x4.mul(a, loadCodes(codesA + code)));
    fusedB = f32x4.add(fusedB, f32x4.mul(b, loadCodes(codesB + code)));
  }
  const one = f32x4.splat(1);
  const scaleA = f32x4.div(one, sumA);
  const scaleB = f32x4.div(one, sumB);
  storeCodes(outA, f32x4.mul(fusedA, scaleA));
  storeCodes(outB, f32x4.mul(fusedB, scaleB));
  for (let i = 0, p = powers, at = weights; i < k; i++, p += 32, at += weightStride) {
    v128.store(at, f32x4.add(f32x4.mul(v128.load(p), scaleA), f32x4.mul(v128.load(p, 16), scaleB)));
  }
}
