import test from 'ava';
import { planeLayout } from '../../plugin/core/video-layout';
import { FusionKernels, meanLuma } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { formats, frame, makeCase, pictures, random, type Case } from './kernel-cases';
import { referenceBlend, referenceStatistics } from './reference';

async function kernelsFor({ layout, frames, reference, block, range }: Case): Promise<FusionKernels> {
  const kernels = await FusionKernels.load();
  kernels.configure({ layout, exposures: frames.length, reference, block, range });
  return kernels;
}

test.before(async () => {
  await buildKernels();
});

test('statistics agree with the plain implementation', async (t) => {
  for (const [seed, picture] of pictures.entries()) {
    const input = makeCase(picture, seed);
    const kernels = await kernelsFor(input);
    const expected = referenceStatistics(input);
    const actual = new Float32Array(expected.length).fill(NaN);
    kernels.statistics(input.frames, 0, input.mapHeight, actual, input.mapHeight);
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
    t.true(worst <= 1e-6, `${JSON.stringify(picture)}: ${worst}`);
  }
});

test('the blend agrees with the plain implementation', async (t) => {
  let same = 0;
  let all = 0;
  for (const [seed, picture] of pictures.entries()) {
    const input = makeCase(picture, seed);
    const kernels = await kernelsFor(input);
    const background = frame(input.layout, random(seed + 1000), 'noise', 1);
    const expected = referenceBlend(input, input.coefficients, background);
    const actual = background.slice();
    kernels.blend(input.frames, input.coefficients, 0, input.mapHeight, 0, input.layout.height, actual);
    const differences = expected.map((code, i) => Math.abs(code - actual[i]));
    const worst = Math.max(...differences);
    const label = JSON.stringify(picture);
    t.true(worst <= 1, `${label}: ${worst} codes`);
    // Equal weights give exact halves, which the kernels round to even and the plain implementation up.
    if (picture.amplitude === 0) continue;
    const exact = differences.filter((difference) => difference === 0).length;
    if (differences.length > 5000) t.true(exact >= 0.999 * differences.length, `${label}: ${exact} of ${differences.length}`);
    same += exact;
    all += differences.length;
  }
  t.log(`${all - same} of ${all} codes differ`);
  t.true(same >= 0.999 * all);
});

test('strips of rows give what the whole picture gives', async (t) => {
  for (const format of formats) {
    for (const block of [8, 32]) {
      const input = makeCase({ format, width: 77, height: 131, block }, 5);
      const { frames, coefficients, mapWidth, mapHeight, layout } = input;
      const kernels = await kernelsFor(input);
      const whole = new Uint8Array(layout.size);
      kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, whole);
      const strips = new Uint8Array(layout.size);
      for (let y0 = 0; y0 < layout.height; y0 += 14) {
        const y1 = Math.min(y0 + 14, layout.height);
        // Only the map rows around the strip, starting one row above the picture for the first.
        const first = Math.floor(y0 / block) - 1;
        const rows = Math.floor((y1 - 1) / block) + 1 - first + 1;
        const part = new Float32Array(frames.length * 6 * rows * mapWidth).fill(NaN);
        for (let channel = 0; channel < frames.length * 6; channel++) {
          for (let row = Math.max(first, 0); row < Math.min(first + rows, mapHeight); row++) {
            const from = (channel * mapHeight + row) * mapWidth;
            part.set(coefficients.subarray(from, from + mapWidth), (channel * rows + row - first) * mapWidth);
          }
        }
        kernels.blend(frames, part, first, rows, y0, y1, strips);
      }
      t.deepEqual(strips, whole);
    }
  }
});

test('map rows that the caller does not give are taken from the nearest that it gives', async (t) => {
  const input = makeCase({ width: 40, height: 48, block: 16 }, 6);
  const { frames, coefficients, mapWidth, mapHeight, layout } = input;
  const channels = Array.from({ length: frames.length * 6 }, (_, channel) => {
    const from = (channel * mapHeight + 1) * mapWidth;
    return [...coefficients.subarray(from, from + mapWidth)];
  });
  const kernels = await kernelsFor(input);
  const repeated = new Uint8Array(layout.size);
  kernels.blend(frames, Float32Array.from(channels.flatMap((row) => [row, row, row].flat())), 0, 3, 0, 48, repeated);
  const single = new Uint8Array(layout.size);
  kernels.blend(frames, Float32Array.from(channels.flat()), 1, 1, 0, 48, single);
  t.deepEqual(single, repeated);
});

