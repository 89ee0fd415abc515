/** The graphs for pictures of 10 bits, on the provider of the CPU: their pictures are the kernels'. */
import test from 'ava';
import { planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { MergeGraph } from '../../../plugin/ipl/gpu/merge-graph';
import { MergeKernels } from '../../../plugin/ipl/hdr/merge-kernels';
import type { HdrSettings } from '../../../plugin/ipl/hdr/merge-task';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/model';
import { cpuEngine } from '../engines';
import { bracket, noise } from '../hdr/brackets';
import { sampleAt } from '../hdr/reference';
import { turned } from '../kernels/warp/motions';

/** How far two pictures are apart, in codes of 10 bits: at most, and on how many samples by more than two. */
export function apart(layout: PlaneLayout, one: Uint8Array, other: Uint8Array, otherLayout = layout): { most: number; beyondTwo: number } {
  let [most, beyond, count] = [0, 0, 0];
  for (const plane of [0, 1, 2]) {
    const scale = plane === 0 ? 1 : 2;
    for (let y = 0; y < Math.ceil(layout.height / scale); y += 1) {
      for (let x = 0; x < Math.ceil(layout.width / scale); x += 1) {
        const difference = Math.abs(sampleAt(one, layout, plane, x, y) - sampleAt(other, otherLayout, plane, x, y));
        most = Math.max(most, difference);
        beyond += Number(difference > 2);
        count += 1;
      }
    }
  }
  return { most, beyondTwo: beyond / count };
}

const scenes: readonly [PixelFormat, number, number, 'limited' | 'full', number[], number][] = [
  ['I420_10LE', 320, 192, 'limited', [-2, 0, 2], 20_000], ['P010_10LE', 161, 91, 'full', [-2, 0], 5000], ['I420_10LE', 162, 118, 'limited', [-4, -2, 0, 2, 4], 2 ** 23],
];

for (const [format, width, height, range, ev, stripPixels] of scenes) {
  test.serial(`SDR of ${ev.length} exposures, ${format} ${width}x${height} ${range}: the graph's picture is the kernels', to 2 codes of 10 bits`, async (t) => {
    const { payloads } = bracket({ format, width, height, range, ev, scene: noise(width, height, 11), noise: 1 });
    const layout = planeLayout(format, width, height);
    // The first exposure does not cover all.
    const motions = ev.map((_, index) => (index === 0 ? { homography: turned(width, height, 1, 1, 8.5, 3) } : undefined));
    const task = (): FusionTask => ({ payloads: payloads.map((payload) => payload.slice()), layout, range, reference: ev.length >> 1, look: { ...NATURAL, denoise: 0 }, motions });
    const kernels = await cpuEngine();
    const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu', { stripPixels });
    const linedUp = await kernels.lineUp(task());
    kernels.mend(linedUp);
    const { payload } = await graph.fuse(linedUp, 'ten bits');
    await graph.close();
    const ofCpu = task();
    await kernels.fuse(ofCpu);
    const { most, beyondTwo } = apart(layout, payload, ofCpu.payloads[ofCpu.reference]);
    t.log(`${most} codes at most, ${(100 * beyondTwo).toFixed(3)} % beyond two`);
    t.true(beyondTwo <= 0.001 && most <= 8);
  });
}

const merges: readonly [PixelFormat, number, number, 'limited' | 'full', number[], number, Partial<HdrSettings>, number][] = [
  ['I420_10LE', 320, 192, 'limited', [-2, 0, 2], 1, { output: 'pq', curve: 'bt709' }, 2 ** 21],
  ['P010_10LE', 161, 91, 'full', [-2, 0], 1, { curve: 'slog3', peak: 600 }, 4000],
  ['NV12', 163, 119, 'limited', [-4, -2, 0, 2, 4], 2, { output: 'pq', peak: 600, primaries: 'p3' }, 4000],
  ['I420', 96, 50, 'full', [-2, 0, 2], 0, { curve: 'hlg', primaries: 'bt2020' }, 2 ** 21],
];
for (const [format, width, height, range, ev, reference, change, stripPixels] of merges) {
  test.serial(`HDR of ${ev.length} exposures, ${format} ${width}x${height} ${range}, ${JSON.stringify(change)}: the graph's picture is the kernels', to 2 codes of 10 bits`, async (t) => {
    const settings = { output: 'hlg', curve: 'srgb', peak: 1000, referenceWhite: 203, primaries: 'bt709', ...change } as const;
    const given = bracket({ format, width, height, range, ev, scene: noise(width, height, 11), curve: settings.curve });
    const last = ev.length - 1;
    const covers = ev.map((_, index) => (index === last ? Int32Array.from({ length: 2 * height }, (_, at) => (at % 2 === 0 ? (at >> 3) % 40 : width - ((at >> 2) % 9))) : undefined));
    const task = { ...given, settings, reference, declared: ev.map((each) => each - ev[reference]), covers };
    const times = task.declared.map((each) => 2 ** each);
    const graph = new MergeGraph('cpu', { stripPixels });
    const payload = await graph.merge(task, times);
    await graph.close();
    const layout = planeLayout('I420_10LE', width, height);
    const expected = new Uint8Array(layout.size);
    (await MergeKernels.load()).merge(task, times, expected, layout);
    const { most, beyondTwo } = apart(layout, payload, expected);
    t.log(`${most} codes at most, ${(100 * beyondTwo).toFixed(3)} % beyond two`);
    t.true(beyondTwo <= 0.001 && most <= 16);
  });
}
