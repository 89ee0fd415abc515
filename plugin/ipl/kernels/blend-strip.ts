/** The blend of one strip: copied into the kernels' memory, fused two rows at a time, copied out. */
import { STRIP_ROWS } from './memory-plan';
import type { Workspace } from './workspace';

/** Float32 [K, 6, rows, mapWidth], whose first row is map row `firstRow`. */
export interface CoefficientRows {
  readonly values: Float32Array;
  readonly firstRow: number;
  readonly rows: number;
}

/** Of one in a saturation; assembly/chroma.ts. */
const SATURATION_ONE = 256;

/** Map rows `first`..`last` of the coefficients, ready in the kernels' memory. */
interface StagedRows {
  readonly first: number;
  readonly last: number;
}

/** Blends pixel rows `y0`..`y1` - 1, at most STRIP_ROWS; `y0` is even, and `y1` even or the picture's height. */
export function blendStrip(
  space: Workspace,
  frames: readonly Uint8Array[],
  coefficients: CoefficientRows,
  y0: number,
  y1: number,
  out: Uint8Array,
  chromaGain: number,
): void {
  const { wasm, plan, geometry } = space;
  space.order.forEach((k, slot) => copyIn(space, frames[k], plan.codes + slot * plan.exposureStride, y0, y1));
  const staged = stageCoefficients(space, coefficients, y0, y1);
  const interleaved = geometry.layout.format === 'NV12';
  const saturation = Math.round(chromaGain * SATURATION_ONE);
  const luma = plan.planes[0];
  for (let y = y0; y < y1; y += 2) {
    // At an odd height's last row, that row stands for both: its chroma averages then need no case of their own.
    const a = (y - y0) * luma.stride;
    const b = y + 1 < y1 ? a + luma.stride : a;
    interpolateRow(space, staged, y, plan.tables[0]);
    interpolateRow(space, staged, Math.min(y + 1, y1 - 1), plan.tables[1]);
    wasm.blendLumaRows(
      plan.codes + a, plan.codes + b, plan.exposureStride, plan.fused + a, plan.fused + b,
      plan.tables[0], plan.tables[1], plan.scratch, plan.weights, plan.weightStride, plan.gains,
    );
    for (let p = 1; p < plan.planes.length; p++) {
      const { start, stride } = plan.planes[p];
      const row = start + ((y - y0) / 2) * stride;
      const width = geometry.layout.planes[p].width;
      wasm.blendChromaRow(
        plan.codes + row, plan.exposureStride, plan.fused + row, width,
        plan.weights, plan.weightStride, plan.gains, interleaved, saturation,
      );
    }
  }
  copyOut(space, out, y0, y1);
}

/** The pixel rows of every plane of `frame`, to the strip at the address `to`. */
function copyIn({ plan, geometry, bytes }: Workspace, frame: Uint8Array, to: number, y0: number, y1: number): void {
  geometry.layout.planes.forEach((plane, p) => {
    const { start, stride } = plan.planes[p];
    const first = p === 0 ? y0 : y0 / 2;
    const rows = (p === 0 ? y1 : Math.ceil(y1 / 2)) - first;
    copyRows(frame, plane.offset + first * plane.stride, plane.stride, bytes, to + start, stride, plane.width, rows);
  });
}

function copyOut({ plan, geometry, bytes }: Workspace, out: Uint8Array, y0: number, y1: number): void {
  geometry.layout.planes.forEach((plane, p) => {
    const { start, stride } = plan.planes[p];
    const first = p === 0 ? y0 : y0 / 2;
    const rows = (p === 0 ? y1 : Math.ceil(y1 / 2)) - first;
    const to = plane.offset + first * plane.stride;
    copyRows(bytes, plan.fused + start, stride, out, to, plane.stride, plane.width, rows);
  });
}

/** Copies `rows` rows of `width` bytes and nothing of what lies between them. */
function copyRows(
  source: Uint8Array, from: number, fromStride: number,
  target: Uint8Array, to: number, toStride: number, width: number, rows: number,
): void {
  if (fromStride === width && toStride === width) {
    target.set(source.subarray(from, from + rows * width), to);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const at = from + row * fromStride;
    target.set(source.subarray(at, at + width), to + row * toStride);
  }
}

/** The two map rows around a pixel row, as numbers, and how far the pixel row is from the first to the second. */
function mapPosition({ geometry }: Workspace, y: number): { row: number; fraction: number } {
  const position = Math.max(0, (y + 0.5) / geometry.block - 0.5);
  const row = Math.floor(position);
  return { row, fraction: position - row };
}

/** Copies the map rows that the pixel rows `y0`..`y1` - 1 need into the kernels' memory. */
function stageCoefficients(space: Workspace, given: CoefficientRows, y0: number, y1: number): StagedRows {
  const { wasm, plan, order, floats } = space;
  // Clamped to the picture first and to what the caller gave next.
  const clamp = (row: number): number => {
    const inside = Math.min(row, plan.mapHeight - 1);
    return Math.min(Math.max(inside, given.firstRow), given.firstRow + given.rows - 1);
  };
  const first = clamp(mapPosition(space, y0).row);
  const last = clamp(mapPosition(space, y1 - 1).row + 1);
  const channels = order.flatMap((k) => Array.from({ length: 6 }, (_, i) => k * 6 + i));
  for (let row = first; row <= last; row++) {
    channels.forEach((channel, i) => {
      const from = (channel * given.rows + row - given.firstRow) * plan.mapWidth;
      floats.set(given.values.subarray(from, from + plan.mapWidth), plan.given / 4 + i * plan.mapWidth);
    });
    wasm.prepareCoefficients(plan.given, plan.coefficients + (row - first) * plan.coefficientRow);
  }
  return { first, last };
}

/** Interpolates the staged map rows to the pixel row `y`, into the table at the address `to`. */
function interpolateRow(space: Workspace, staged: StagedRows, y: number, to: number): void {
  const { wasm, plan } = space;
  const { row, fraction } = mapPosition(space, y);
  const address = (mapRow: number): number => {
    const clamped = Math.min(Math.max(mapRow, staged.first), staged.last);
    return plan.coefficients + (clamped - staged.first) * plan.coefficientRow;
  };
  wasm.interpolateCoefficients(to, address(row), address(row + 1), fraction);
}

/** The strips of the pixel rows `y0`..`y1` - 1. */
export function* strips(y0: number, y1: number): Generator<readonly [number, number]> {
  for (let y = y0; y < y1; y += STRIP_ROWS) yield [y, Math.min(y + STRIP_ROWS, y1)];
}
