/** Luma made small, as the plain way makes it. */
import test from 'ava';
import { LumaReducer, reductionTo, type LumaPlane, type ReducedLuma } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { random } from './cases';

test.before(async () => {
  await buildKernels();
});

/** The rule, written out: the mean of each box, of each of its `step`-th rows, and whether three quarters of that are neither black nor clipped. */
function plainly({ data, width, height, stride, range }: LumaPlane, factor: number, step: number): Pick<ReducedLuma, 'luma' | 'valid'> {
  const [columns, rows] = [Math.floor(width / factor), Math.floor(height / factor)];
  const [luma, valid] = [new Float32Array(columns * rows), new Uint8Array(columns * rows)];
  const full = (code: number): number => (range === 'limited' ? ((code - 16) * 255) / 219 : code);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const codes = Array.from({ length: factor * Math.ceil(factor / step) }, (_, i) => full(data[(y * factor + step * Math.floor(i / factor)) * stride + x * factor + (i % factor)]));
      luma[y * columns + x] = codes.reduce((sum, code) => sum + code, 0) / codes.length;
      valid[y * columns + x] = codes.filter((code) => code > 3 && code < 250).length >= 0.75 * codes.length ? 1 : 0;
    }
  }
  return { luma, valid };
}

test('boxes of all sizes, both ranges, odd planes and rows with padding', async (t) => {
  const reducer = await LumaReducer.load();
  const next = random(5);
  for (const [width, height, factor, step] of [[640, 37, 1, 1], [333, 64, 2, 1], [97, 81, 3, 1], [130, 70, 8, 1], [53, 40, 15, 1], [53, 40, 15, 3], [130, 70, 8, 2], [97, 81, 7, 3], [300, 300, 255, 1], [5, 3, 4, 1], [16, 1, 1, 1]] as const) {
    for (const range of ['full', 'limited'] as const) {
      const stride = width + 5;
      // Dark and bright parts, so that boxes are on either side of three quarters.
      const data = Uint8Array.from({ length: stride * height }, (_, i) => ((i % 90) < 30 ? next() * 25 : (i % 90) < 60 ? 225 + next() * 31 : next() * 256));
      const plane: LumaPlane = { data, width, height, stride, range };
      const { luma, valid, ...size } = reducer.reduce(plane, factor, step);
      const expected = plainly(plane, factor, step);
      t.deepEqual(size, { width: Math.floor(width / factor), height: Math.floor(height / factor), factor, plane: { width, height } });
      t.deepEqual(valid, expected.valid);
      t.true(luma.every((code, at) => Math.abs(code - expected.luma[at]) < 1e-3), `${width}x${height} by ${factor}, each ${step}. row`);
    }
  }
  t.throws(() => reducer.reduce({ data: new Uint8Array(9), width: 3, height: 3, stride: 3, range: 'full' }, 256), { message: /1 to 255 pixels a side/ });
});

test('the side of a box follows from what the longer side may have', (t) => {
  t.is(reductionTo(1024, 3840, 2160), 4);
  t.is(reductionTo(1024, 1024, 300), 1);
  t.is(reductionTo(256, 65535, 10), 255);
  t.is(reductionTo(1024, 3, 2), 1);
});
