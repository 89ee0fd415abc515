// The blend of some rows of a strip: tile by tile, and each tile in columns of eight pixels' width, so that its coefficients
// stay in registers on the way down.

import { chromaColumn } from './chroma';
import { fullChromaColumn } from './chroma-full';
import { column, FREEDOM, ROWS, WEIGHTS } from './column';
import { areCovered, boundLogits, isCovered, markUncovered, openCovers, unmark } from './cover';
import { middleRow, pixelsAt } from './lines';
import { logitColumn } from './logits';
import { POLYNOMIAL } from './polynomial';
import { block, chromaStart, chromaStride, deep, exposures, exposureStride, fullChroma, fusedStrip, lumaStride, redOffset, strip, width } from './settings';
import { prepareTile, TILE_WIDTH } from './tile';
import { openTones, toneColumn } from './tone';
import { fuseColumn } from './weights';

/**
 * Blends luma rows `row`..`row` + `rows` - 1 of the strip and the chroma with them. `row` is even; `rows` may be odd at the
 * picture's end. All rows lie in one row of tiles, `fromMiddle` rows below its middle, and between two map rows, whose
 * coefficients are at `upper` and `lower`; `middle` and `halfHeight`: see `prepareTile`. Up to 7 pixels past the width are
 * written.
 */
export function blendRows(
  row: i32, rows: i32, upper: usize, lower: usize, middle: f32, halfHeight: f32, fromMiddle: i32, saturation: i32,
): void {
  const cell = (<usize>exposures) * POLYNOMIAL;
  const tileWidth = min(TILE_WIDTH, block);
  const pixel = 65536 / tileWidth;
  const first = i16x8.splat(<i16>fromMiddle);
  const rowShare = i16x8.splat(<i16>(32768 / middleRow()));
  const luma = <usize>row * lumaStride;
  const chroma = chromaStart + <usize>(fullChroma ? row : row >> 1) * chromaStride;
  openCovers(row, rows);
  openTones();
  const saturate = i16x8.splat(<i16>saturation);
  // Half a block lies left of the first map column's centre.
  let left = block >> 1;
  for (let x = 0; x < width;) {
    const tileLeft = left & -tileWidth;
    const end = min(x + tileLeft + tileWidth - left, width);
    const shift = prepareTile(upper, lower, tileLeft, middle, halfHeight);
    for (let at = left - tileLeft; x < end; x += 8, at += 8) {
      const pixels = pixelsAt(at, pixel);
      const bytesOn = <usize>x << (deep ? 1 : 0);
      const codes = strip + luma + bytesOn;
      const partly = !areCovered(x);
      if (partly) markUncovered(x, row, rows);
      const free = toneColumn(codes, rows, pixels, first, rowShare, partly);
      if (partly) unmark(rows);
      for (let k = 1; k < exposures; k++) {
        logitColumn(k, codes + <usize>k * exposureStride, rows, pixels, first, rowShare, shift);
        if (partly && !isCovered(k, x)) boundLogits(k, x, row, rows);
      }
      fuseColumn(fusedStrip + luma + bytesOn, rows);
      if (fullChroma) {
        fullChromaColumn(strip + chroma + bytesOn, fusedStrip + chroma + bytesOn, rows, pixels, first, rowShare, saturation, free);
        continue;
      }
      if (rows & 1 || width - x < 8) repeatEdges(rows, width - x);
      const bytes = chroma + (redOffset ? bytesOn >> 1 : bytesOn);
      chromaColumn(strip + bytes, fusedStrip + bytes, rows, samplesAt(at, pixel), first, rowShare, saturate, free);
    }
    x = end;
    left = tileLeft + tileWidth;
    if (left == block) {
      left = 0;
      upper += cell;
      lower += cell;
    }
  }
}

/** Where four chroma samples are, as `pixelsAt`: in the middle of two pixels each, twice as chroma.ts has them. */
// @ts-ignore: decorator
@inline
function samplesAt(at: i32, pixel: i32): v128 {
  const pairs = redOffset ? i16x8(1, 3, 5, 7, 1, 3, 5, 7) : i16x8(1, 1, 3, 3, 5, 5, 7, 7);
  return i16x8.add(i16x8.mul(pairs, i16x8.splat(<i16>pixel)), i16x8.splat(<i16>(at * pixel - 32768)));
}

/** At an odd height the last row's weights and freedom stand for the row below, too, and at an odd width the last column's for the next. */
// @ts-ignore: decorator
@inline
function repeatEdges(rows: i32, columns: i32): void {
  for (let k = 1; k < exposures; k++) repeatEdge(column + WEIGHTS + <usize>(k - 1) * ROWS, rows, columns);
  repeatEdge(column + FREEDOM, rows, columns);
}

// @ts-ignore: decorator
@inline
function repeatEdge(from: usize, rows: i32, columns: i32): void {
  if (columns < 8 && columns & 1) {
    for (let i = 0, at = from + (<usize>columns << 1); i < rows; i++, at += 16) store<u16>(at, load<u16>(at - 2));
  }
  if (rows & 1) v128.store(from + (<usize>rows << 4), v128.load(from + (<usize>(rows - 1) << 4)));
}
