// A plane moved tile by tile: where the exposure's motion changes from tile to tile, each has the offset of its middle.

import { averageTile } from './tile-average';
import { filterTile, PARTS, TILE_BYTES, TILE_ROWS } from './tile-filter';
import { filterDeepTile } from './tile-filter-deep';
import { CELL_HEIGHT, CELL_WIDTH } from './warp';

/** Bytes of a corner: its offset along x and along y, float32, in luma pixels. */
const CORNER: usize = 8;

// A tile and what its filter reads around, where some of that is outside of the plane. Four bytes a sample need twelve bytes more, and
// rows are read in whole vectors.
const PATCH_STRIDE: i32 = 32;
const PATCH_ROWS: i32 = TILE_ROWS + 3;
const patch = memory.data(32 * 19 + 16, 16);

let source: usize = 0;
let stride: i32 = 0;
let rowBytes: i32 = 0;
let planeRows: i32 = 0;
/** Bytes of a sample, luma pixels to the next, and the finest part of a sample, in 1 / PARTS. */
let size: i32 = 1;
let scale: i32 = 1;
let finest: i32 = 1;
/** Whether samples have 10 bits, and whether those are the upper ones of 16. */
let deep: bool = false;
let high: bool = false;

/** The plane whose rows are given from `source_` on, `stride_` apart; it has `bytes` bytes a row, 16 at least, and `rows` rows. */
export function openTiles(source_: usize, stride_: i32, bytes: i32, rows: i32, size_: i32, scale_: i32, finest_: i32, deep_: bool, high_: bool): void {
  source = source_;
  stride = stride_;
  rowBytes = bytes;
  planeRows = rows;
  size = size_;
  scale = scale_;
  finest = finest_;
  deep = deep_;
  high = high_;
}

/**
 * Writes plane rows `top`..`top` + `rows` - 1, which are of one row of cells, to `out`, `stride` apart. Source row `first` is the first
 * one that is there. `grid` has the corners above, and right behind its `corners` corners those below.
 */
export function moveTiles(top: i32, rows: i32, first: i32, grid: usize, corners: i32, out: usize): void {
  const below = <usize>corners * CORNER;
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - row);
    const middleY = middleOf(top + row, height) / <f32>CELL_HEIGHT;
    const down = middleY - Mathf.floor(middleY);
    for (let x = 0; x < rowBytes; x += TILE_BYTES) {
      // The last one ends with the row.
      const left = min(x, rowBytes - TILE_BYTES);
      const middleX = middleOf(left / size, TILE_BYTES / size) / <f32>CELL_WIDTH;
      const column = <i32>middleX;
      const right = middleX - <f32>column;
      const at = grid + <usize>column * CORNER;
      tile(left, top + row, height, first, parts(at, below, right, down), parts(at + 4, below, right, down), out + <usize>(row * stride + left));
    }
  }
}

/** Luma position of the middle of so many samples. */
// @ts-ignore: decorator
@inline
function middleOf(from: i32, count: i32): f32 {
  const twice: i32 = (2 * from + count) * scale - 1;
  return <f32>twice * 0.5;
}

/** An offset between corners, in parts of a sample of the plane. */
// @ts-ignore: decorator
@inline
function parts(at: usize, below: usize, right: f32, down: f32): i32 {
  const upper = load<f32>(at) + (load<f32>(at, CORNER) - load<f32>(at)) * right;
  const lower = load<f32>(at + below) + (load<f32>(at + below, CORNER) - load<f32>(at + below)) * right;
  const steps = Mathf.floor((upper + (lower - upper) * down) * (<f32>PARTS / <f32>(scale * finest)) + 0.5);
  return <i32>steps * finest;
}

// @ts-ignore: decorator
@inline
function tile(x: i32, y: i32, rows: i32, first: i32, toX: i32, toY: i32, to: usize): void {
  const left = x + (toX >> 2) * size;
  const upper = y + (toY >> 2);
  const inside = left >= size && left + TILE_BYTES + 2 * size <= rowBytes && upper >= 1 && upper + rows + 2 <= planeRows;
  let from = source + <usize>((upper - first) * stride + left);
  let fromStride = stride;
  if (!inside) {
    takePatch(left - size, upper - 1, rows + 3, first);
    from = patch + <usize>(PATCH_STRIDE + size);
    fromStride = PATCH_STRIDE;
  }
  const right = toX & (PARTS - 1);
  const down = toY & (PARTS - 1);
  if (deep) filterDeepTile(from, fromStride, to, stride, rows, size, right, down, high);
  else if (finest == 1) filterTile(from, fromStride, to, stride, rows, size, right, down);
  else averageTile(from, fromStride, to, stride, rows, size, right != 0, down != 0);
}

/** What lies outside repeats the border. */
function takePatch(left: i32, upper: i32, rows: i32, first: i32): void {
  let to = patch;
  for (let row = 0; row < rows; row++) {
    const from = source + <usize>((min(max(upper + row, 0), planeRows - 1) - first) * stride);
    for (let byte = 0; byte < TILE_BYTES + 3 * size; byte += size) {
      const x = min(max(left + byte, 0), rowBytes - size);
      if (size == 1) store<u8>(to + byte, load<u8>(from + x));
      else if (size == 2) store<u16>(to + byte, load<u16>(from + x));
      else store<u32>(to + byte, load<u32>(from + x));
    }
    to += PATCH_STRIDE;
  }
}
