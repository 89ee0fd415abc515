/** Sums over tiles, as the plain way makes them. */
import test from 'ava';
import { TileSummer } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { SUMS, type Comparable } from '../../../plugin/ipl/kernels/tile-sums';
import { random } from './cases';

test.before(async () => {
  await buildKernels();
});

function plainly({ width, value: r, inner }: Comparable, { value: w, valid }: Comparable, size: number, left: number, top: number): number[] {
  const sums = new Array<number>(SUMS).fill(0);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const i = (top + y) * width + left + x;
      if (![inner[i], valid[i], valid[i - 1], valid[i + 1], valid[i - width], valid[i + width]].every((known) => known === 1)) continue;
      const [gx, gy] = [(r[i + 1] - r[i - 1] + w[i + 1] - w[i - 1]) / 4, (r[i + width] - r[i - width] + w[i + width] - w[i - width]) / 4];
      [1, x, y, gx * gx, gx * gy, gy * gy, gx * r[i], gy * r[i], gx * w[i], gy * w[i], r[i] * r[i], r[i] * w[i], w[i] * w[i]].forEach((value, at) => (sums[at] += value));
    }
  }
  return sums;
}

test('tiles of both sizes, odd widths, and places where nothing is known', async (t) => {
  const summer = await TileSummer.load();
  const next = random(4);
  for (const [width, height, size] of [[67, 35, 8], [131, 50, 16], [18, 18, 16], [10, 10, 8]] as const) {
    const texture = (known: number): Comparable => {
      const flags = (): Uint8Array => Uint8Array.from({ length: width * height }, () => (next() < known ? 1 : 0));
      return { width, height, value: Float32Array.from({ length: width * height }, () => 4 * next() - 2), valid: flags(), inner: flags() };
    };
    // What is unknown may be anything.
    const [reference, warped] = [texture(0.9), texture(0.9)];
    const [columns, rows] = [Math.floor((width - 2) / size), Math.floor((height - 2) / size)];
    const sums = summer.sum(reference, warped, size, columns, rows);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const from = (row * columns + column) * SUMS;
        const expected = plainly(reference, warped, size, 1 + column * size, 1 + row * size);
        for (const [at, value] of expected.entries()) t.true(Math.abs(value - sums[from + at]) < 1e-3 * (1 + Math.abs(value)), `${width}x${height}, tile ${column},${row}, sum ${at}`);
      }
    }
  }
});
