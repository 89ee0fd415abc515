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
