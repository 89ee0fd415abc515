import test from 'ava';
import { planeLayout } from '../../../../plugin/core/frames/video-layout';
import { coverOf } from '../../../../plugin/ipl/kernels/warp/cover';
import { apply } from '../../../../plugin/ipl/kernels/homography';
import { offsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { turned } from './motions';

test('a row is covered where the exposure shows it', (t) => {
  for (const [width, height] of [[300, 200], [65, 33], [64, 64], [3, 2], [1, 1]] as const) {
    const layout = planeLayout('I420', width, height);
    const motions = [
      turned(width, height, 0, 1, 0.4, -0.4), turned(width, height, 0, 1, 7.2, 0), turned(width, height, 0, 1, -70, 33.4), turned(width, height, 0, 1, 0, -40),
      turned(width, height, 5, 1, 0, 0), turned(width, height, -13, 0.95, 9, 4), turned(width, height, 0, 1.2, 0, 0), turned(width, height, 0, 0.8, 0, 0),
      turned(width, height, 0, 1, 2 * width, 0), [1, 0.02, -8, 0.01, 1.05, 3, 2e-5, 1e-5, 1],
    ];
    for (const [number, homography] of motions.entries()) {
      const cover = coverOf(offsetGrid({ homography }, layout, 16), layout);
      for (let y = 0; y < height; y += 1) {
        const [left = 0, right = width] = cover ? [cover[2 * y], cover[2 * y + 1]] : [];
        for (let x = 0; x < width; x += 1) {
          const [toX, toY] = apply(homography, x, y);
          // To the border of the exposure; what lies on it may count either way.
          const inside = Math.min(toX + 0.5, width - 0.5 - toX, toY + 0.5, height - 0.5 - toY);
          if (Math.abs(inside) < 0.02) continue;
          if (inside > 0 !== (x >= left && x < right)) return t.fail(`${width}x${height}, motion ${number}: ${x},${y} lies ${inside} inside, covered is ${left}..${right}`);
        }
      }
    }
  }
  t.pass();
});

test('an exposure that covers all says nothing, and one that covers nothing has empty rows', (t) => {
  const layout = planeLayout('I420', 200, 100);
  const cover = (x: number, y: number): Int32Array | undefined => coverOf(offsetGrid({ homography: turned(200, 100, 0, 1, x, y) }, layout, 16), layout);
  t.is(cover(0.5, -0.5), undefined);
  t.true(cover(0, 150)?.every((end, at) => at % 2 === 0 || end === 0));
});
