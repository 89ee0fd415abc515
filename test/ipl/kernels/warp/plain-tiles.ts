/** The warp of tiles once more: plain, sample by sample. */
import type { PlaneLayout } from '../../../../plugin/core/frames/video-layout';
import type { OffsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { keys } from './plain-warp';

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Where a tile's samples begin, so that the last one ends with the row; the later one counts. */
const tileOf = (x: number, samples: number, wide: number): number => (x >= samples - wide && samples % wide !== 0 ? samples - wide : x - (x % wide));

/** The offset of a tile's middle, in luma pixels. */
function offsetOf({ columns, values }: OffsetGrid, x: number, y: number, axis: number): number {
  const [column, row] = [Math.floor(x / 64), Math.floor(y / 32)];
  const [u, v] = [x / 64 - column, y / 32 - row];
  const at = (r: number, c: number): number => values[(r * columns + c) * 2 + axis] ?? 0;
  return (at(row, column) * (1 - u) + at(row, column + 1) * u) * (1 - v) + (at(row + 1, column) * (1 - u) + at(row + 1, column + 1) * u) * v;
}

export interface PlainTiles {
  readonly frame: Uint8Array;
  /** Places of tiles whose offset is in the middle between two that it may be moved by. */
  readonly open: Uint8Array;
}

/** @param parts of a sample by which tiles are moved: 4, by Keys' cubic, or 2, by means */
export function plainTiles(frame: Uint8Array, layout: PlaneLayout, grid: OffsetGrid, parts: 2 | 4): PlainTiles {
  const [out, open] = [frame.slice(), new Uint8Array(frame.length)];
  for (const [number, { offset, stride, width, height }] of layout.planes.entries()) {
    const scale = number === 0 ? 1 : layout.chromaScale;
    const size = number > 0 && layout.format === 'NV12' ? 2 : 1;
    const [samples, wide] = [width / size, 16 / size];
    const code = (x: number, y: number, byte: number): number => frame[offset + clamp(y, 0, height - 1) * stride + clamp(x, 0, samples - 1) * size + byte] ?? 0;
    for (let y = 0; y < height; y += 1) {
      const cell = Math.floor((y * scale) / 32) * (32 / scale);
      const top = cell + 16 * Math.floor((y - cell) / 16);
      const end = Math.min(top + 16, cell + 32 / scale, height);
      for (let x = 0; x < samples; x += 1) {
        const left = tileOf(x, samples, wide);
        const middle = (from: number, to: number): number => (from + to - 1) / 2 * scale + (scale - 1) / 2;
        const steps = [0, 1].map((axis) => (offsetOf(grid, middle(left, left + wide), middle(top, end), axis) / scale) * parts);
        const doubtful = steps.some((one) => Math.abs(one + 0.5 - Math.round(one + 0.5)) < 1e-3);
        const [right, down] = steps.map((one) => Math.floor(one + 0.5) / parts) as [number, number];
        for (let byte = 0; byte < size; byte += 1) {
          const across = (v: number): number => filtered(x + right, parts, (u) => code(u, v, byte));
          const at = offset + y * stride + x * size + byte;
          out[at] = filtered(y + down, parts, across);
          open[at] = Number(doubtful);
        }
      }
    }
  }
  return { frame: out, open };
}

function filtered(at: number, parts: 2 | 4, sample: (place: number) => number): number {
  const first = Math.floor(at);
  if (parts === 2) return at === first ? sample(first) : (sample(first) + sample(first + 1)) / 2;
  let sum = 0;
  for (let place = first - 1; place <= first + 2; place += 1) sum += keys(place - at) * sample(place);
  return clamp(Math.round(sum), 0, 255);
}