test('statistics by rows, at an offset, give what all rows give', async (t) => {
  const input = makeCase({ width: 77, height: 70, block: 16 }, 7);
  const { frames, mapWidth, mapHeight } = input;
  const kernels = await kernelsFor(input);
  const whole = new Float32Array(frames.length * 10 * mapHeight * mapWidth);
  kernels.statistics(frames, 0, mapHeight, whole, mapHeight);
  const byRows = new Float32Array(whole.length);
  for (let row = 0; row < mapHeight; row++) kernels.statistics(frames, row, row + 1, byRows, mapHeight);
  t.deepEqual(byRows, whole);
  const window = new Float32Array(frames.length * 10 * 3 * mapWidth).fill(-9);
  kernels.statistics(frames, 2, 4, window, 3, 1);
  for (let channel = 0; channel < frames.length * 10; channel++) {
    const row = (of: Float32Array, rows: number, index: number): Float32Array =>
      of.subarray((channel * rows + index) * mapWidth, (channel * rows + index + 1) * mapWidth);
    t.deepEqual(row(window, 3, 0), new Float32Array(mapWidth).fill(-9));
    t.deepEqual(row(window, 3, 1), row(whole, mapHeight, 2));
    t.deepEqual(row(window, 3, 2), row(whole, mapHeight, 3));
  }
});

test('the output may be one of the inputs', async (t) => {
  for (const format of formats) {
    for (const target of [0, 1, 2]) {
      const input = makeCase({ format, width: 63, height: 67, block: 8 }, 8);
      const { frames, coefficients, mapHeight, layout } = input;
      const kernels = await kernelsFor(input);
      const apart = frames[target].slice();
      kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, apart);
      kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, frames[target]);
      t.deepEqual(frames[target].slice(), apart);
    }
  }
});

test('memory does not depend on the height and does not grow while frames pass', async (t) => {
  const low = makeCase({ width: 640, height: 32 }, 9);
  const high = makeCase({ width: 640, height: 720 }, 9);
  const small = await kernelsFor(low);
  const kernels = await kernelsFor(high);
  const before = kernels.memoryBytes;
  t.is(before, small.memoryBytes);
  const out = new Uint8Array(high.layout.size);
  const statistics = new Float32Array(high.frames.length * 10 * high.mapHeight * high.mapWidth);
  for (let i = 0; i < 5; i++) {
    kernels.statistics(high.frames, 0, high.mapHeight, statistics, high.mapHeight);
    kernels.blend(high.frames, high.coefficients, 0, high.mapHeight, 0, 720, out);
  }
  t.is(kernels.memoryBytes, before);
});

test('one instance can be configured again', async (t) => {
  const kernels = await FusionKernels.load();
  const cases = [{ width: 200, height: 90, exposures: 5 }, { width: 33, height: 20, exposures: 2 }, { width: 400, height: 50 }];
  for (const [seed, picture] of cases.entries()) {
    const input = makeCase({ ...picture, block: 32 }, seed);
    const { layout, frames, reference, block, range, coefficients, mapHeight } = input;
    kernels.configure({ layout, exposures: frames.length, reference, block, range });
    const reused = new Uint8Array(layout.size);
    kernels.blend(frames, coefficients, 0, mapHeight, 0, layout.height, reused);
    const fresh = new Uint8Array(layout.size);
    (await kernelsFor(input)).blend(frames, coefficients, 0, mapHeight, 0, layout.height, fresh);
    t.deepEqual(reused, fresh);
  }
});

test('what cannot be blended is refused', async (t) => {
  const input = makeCase({ width: 32, height: 32 }, 10);
  const { frames, coefficients, layout } = input;
  const unconfigured = await FusionKernels.load();
  t.throws(() => unconfigured.blend(frames, coefficients, 0, 2, 0, 32, frames[0]), { message: /configured/ });
  const kernels = await kernelsFor(input);
  t.throws(() => kernels.blend(frames.slice(1), coefficients, 0, 2, 0, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients.subarray(1), 0, 2, 0, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 1, 32, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 31, frames[0]), { instanceOf: RangeError });
  t.throws(() => kernels.blend(frames, coefficients, 0, 2, 0, 32, new Uint8Array(10)), { instanceOf: RangeError });
  for (const wrong of [{ exposures: 1 }, { exposures: 6 }, { reference: 3 }, { block: 4 }, { block: 24 }]) {
    const geometry = { layout, exposures: 3, reference: 1, block: 16, range: 'full' as const, ...wrong };
    t.throws(() => kernels.configure(geometry), { instanceOf: RangeError });
  }
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
