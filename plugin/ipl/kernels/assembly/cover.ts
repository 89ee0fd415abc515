// Pixels that an exposure does not cover, because it was lined up: it gives nothing to them, whatever the coefficients say.

import { column, LOGITS, ROWS, UNCOVERED } from './column';
import { LOGIT_BITS } from './logits';
import { LARGEST_LOGIT } from './rule.generated';
import { exposures } from './settings';

/** Of each exposure and each row of the strip the first covered pixel and the one after the last: int32 [K][stripRows][2]. */
let covers: usize = 0;
let stripRows: i32 = 0;
/** A bit for each exposure that does not cover the whole strip. */
let partly: i32 = 0;

/** Of each exposure: from where to where all rows of the blend are covered. */
const common = memory.data(5 * 8, 8);

export function setCovers(covers_: usize, stripRows_: i32, partly_: i32): void {
  covers = covers_;
  stripRows = stripRows_;
  partly = partly_;
}

// @ts-ignore: decorator
@inline
function coverOf(exposure: i32, row: i32): usize {
  return covers + (<usize>(exposure * stripRows + row) << 3);
}

/** To be called before the columns of these rows. */
export function openCovers(row: i32, rows: i32): void {
  for (let k = 1; k < exposures; k++) {
    let from = 0;
    let to = i32.MAX_VALUE;
    if (partly & (1 << k)) {
      for (let i = row; i < row + rows; i++) {
        from = max(from, load<i32>(coverOf(k, i)));
        to = min(to, load<i32>(coverOf(k, i), 4));
      }
    }
    store<i32>(common + (<usize>k << 3), from);
    store<i32>(common + (<usize>k << 3), to, 4);
  }
}

/** Whether all eight pixels from `x` on are covered in all rows. */
// @ts-ignore: decorator
@inline
export function isCovered(exposure: i32, x: i32): bool {
  const at = common + (<usize>exposure << 3);
  return x >= load<i32>(at) && x + 8 <= load<i32>(at, 4);
}

/** Whether all exposures cover them. */
export function areCovered(x: i32): bool {
  if (!partly) return true;
  for (let k = 1; k < exposures; k++) if (!isCovered(k, x)) return false;
  return true;
}

/** Marks the pixels of a column that not all exposures cover, until `unmark`. */
export function markUncovered(x: i32, row: i32, rows: i32): void {
  for (let i = row, at = column; i < row + rows; i++, at += 16) {
    let marks = i16x8.splat(0);
    for (let k = 1; k < exposures; k++) if (partly & (1 << k)) marks = v128.or(marks, beside(k, x, i));
    v128.store(at, v128.and(marks, i16x8.splat(0x7fff)), UNCOVERED);
  }
}

export function unmark(rows: i32): void {
  memory.fill(column + UNCOVERED, 0, <usize>rows << 4);
}

/** Takes the logits of a column's pixels that are not covered to their bound: no weight is left of that. */
export function boundLogits(exposure: i32, x: i32, row: i32, rows: i32): void {
  const bound = i16x8.splat(<i16>((64 - LARGEST_LOGIT) << LOGIT_BITS));
  let at = column + <usize>(exposure - 1) * ROWS;
  for (let i = row; i < row + rows; i++, at += 16) {
    v128.store(at, v128.bitselect(bound, v128.load(at, LOGITS), beside(exposure, x, i)), LOGITS);
  }
}

/** Which of the eight pixels from `x` on an exposure does not cover in a row. */
// @ts-ignore: decorator
@inline
function beside(exposure: i32, x: i32, row: i32): v128 {
  const lane = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
  const from = i16x8.splat(<i16>min(max(load<i32>(coverOf(exposure, row)) - x, 0), 8));
  const to = i16x8.splat(<i16>min(max(load<i32>(coverOf(exposure, row), 4) - x, 0), 8));
  return v128.or(i16x8.lt_s(lane, from), i16x8.ge_s(lane, to));
}
