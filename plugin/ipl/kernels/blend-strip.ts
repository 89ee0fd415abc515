/** The blend of one strip: copied into the kernels' memory, fused, copied out. */
import { copyRows } from './copy-rows';
import { STRIP_ROWS, TILE_ROWS } from './memory-plan';
import { copyMovedRows } from './moved-rows';
import type { Cover } from './warp/cover';
import { inPlane, sampleSize, type Shift } from './warp/whole-shift';
import type { StagedRows } from './staged-rows';
import type { Workspace } from './workspace';

/** Of one in a saturation; assembly/chroma.ts. */
const SATURATION_ONE = 8192;

/** Blends pixel rows `y0`..`y1` - 1, at most STRIP_ROWS; `y0` is even, and `y1` even or the picture's height. */
export function blendStrip(
  space: Workspace,
  frames: readonly Uint8Array[],
  coefficients: StagedRows,
  y0: number,
  y1: number,
  out: Uint8Array,
  chromaGain: number,
  covers: readonly (Cover | undefined)[],
  shifts: readonly (Shift | undefined)[],
): void {
  const { plan } = space;
  tellCovers(space, covers, y0, y1);
  space.order.forEach((k, slot) => copyIn(space, frames[k], shifts[k], plan.codes + slot * plan.exposureStride, y0, y1));
  const saturation = Math.round(chromaGain * SATURATION_ONE);
  for (let y = y0; y < y1;) y = blendTiles(space, coefficients, y0, y, y1, saturation);
  copyOut(space, out, y0, y1);
}

/**
 * Blends the rows from `y` on that lie in one row of tiles (assembly/tile.ts), and returns the row after them. Tiles have
 * fixed places, so that it does not matter where strips and slices begin.
 */
function blendTiles(
  { wasm, geometry }: Workspace, coefficients: StagedRows, y0: number, y: number, y1: number, saturation: number,
): number {
  const { block } = geometry;
  const height = Math.min(TILE_ROWS, block);
  // Map rows have their centres half a block below their tops.
  const mapRow = Math.floor(y / block - 0.5);
  const centre = (mapRow + 0.5) * block;
  const top = y - ((y - centre) % height);
  const end = Math.min(top + height, y1);
  const middle = (top + height / 2 + 0.5 - centre) / block;
  wasm.blendRows(
    y - y0, end - y, coefficients.addressOf(mapRow), coefficients.addressOf(mapRow + 1),
    middle, height / 2 / block, y - top - height / 2, saturation,
  );
  return end;
}

/** What the exposures cover of the strip. */
function tellCovers({ wasm, plan, bytes, order }: Workspace, covers: readonly (Cover | undefined)[], y0: number, y1: number): void {
  let partly = 0;
  for (const [slot, k] of order.entries()) {
    const cover = covers[k]?.subarray(2 * y0, 2 * y1);
    if (!cover) continue;
    new Int32Array(bytes.buffer, plan.covers + slot * STRIP_ROWS * 8, cover.length).set(cover);
    partly |= 1 << slot;
  }
  wasm.setCovers(plan.covers, STRIP_ROWS, partly);
}

/** The pixel rows of every plane of `frame`, to the strip at the address `to`. */
function copyIn({ plan, geometry, bytes }: Workspace, frame: Uint8Array, shift: Shift | undefined, to: number, y0: number, y1: number): void {
  geometry.layout.planes.forEach((plane, p) => {
    const { start, stride } = plan.planes[p];
    const scale = p === 0 ? 1 : geometry.layout.chromaScale;
    const first = y0 / scale;
    const rows = Math.ceil(y1 / scale) - first;
    if (shift) copyMovedRows(frame, plane, sampleSize(geometry.layout, p), inPlane(shift, geometry.layout, p), first, rows, bytes, to + start, stride);
    else copyRows(frame, plane.offset + first * plane.stride, plane.stride, bytes, to + start, stride, plane.width, rows);
  });
}

function copyOut({ plan, geometry, bytes }: Workspace, out: Uint8Array, y0: number, y1: number): void {
  geometry.layout.planes.forEach((plane, p) => {
    const { start, stride } = plan.planes[p];
    const scale = p === 0 ? 1 : geometry.layout.chromaScale;
    const first = y0 / scale;
    const rows = Math.ceil(y1 / scale) - first;
    const to = plane.offset + first * plane.stride;
    copyRows(bytes, plan.fused + start, stride, out, to, plane.stride, plane.width, rows);
  });
}

/** The strips of the pixel rows `y0`..`y1` - 1. */
export function* strips(y0: number, y1: number): Generator<readonly [number, number]> {
  for (let y = y0; y < y1; y += STRIP_ROWS) yield [y, Math.min(y + STRIP_ROWS, y1)];
}
