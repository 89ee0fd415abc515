/** The warp once more: plain, in double precision, sample by sample, slow. */
import type { PlaneLayout } from '../../../../plugin/core/frames/video-layout';
import type { OffsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Keys' cubic convolution, a = -1/2, of a distance. */
export function keys(distance: number): number {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? 1 - 2.5 * d * d + 1.5 * d ** 3 : 2 - 4 * d + 2.5 * d * d - 0.5 * d ** 3;
}

/** The offset at a luma position, which lies in the row of cells `row`, or beside it. */
function offsetAt({ columns, values }: OffsetGrid, row: number, x: number, y: number, axis: number): number {
  const column = clamp(Math.floor(x / 64), 0, columns - 2);
  const [u, v] = [x / 64 - column, y / 32 - row];
  const at = (r: number, c: number): number => values[(r * columns + c) * 2 + axis];
  return (at(row, column) * (1 - u) + at(row, column + 1) * u) * (1 - v) + (at(row + 1, column) * (1 - u) + at(row + 1, column + 1) * u) * v;
}

/** @returns the frame lined up, in a copy whose bytes between rows stay */
export function plainWarp(frame: Uint8Array, layout: PlaneLayout, grid: OffsetGrid): Uint8Array {
  const out = frame.slice();
  for (const [number, { offset, stride, width, height }] of layout.planes.entries()) {
    const scale = number === 0 ? 1 : layout.chromaScale;
    const size = number > 0 && layout.format === 'NV12' ? 2 : 1;
    const samples = width / size;
    const code = (x: number, y: number, byte: number): number => frame[offset + clamp(y, 0, height - 1) * stride + clamp(x, 0, samples - 1) * size + byte];
    const luma = (at: number): number => at * scale + (scale - 1) / 2;
    for (let y = 0; y < height; y += 1) {
      const row = Math.floor((y * scale) / 32);
      for (let x = 0; x < samples; x += 1) {
        const at = (j: number, axis: number): number => offsetAt(grid, row, luma(x), luma(j), axis) / scale;
        const growth = at(y + 1, 1) - at(y, 1);
        const down = y + at(y, 1);
        for (let byte = 0; byte < size; byte += 1) {
          let sum = 0;
          for (let v = Math.floor(down) - 1; v <= Math.floor(down) + 2; v += 1) {
            // Where the output's column meets this source row.
            const right = x + at(y + (v - down) / (1 + growth), 0);
            let across = 0;
            for (let u = Math.floor(right) - 1; u <= Math.floor(right) + 2; u += 1) across += keys(u - right) * code(u, v, byte);
            sum += keys(v - down) * across;
          }
          out[offset + y * stride + x * size + byte] = clamp(Math.round(sum), 0, 255);
        }
      }
    }
  }
  return out;
}
