import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { meanLuma } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { frame, fullPictures, kernelsFor, makeCase, pictures, random } from './cases';
import { goldenCase, type GoldenPicture } from './golden';
import { referenceStatistics } from './reference';

const CHANNELS = 15;

test.before(async () => {
  await buildKernels();
});

test('statistics agree with the plain implementation', async (t) => {
  for (const [seed, picture] of [...pictures, ...fullPictures].entries()) {
    const input = makeCase(picture, seed);
    const kernels = await kernelsFor(input);
    const expected = referenceStatistics(input);
    const actual = new Float32Array(expected.length).fill(NaN);
    kernels.statistics(input.frames, 0, input.mapHeight, actual, input.mapHeight);
    const wrong = expected.findIndex((value, i) => !(Math.abs(value - actual[i]) <= 1e-6));
    t.is(wrong, -1, `${JSON.stringify(picture)}: ${actual[wrong]} for ${expected[wrong]}`);
  }
});

interface TorchCase extends GoldenPicture {
  /** [K, 15, h, w] */
  readonly statistics: number[];
}

test('statistics are those of training', async (t) => {
  const file = path.join(__dirname, 'statistics.json');
  const cases = JSON.parse(readFileSync(file, 'utf8')) as TorchCase[];
  for (const each of cases) {
    const { width, height, block, range, statistics } = each;
    const input = goldenCase(each);
    const kernels = await kernelsFor(input);
    const actual = new Float32Array(statistics.length).fill(NaN);
    kernels.statistics(input.frames, 0, input.mapHeight, actual, input.mapHeight);
    // PyTorch's float32 sums keep four digits of a variance.
    const wrong = statistics.findIndex((value, i) => !(Math.abs(value - actual[i]) <= 1e-4));
    t.is(wrong, -1, `${width}x${height}, ${block}, ${range}: ${actual[wrong]} for ${statistics[wrong]}`);
  }
});

test('statistics by rows, at an offset, give what all rows give', async (t) => {
  const input = makeCase({ width: 77, height: 70, block: 16 }, 7);
  const { frames, mapWidth, mapHeight } = input;
  const kernels = await kernelsFor(input);
  const whole = new Float32Array(frames.length * CHANNELS * mapHeight * mapWidth);
  kernels.statistics(frames, 0, mapHeight, whole, mapHeight);
  const byRows = new Float32Array(whole.length);
  for (let row = 0; row < mapHeight; row++) kernels.statistics(frames, row, row + 1, byRows, mapHeight);
  t.deepEqual(byRows, whole);
  const window = new Float32Array(frames.length * CHANNELS * 3 * mapWidth).fill(-9);
  kernels.statistics(frames, 2, 4, window, 3, 1);
  for (let channel = 0; channel < frames.length * CHANNELS; channel++) {
    const row = (of: Float32Array, rows: number, index: number): Float32Array =>
      of.subarray((channel * rows + index) * mapWidth, (channel * rows + index + 1) * mapWidth);
    t.deepEqual(row(window, 3, 0), new Float32Array(mapWidth).fill(-9));
    t.deepEqual(row(window, 3, 1), row(whole, mapHeight, 2));
    t.deepEqual(row(window, 3, 2), row(whole, mapHeight, 3));
  }
});

test('memory does not depend on the height and does not grow while frames pass', async (t) => {
  const low = makeCase({ width: 640, height: 32 }, 9);
  const high = makeCase({ width: 640, height: 320 }, 9);
  const small = await kernelsFor(low);
  const kernels = await kernelsFor(high);
  const before = kernels.memoryBytes;
  t.is(before, small.memoryBytes);
  const out = new Uint8Array(high.layout.size);
  const statistics = new Float32Array(high.frames.length * CHANNELS * high.mapHeight * high.mapWidth);
  for (let i = 0; i < 5; i++) {
    kernels.statistics(high.frames, 0, high.mapHeight, statistics, high.mapHeight);
    kernels.blend(high.frames, high.coefficients, 0, high.mapHeight, 0, 320, out);
  }
  t.is(kernels.memoryBytes, before);
});

test('mean luma counts samples only and orders exposures', (t) => {
  for (const [width, height] of [[63, 37], [640, 480]] as const) {
    const layout = planeLayout('NV12', width, height);
    const bytes = new Uint8Array(layout.size).fill(255);
    const { offset, stride } = layout.planes[0];
    for (let y = 0; y < height; y++) bytes.fill(40, offset + y * stride, offset + y * stride + width);
    t.is(meanLuma(bytes, layout), 40);
  }
  const layout = planeLayout('I420', 640, 480);
  const [dark, bright] = [0.5, 0.9].map((gain) => frame(layout, random(1), 'smooth', gain)) as [Uint8Array, Uint8Array];
  t.true(meanLuma(dark, layout) < meanLuma(bright, layout));
});
