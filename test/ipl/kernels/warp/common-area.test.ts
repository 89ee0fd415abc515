/** The largest rectangle that all exposures cover, and pictures cut to it. */
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../../plugin/core/frames/video-layout';
import { commonArea, cropPicture } from '../../../../plugin/ipl/kernels';
import { coverOf, type Cover } from '../../../../plugin/ipl/kernels/warp/cover';
import { offsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { turned } from './motions';

const coverBy = (width: number, height: number, homography: number[]): Cover | undefined => {
  const layout = planeLayout('I420', width, height);
  return coverOf(offsetGrid({ homography }, layout, 16), layout);
};

/** The largest one, by looking at all whose corners are even. */
function plainly(covers: readonly (Cover | undefined)[], width: number, height: number): number {
  const covered = (left: number, right: number, y: number): boolean => covers.every((cover) => !cover || (cover[2 * y] <= left && right <= cover[2 * y + 1]));
  let most = 0;
  const ends = (from: number, whole: number): number[] => Array.from({ length: whole - from }, (_, i) => from + i + 1).filter((end) => end === whole || (end - from) % 2 === 0);
  for (let top = 0; top < height; top += 2) {
    for (let left = 0; left < width; left += 2) {
      for (const right of ends(left, width)) {
        for (const bottom of ends(top, height)) {
          if (!covered(left, right, bottom - 1) || !covered(left, right, Math.max(top, bottom - 2))) break;
          most = Math.max(most, (right - left) * (bottom - top));
        }
      }
    }
  }
  return most;
}

test('shifts, turns and both: as large as the largest', (t) => {
  for (const [width, height] of [[40, 30], [33, 27]] as const) {
    for (const list of [[turned(width, height, 0, 1, 5, -3)], [turned(width, height, 4, 1, 0, 0)], [turned(width, height, 3, 1.05, 3, 2), turned(width, height, -2, 1, -4.5, 1)]]) {
      const covers = [undefined, ...list.map((map) => coverBy(width, height, map))];
      const area = commonArea(covers, planeLayout('I420', width, height));
      if (!area) return t.fail();
      t.is(area.width * area.height, plainly(covers, width, height));
      for (let y = area.top; y < area.top + area.height; y += 1) {
        for (const cover of covers) t.true(!cover || (cover[2 * y] <= area.left && area.left + area.width <= cover[2 * y + 1]), `row ${y}`);
      }
      t.is(area.left % 2 + area.top % 2, 0);
    }
  }
});

test('all of it and nothing of it leave the picture as it is', (t) => {
  const layout = planeLayout('I420', 40, 30);
  t.is(commonArea([undefined, undefined], layout), undefined);
  t.is(commonArea([], layout), undefined);
  t.is(commonArea([coverBy(40, 30, turned(40, 30, 0, 1, 100, 0))], layout), undefined);
});

for (const format of ['I420', 'NV12'] as PixelFormat[]) {
  test(`a picture is cut, chroma with luma (${format})`, (t) => {
    const layout = planeLayout(format, 23, 17);
    const payload = new Uint8Array(layout.size);
    for (const [number, { offset, stride, width, height }] of layout.planes.entries()) {
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) payload[offset + y * stride + x] = 80 * number + 10 * (y % 8) + (x % 10);
    }
    const small = planeLayout(format, 19, 11);
    const out = cropPicture(payload, layout, { left: 4, top: 6, width: 19, height: 11 });
    for (const [number, { offset, stride, width, height }] of small.planes.entries()) {
      const [dx, dy] = number === 0 ? [4, 6] : [format === 'NV12' ? 4 : 2, 3];
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) t.is(out[offset + y * stride + x], 80 * number + 10 * ((y + dy) % 8) + ((x + dx) % 10));
    }
  });
}
