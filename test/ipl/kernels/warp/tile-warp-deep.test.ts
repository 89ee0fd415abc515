/** The warp of streams of 10 bits: as that of 8, but that nothing is lost below a code of 10. */
import test from 'ava';
import { isInterleaved, planeLayout, type PixelFormat, type PlaneLayout } from '../../../../plugin/core/frames/video-layout';
import { buildKernels } from '../../../../plugin/ipl/kernels/build';
import { apply } from '../../../../plugin/ipl/kernels/homography';
import { offsetGrid } from '../../../../plugin/ipl/kernels/warp/offset-grid';
import { TileWarp } from '../../../../plugin/ipl/kernels/warp/tile-warp';
import { random } from '../cases';
import { turned } from './motions';

test.before(async () => {
  await buildKernels();
});

/** Codes of a plane's samples of one kind, and where they lie. */
interface Channel {
  readonly plane: number;
  /** Samples from one to the next of its kind, and the first. */
  readonly step: number;
  readonly first: number;
  readonly scale: number;
}

function channelsOf({ format, chromaScale }: PlaneLayout): Channel[] {
  const luma = { plane: 0, step: 1, first: 0, scale: 1 };
  const chroma = [0, 1].map((kind) => (isInterleaved(format) ? { plane: 1, step: 2, first: kind } : { plane: 1 + kind, step: 1, first: 0 }));
  return [luma, ...chroma.map((each) => ({ ...each, scale: chromaScale }))];
}

const shiftOf = (format: PixelFormat): number => (format === 'P010_10LE' ? 6 : 0);

function codes(payload: Uint8Array, layout: PlaneLayout, { plane, step, first }: Channel): number[][] {
  const { offset, stride, width, height } = layout.planes[plane] ?? { offset: 0, stride: 0, width: 0, height: 0 };
  const view = new DataView(payload.buffer, payload.byteOffset);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width / 2 / step }, (__, x) => view.getUint16(offset + y * stride + 2 * (step * x + first), true)));
}

function filled(layout: PlaneLayout, code: (x: number, y: number, channel: number) => number): Uint8Array {
  const payload = new Uint8Array(layout.size);
  const view = new DataView(payload.buffer);
  for (const [number, { plane, step, first }] of channelsOf(layout).entries()) {
    const { offset, stride, width, height } = layout.planes[plane] ?? { offset: 0, stride: 0, width: 0, height: 0 };
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width / 2 / step; x += 1) view.setUint16(offset + y * stride + 2 * (step * x + first), Math.round(code(x, y, number)) << shiftOf(layout.format), true);
    }
  }
  return payload;
}

/** Keys' cubic, a = -1/2. */
const weights = (t: number): number[] => [-t * (1 - t) ** 2 / 2, 1 - 2.5 * t ** 2 + 1.5 * t ** 3, 0.5 * t + 2 * t ** 2 - 1.5 * t ** 3, -(t ** 2) * (1 - t) / 2];

/** At a place in quarters of a sample; outside, the border is repeated. */
function plain(rows: readonly (readonly number[])[], x: number, y: number): number {
  const [left, upper] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, row: number): number => {
    const line = rows[Math.min(Math.max(row, 0), rows.length - 1)] ?? [];
    return line[Math.min(Math.max(column, 0), line.length - 1)] ?? 0;
  };
  const across = (row: number): number => weights(x - left).reduce((sum, weight, tap) => sum + weight * at(left - 1 + tap, row), 0);
  const value = weights(y - upper).reduce((sum, weight, tap) => sum + weight * across(upper - 1 + tap), 0);
  return Math.min(1023, Math.max(0, value));
}

const quarters = (value: number): number => Math.floor(4 * value + 0.5) / 4;

for (const format of ['I420_10LE', 'P010_10LE'] as const) {
  test(`a shift by quarters of a sample is Keys' cubic to a code of 10 bits (${format})`, async (t) => {
    const warp = await TileWarp.load();
    for (const [width, height] of [[66, 38], [35, 65], [16, 2]] as const) {
      for (const [dx, dy] of [[0.5, 0], [0, -1.5], [3.25, -2.75], [-40.5, 60.25]] as const) {
        const layout = planeLayout(format, width, height);
        const next = random(width + height);
        const given = filled(layout, () => 1023 * next());
        const actual = given.slice();
        warp.warp(actual, layout, offsetGrid({ homography: turned(width, height, 0, 1, dx, dy) }, layout, 16));
        for (const channel of channelsOf(layout)) {
          const before = codes(given, layout, channel).map((row) => row.map((value) => value >> shiftOf(format)));
          for (const [y, row] of codes(actual, layout, channel).entries()) {
            for (const [x, value] of row.entries()) {
              const wanted = plain(before, x + quarters(dx / channel.scale), y + quarters(dy / channel.scale));
              const got = value >> shiftOf(format);
              if (Math.abs(got - wanted) > 1) return t.fail(`${width}x${height}, ${dx},${dy}, plane ${channel.plane}, ${x},${y}: ${got} instead of ${wanted}`);
              if (value !== got << shiftOf(format)) return t.fail('bits below the 10 are none');
            }
          }
        }
      }
    }
    t.pass();
  });

  test(`a turn shows what is there (${format})`, async (t) => {
    const [width, height] = [160, 96];
    const layout = planeLayout(format, width, height);
    const homography = turned(width, height, 1, 1.01, 2.2, -1.7);
    const slope = (x: number, y: number): number => 200 + 3 * x + 2 * y;
    const actual = filled(layout, slope);
    (await TileWarp.load()).warp(actual, layout, offsetGrid({ homography }, layout, 16));
    const [luma] = channelsOf(layout);
    const rows = luma ? codes(actual, layout, luma) : [];
    for (let y = 8; y < height - 8; y += 1) {
      for (let x = 8; x < width - 8; x += 1) {
        const [toX, toY] = apply(homography, x, y);
        const off = Math.abs(((rows[y]?.[x] ?? 0) >> shiftOf(format)) - slope(toX, toY));
        // An eighth of a sample, and what a tile turns by to its corners.
        if (off > 1.5) return t.fail(`${x},${y}: ${off} codes`);
      }
    }
    t.pass();
  });
}
