/** Every size from 1x1 to 65535 in either direction is fused, for what its pixels cost. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { planeLayout, type PixelFormat } from '../../../plugin/core/frames/video-layout';
import type { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { planGeometry } from '../../../plugin/ipl/network/geometry';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { DEFAULT_MODEL, readCard } from '../../../plugin/ipl/network/read-model';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { blockSize, planSlices } from '../../../plugin/ipl/network/slice-plan';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { planGraph } from '../../../plugin/ipl/gpu/graph-plan';
import { tryProvider } from '../../../plugin/ipl/gpu/trial';
import { cpuEngine } from '../engines';
import { referenceBlend } from '../kernels/reference';
import { GAINS, paint } from '../pictures';

const MB = 2 ** 20;

/** To start them takes longer than most of these pictures, so tests share them, in turn. */
let kernels: FusionEngine;
const graph = new GraphEngine(readGraphs(DEFAULT_MODEL), 'cpu');

test.before(async () => {
  await buildKernels();
  kernels = await cpuEngine();
});

test.after.always(() => graph.close());

// `python3 models/train check` holds rule.py to the same file.
test('the block of a size is the one that was agreed on', (t) => {
  const sizes = JSON.parse(readFileSync(path.join(__dirname, 'blocks.json'), 'utf8')) as [number, number, number][];
  for (const [width, height, block] of sizes) t.is(blockSize(width, height), block, `${width}x${height}`);
});

test('what is kept for a picture is less than 100 MB, whatever its size', async (t) => {
  const card = readCard(DEFAULT_MODEL);
  const sides = [1, 2, 16, 720, 11_520, 11_521, 16_384, 65_535];
  for (const width of sides) {
    for (const height of sides) {
      const { mapWidth, mapHeight } = planSlices(width, height, 4, card.tokenColumns);
      t.true(mapWidth <= 256 && mapHeight <= 45, `${width}x${height}: ${mapWidth}x${mapHeight} blocks`);
    }
  }
  // The largest maps, and the widest rows.
  for (const [width, height] of [[2048, 360], [65_535, 11_520], [65_535, 65_535], [16_384, 16]] as const) {
    const layout = planeLayout('I420', width, height);
    const geometry = planGeometry('', layout, 5, 4, card);
    const own = await FusionKernels.load();
    own.configure({ layout, exposures: 5, reference: 2, block: geometry.plan.block, range: 'full' });
    const constants = new Set([...geometry.constants.values()].flatMap((feeds) => Object.values(feeds)));
    const feeds = [...constants].reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0);
    const bytes = feeds + geometry.bytes + own.memoryBytes + Scene.allocate(geometry).byteLength;
    t.true(bytes < 100 * MB, `${width}x${height}: ${(bytes / MB).toFixed(0)} MB`);
  }
});

const task = (format: PixelFormat, width: number, height: number): FusionTask => {
  const layout = planeLayout(format, width, height);
  return { payloads: GAINS.map((gain) => paint(layout, gain, 0)), layout, range: 'limited', reference: 1, look: { ...NATURAL, denoise: 0 } };
};

for (const [width, height] of [[1, 1], [16, 1], [1, 16], [65_535, 1], [1, 65_535], [16_384, 5], [5, 11_521], [2, 65_535], [65_535, 2]] as const) {
  test.serial(`${width}x${height} is fused as the plain implementation does it with the same coefficients`, async (t) => {
    const format = width === 16_384 || height === 11_521 ? 'NV12' : 'I420';
    const { payloads, layout, range, reference, look } = task(format, width, height);
    const frames = payloads.map((payload) => payload.slice());
    const geometry = planGeometry('', layout, GAINS.length, 4, readCard(DEFAULT_MODEL));
    const { block, mapWidth, mapHeight, paddedRows } = geometry.plan;
    const memory = Scene.allocate(geometry);
    kernels.reset();
    await kernels.fuse({ payloads, layout, range, reference, look }, memory);
    const given = new Scene(geometry, memory).coefficients;
    const cells = mapWidth * mapHeight;
    const coefficients = new Float32Array(GAINS.length * 6 * cells);
    for (let map = 0; map < GAINS.length * 6; map += 1) coefficients.set(given.subarray(map * paddedRows * mapWidth, map * paddedRows * mapWidth + cells), map * cells);
    t.true(coefficients.some((value) => value !== 0));
    const expected = referenceBlend({ layout, frames, reference, block, range, coefficients, mapWidth, mapHeight }, frames[reference]);
    const fused = payloads[reference];
    let most = 0;
    for (const plane of layout.planes) {
      for (let y = 0; y < plane.height; y += 1) {
        for (let at = plane.offset + y * plane.stride, end = at + plane.width; at < end; at += 1) most = Math.max(most, Math.abs(expected[at] - fused[at]));
      }
    }
    t.true(most <= 2, `${most} codes`);
  });
}

for (const [width, height] of [[1, 1], [16, 1], [16_384, 16], [16, 11_521], [2050, 17]] as const) {
  test.serial(`the graph's picture of ${width}x${height} is the kernels'`, async (t) => {
    await t.notThrowsAsync(tryProvider(graph, kernels, { width, height }));
  });
}

test('pictures that are too large for a device are left to the CPU', (t) => {
  const { card } = readGraphs(DEFAULT_MODEL);
  const plan = (width: number, height: number, exposures: number) =>
    planGraph({ layout: planeLayout('NV12', width, height), range: 'limited', exposures, reference: 1 }, card, 0.1, 2 ** 23);
  t.notThrows(() => plan(15_360, 8640, 5));
  t.throws(() => plan(65_535, 11_520, 3), { message: '3 exposures of 65535x11520 are more than it takes at once.' });
});
