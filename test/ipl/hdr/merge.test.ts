/** The kernels of the HDR merge are what docs/hdr.md says, in all formats and shapes. */
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../plugin/core/frames/video-layout';
import { MergeKernels } from '../../../plugin/ipl/hdr/merge-kernels';
import type { HdrSettings, MergeTask } from '../../../plugin/ipl/hdr/merge-task';
import { mergeReference, sampleAt } from './reference';
import { bracket, noise } from './brackets';

const HLG: HdrSettings = { output: 'hlg', curve: 'srgb', peak: 1000, referenceWhite: 203, primaries: 'bt709' };

async function compare(t: import('ava').ExecutionContext, task: MergeTask, times: readonly number[]): Promise<void> {
  const { width, height } = task.layout;
  const outLayout = planeLayout('I420_10LE', width, height);
  const out = new Uint8Array(outLayout.size);
  const kernels = await MergeKernels.load();
  const wanted = mergeReference(task, times);
  kernels.merge(task, times, out, outLayout);
  let most = 0;
  let above = 0;
  const check = (got: number, value: number): void => {
    most = Math.max(most, Math.abs(got - value));
    if (Math.abs(got - value) > 1.2) above += 1;
  };
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) check(sampleAt(out, outLayout, 0, x, y), wanted.luma[y * width + x]);
  const columns = Math.ceil(width / 2);
  for (let y = 0; y < Math.ceil(height / 2); y += 1) {
    for (let x = 0; x < columns; x += 1) {
      check(sampleAt(out, outLayout, 1, x, y), wanted.blue[y * columns + x]);
      check(sampleAt(out, outLayout, 2, x, y), wanted.red[y * columns + x]);
    }
  }
  // Half a code is rounding, the rest are the steps of the tables. A cell that is half vetoed multiplies them, and takes its neighbours
  // along: 3x3 cells have 54 samples.
  t.true(most < 8, `${most} codes`);
  t.true(above <= 54, `${above} samples are off by more than 1.2 codes`);
}

const shapes: readonly [PixelFormat, number, number, 'limited' | 'full'][] = [
  ['I420', 64, 34, 'limited'], ['NV12', 67, 19, 'full'], ['I420_10LE', 130, 18, 'limited'], ['P010_10LE', 33, 37, 'limited'], ['I420', 1, 1, 'limited'], ['I420', 3, 2, 'full'],
];
for (const [format, width, height, range] of shapes) {
  test(`all pixels, ${format} ${width}x${height} ${range}`, async (t) => {
    const task = bracket({ format, width, height, range, ev: [-2, 0, 2], scene: noise(width, height, 7) });
    await compare(t, { ...task, settings: HLG }, [0.25, 1, 4]);
  });
}

const settings: readonly Partial<HdrSettings>[] = [
  { output: 'pq' }, { output: 'pq', curve: 'bt709' }, { output: 'pq', curve: 'slog3' }, { curve: 'hlg', primaries: 'bt2020' }, { curve: 'logc3', peak: 600 },
  { output: 'pq', curve: 'bt1886', peak: 600, referenceWhite: 100, primaries: 'p3' },
];
for (const change of settings) {
  test(`all pixels, ${JSON.stringify(change)}`, async (t) => {
    const all = { ...HLG, ...change };
    const task = bracket({ format: 'I420', width: 96, height: 32, range: 'limited', ev: [-3, 0, 2], scene: noise(96, 32, 5), curve: all.curve });
    await compare(t, { ...task, settings: all }, [0.125, 1, 4]);
  });
}

for (const [exposures, reference] of [[1, 0], [2, 0], [2, 1], [5, 2], [5, 4]] as const) {
  test(`${exposures} exposures, the reference is number ${reference}`, async (t) => {
    const ev = Array.from({ length: exposures }, (_, index) => index - reference);
    const task = bracket({ format: 'I420', width: 48, height: 20, range: 'limited', ev, scene: noise(48, 20, 3) });
    await compare(t, { ...task, reference, settings: HLG }, ev.map((each) => 2 ** each));
  });
}

test('a camera that changes its size changes nothing else', async (t) => {
  const [small, large] = [[34, 20], [210, 46]].map(([width = 0, height = 0]) => ({
    ...bracket({ format: 'NV12', width, height, range: 'limited', ev: [-2, 0, 2], scene: noise(width, height, 4) }), settings: HLG,
  })) as [MergeTask, MergeTask];
  const merge = (kernels: MergeKernels, task: MergeTask): Uint8Array => {
    const layout = planeLayout('I420_10LE', task.layout.width, task.layout.height);
    const out = new Uint8Array(layout.size);
    kernels.merge(task, [0.25, 1, 4], out, layout);
    return out;
  };
  const kernels = await MergeKernels.load();
  const inTurns = [small, large, small].map((task) => merge(kernels, task));
  const alone = [merge(await MergeKernels.load(), small), merge(await MergeKernels.load(), large)];
  t.deepEqual(inTurns, [alone[0], alone[1], alone[0]]);
});

test('memory is that of a strip, not of the picture', async (t) => {
  const bytes = async (height: number): Promise<number> => {
    const task = { ...bracket({ format: 'I420', width: 320, height, range: 'limited', ev: [-2, 0, 2], scene: () => [0.1, 0.1, 0.1] }), settings: HLG };
    const layout = planeLayout('I420_10LE', 320, height);
    const kernels = await MergeKernels.load();
    kernels.merge(task, [0.25, 1, 4], new Uint8Array(layout.size), layout);
    return kernels.memoryBytes;
  };
  t.is(await bytes(400), await bytes(20));
});

test('a picture of 10 bits may be merged over its reference', async (t) => {
  const task = { ...bracket({ format: 'I420_10LE', width: 40, height: 70, range: 'limited', ev: [-2, 0, 2], scene: noise(40, 70, 9) }), settings: HLG };
  const kernels = await MergeKernels.load();
  const apart = new Uint8Array(task.layout.size);
  kernels.merge(task, [0.25, 1, 4], apart, task.layout);
  const over = task.payloads[1];
  kernels.merge(task, [0.25, 1, 4], over, task.layout);
  t.deepEqual(over, apart);
});
