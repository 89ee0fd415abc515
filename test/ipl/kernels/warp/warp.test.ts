import test from 'ava';
import { planeLayout } from '../../../../plugin/core/frames/video-layout';
import { buildKernels } from '../../../../plugin/ipl/kernels/build';
import { FrameWarp } from '../../../../plugin/ipl/kernels/warp/frame-warp';
import { offsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { formats, frame, random } from '../cases';
import { turned } from './motions';
import { plainWarp } from './plain-warp';

test.before(async () => {
  await buildKernels();
});

const sizes = [[150, 100], [129, 37], [64, 32], [33, 65], [17, 8], [3, 2], [2, 2], [1, 1]] as const;

test('the warp is what its definition says, to a code', async (t) => {
  const warp = await FrameWarp.load();
  const motions = (w: number, h: number): number[][] => [
    turned(w, h, 0, 1, 0.5, 0.25), turned(w, h, 0, 1, -3.3, 7.8), turned(w, h, 1, 1.01, 2.2, -1.7), turned(w, h, -3, 0.97, -8, 5),
    turned(w, h, 12, 1, 0, 0), turned(w, h, 0, 1, 3, -5), turned(w, h, 0, 1, -2, 4), turned(w, h, 0, 1, w + 40.5, 1.5), turned(w, h, 0, 1, -w - 40, -h - 33.25),
    turned(w, h, 0, 1.2, 0, 0), [1, 0.002, 1, -0.003, 1, 2, 1e-5, -2e-5, 1],
  ];
  let [all, other] = [0, 0];
  for (const format of formats) {
    for (const [width, height] of sizes) {
      const layout = planeLayout(format, width, height);
      for (const [seed, homography] of motions(width, height).entries()) {
        for (const kind of ['noise', 'smooth'] as const) {
          const given = frame(layout, random(seed), kind, 1);
          const grid = offsetGrid({ homography }, layout, 16);
          const expected = plainWarp(given, layout, grid);
          const actual = given.slice();
          warp.warp(actual, layout, grid);
          let worst = 0;
          expected.forEach((code, at) => {
            const difference = Math.abs(code - actual[at]);
            worst = Math.max(worst, difference);
            all += 1;
            other += Number(difference > 1);
          });
          t.true(worst <= (kind === 'noise' ? 8 : 2), `${format} ${width}x${height} ${seed} ${kind}: ${worst}`);
        }
      }
    }
  }
  t.log(`${other} of ${all} differ by more than a code`);
});

test('moves of whole pixels give the very codes, and leave alone what lies between rows', async (t) => {
  const warp = await FrameWarp.load();
  for (const format of formats) {
    for (const [width, height] of [[66, 38], [64, 38], [63, 37], [8, 2], [3, 2], [1, 1]] as const) {
      const layout = planeLayout(format, width, height);
      for (const [x, y] of [[4, -6], [-2, 2], [0, 8], [12, 0], [200, 4], [-4, -300], [0, 0]] as const) {
        const given = frame(layout, random(3), 'noise', 1);
        const grid = offsetGrid({ homography: turned(width, height, 0, 1, x, y) }, layout, 16);
        const actual = given.slice();
        warp.warp(actual, layout, grid);
        t.deepEqual(actual, plainWarp(given, layout, grid), `${format} ${width}x${height} ${x},${y}`);
      }
    }
  }
});

test('no row is overwritten before the last that needs it has read it', async (t) => {
  const warp = await FrameWarp.load();
  const layout = planeLayout('I420', 24, 400);
  const given = frame(layout, random(4), 'smooth', 1);
  for (const [degrees, scale, y] of [[0, 1.24, 0], [0, 0.8, 0], [0, 1.2, 60], [0, 1.2, -60], [13, 1, 0], [0, 0.8, 90.5]] as const) {
    const grid = offsetGrid({ homography: turned(24, 400, degrees, scale, 0.5, y) }, layout, 16);
    const actual = given.slice();
    warp.warp(actual, layout, grid);
    const worst = plainWarp(given, layout, grid).reduce((most, code, at) => Math.max(most, Math.abs(code - actual[at])), 0);
    t.true(worst <= 2, `${degrees} degrees, ${scale}, ${y}: ${worst}`);
  }
});

test('a field is added between the centres of the blocks, and what changes too fast is spread', (t) => {
  const layout = planeLayout('I420', 256, 128);
  const still = turned(256, 128, 0, 1, 1, 2);
  const field = new Float32Array(2 * 8 * 4);
  for (let cell = 0; cell < 32; cell += 1) field.set([cell % 8, 3], 2 * cell);
  const gentle = offsetGrid({ homography: still, field }, layout, 32);
  const at = (grid: typeof gentle, row: number, column: number): number[] => [...grid.values.subarray((row * grid.columns + column) * 2, (row * grid.columns + column) * 2 + 2)];
  // Column 2 is at x = 128, half a pixel past the middle between the centres of blocks 3 and 4.
  const [x, y] = at(gentle, 2, 2);
  t.true(Math.abs(x - (1 + 3.5 + 0.5 / 32)) < 1e-5 && y === 5, `${x} ${y}`);
  field.fill(0);
  field.set([80, -80], 2 * 18);
  const steep = offsetGrid({ homography: still, field }, layout, 32);
  for (let row = 0; row < steep.rows; row += 1) {
    for (let column = 0; column < steep.columns; column += 1) {
      for (const [other, most] of [[at(steep, row, Math.min(column + 1, steep.columns - 1)), 16], [at(steep, Math.min(row + 1, steep.rows - 1), column), 8]] as const) {
        at(steep, row, column).forEach((value, axis) => t.true(Math.abs(value - other[axis]) <= most + 1e-4, `${row} ${column}: ${value} ${other[axis]}`));
      }
    }
  }
  // Something of it is left.
  t.true(at(steep, 2, 2)[0] > 8 || at(steep, 2, 1)[0] > 8);
});

test('memory is what the widest picture needs, whatever its height and however many pass', async (t) => {
  const bytes = async (height: number): Promise<number> => {
    const warp = await FrameWarp.load();
    const layout = planeLayout('NV12', 320, height);
    const grid = offsetGrid({ homography: turned(320, height, 0.5, 1, 2.5, -1) }, layout, 16);
    const payload = new Uint8Array(layout.size);
    for (let time = 0; time < 3; time += 1) warp.warp(payload, layout, grid);
    return warp.memoryBytes;
  };
  t.is(await bytes(64), await bytes(1024));
});
