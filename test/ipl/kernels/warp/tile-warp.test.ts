/** The warp of streams: tile by tile. */
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../../plugin/core/frames/video-layout';
import { buildKernels } from '../../../../plugin/ipl/kernels/build';
import { offsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { TileWarp } from '../../../../plugin/ipl/kernels/warp/tile-warp';
import { formats, frame, random } from '../cases';
import { turned } from './motions';
import { plainTiles } from './plain-tiles';
import { plainWarp } from './plain-warp';

test.before(async () => {
  await buildKernels();
});

const motions = (w: number, h: number): number[][] => [
  turned(w, h, 0, 1, 0.5, 0.3), turned(w, h, 0, 1, -3.3, 7.8), turned(w, h, 1, 1.01, 2.2, -1.7), turned(w, h, -3, 0.97, -8, 5), turned(w, h, 12, 1, 0, 0),
  turned(w, h, 0, 1, 3, -5), turned(w, h, 0, 1, w + 40.6, 1.6), turned(w, h, 0, 1, -w - 40, -h - 33.3), turned(w, h, 0, 1.2, 0, -9), [1, 0.002, 1, -0.003, 1, 2, 1e-5, -2e-5, 1],
];

/** The largest difference, but where both ways are right. */
async function worst(format: PixelFormat, width: number, height: number, homography: number[], kind: 'noise' | 'smooth', parts: 2 | 4): Promise<number> {
  const layout = planeLayout(format, width, height);
  const given = frame(layout, random(7), kind, 1);
  const grid = offsetGrid({ homography }, layout, 16);
  const expected = plainTiles(given, layout, grid, parts);
  const actual = given.slice();
  (await TileWarp.load()).warp(actual, layout, grid);
  return expected.frame.reduce((most, code, at) => (expected.open[at] === 1 ? most : Math.max(most, Math.abs(code - (actual[at] ?? 0)))), 0);
}

for (const format of formats) {
  test(`each tile is moved by quarters of a sample (${format})`, async (t) => {
    for (const [width, height] of [[150, 100], [129, 37], [64, 32], [35, 65], [32, 2]] as const) {
      for (const [number, homography] of motions(width, height).entries()) {
        for (const kind of ['noise', 'smooth'] as const) {
          const most = await worst(format, width, height, homography, kind, 4);
          t.true(most <= (kind === 'noise' ? 4 : 2), `${width}x${height} ${number} ${kind}: ${most}`);
        }
      }
    }
  });

  test(`and in very large pictures by halves (${format})`, async (t) => {
    for (const homography of [turned(3200, 40, 0, 1, 6.5, -3.5), turned(3200, 40, 0.3, 1, -4.2, 2.6)]) {
      const most = await worst(format, 3200, 40, homography, 'noise', 2);
      t.true(most <= 1, `${most}`);
    }
  });
}

test('no row is overwritten before the last that needs it has read it', async (t) => {
  for (const [degrees, scale, y] of [[0, 1.24, 0], [0, 0.8, 0], [0, 1.2, 60], [0, 1.2, -60], [13, 1, 0], [0, 0.8, 90.6], [0, 1, -200.3]] as const) {
    const most = await worst('I420', 48, 400, turned(48, 400, degrees, scale, 0.6, y), 'smooth', 4);
    t.true(most <= 2, `${degrees} degrees, ${scale}, ${y}: ${most}`);
  }
});

test('moves of whole pixels give the very codes, and leave alone what lies between rows', async (t) => {
  const warp = await TileWarp.load();
  for (const format of formats) {
    const layout = planeLayout(format, 66, 38);
    for (const [x, y] of [[4, -6], [-2, 2], [0, 8], [200, 4], [-4, -300], [0, 0]] as const) {
      const given = frame(layout, random(3), 'noise', 1);
      const grid = offsetGrid({ homography: turned(66, 38, 0, 1, x, y) }, layout, 16);
      const actual = given.slice();
      warp.warp(actual, layout, grid);
      t.deepEqual(actual, plainWarp(given, layout, grid), `${format} ${x},${y}`);
    }
  }
});

test('planes that are narrower than a tile are left to the other warp', (t) => {
  t.true(TileWarp.takes(planeLayout('I420', 32, 2)));
  t.false(TileWarp.takes(planeLayout('I420', 30, 40)));
});

test('memory is what the widest picture needs, whatever its height and however many pass', async (t) => {
  const bytes = async (height: number): Promise<number> => {
    const warp = await TileWarp.load();
    const layout = planeLayout('NV12', 320, height);
    const grid = offsetGrid({ homography: turned(320, height, 0.5, 1, 2.5, -1) }, layout, 16);
    const payload = new Uint8Array(layout.size);
    for (let time = 0; time < 3; time += 1) warp.warp(payload, layout, grid);
    return warp.memoryBytes;
  };
  t.is(await bytes(256), await bytes(4096));
});
