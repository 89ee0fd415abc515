/**
 * Milliseconds per frame of the pixel kernels beside a plain copy of the same bytes.
 *
 *     node scripts/bench.js bench/speed/kernels.ts [--json] [--size 3840x2160] [--exposures 3] [--block 32] [--rounds 15]
 */
import { parseArgs } from 'node:util';
import { planeLayout, type PixelFormat } from '../../plugin/core/frames/video-layout';
import { noiseLevel } from '../../plugin/ipl/engine/noise-level';
import { FrameWarp, FusionKernels } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { TileWarp } from '../../plugin/ipl/kernels/warp/tile-warp';
import { offsetGrid } from '../../plugin/ipl/kernels/warp/offset-grid';

interface Row {
  readonly name: string;
  /** Milliseconds a frame. */
  readonly median: number;
  readonly least: number;
}

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    size: { type: 'string', default: '3840x2160' },
    exposures: { type: 'string', default: '3' },
    block: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '15' },
  },
});
const [width, height] = options.size.split('x').map(Number) as [number, number];
const [exposures, block, rounds] = [options.exposures, options.block, options.rounds].map(Number) as [number, number, number];

/** Bytes that no branch predictor and no compressing memory gets the better of; the same at every run. */
function noise(bytes: Uint8Array): Uint8Array {
  let state = 1;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function measure(name: string, work: () => void): Row {
  for (let i = 0; i < 3; i++) work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { name, median: times[rounds >> 1], least: times[0] };
}

/** Turned about the middle, scaled and moved: what all exposures but the reference may have to be brought back from. */
const MOTIONS = { 'whole pixels': [0, 1, 4, -6], 'half a pixel': [0, 1, 4.5, -6.5], '0.5 degrees': [0.5, 1, 3, 2], '0.5 degrees, 1 %': [0.5, 1.01, 20, 5] };

function homography([degrees = 0, scale = 1, x = 0, y = 0]: readonly number[]): number[] {
  const [cos, sin] = [scale * Math.cos((degrees * Math.PI) / 180), scale * Math.sin((degrees * Math.PI) / 180)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  return [cos, -sin, cx + x - cos * cx + sin * cy, sin, cos, cy + y - sin * cx - cos * cy, 0, 0, 1];
}

async function main(): Promise<void> {
  await buildKernels();
  const kernels = await FusionKernels.load();
  const [warp, tiles] = [await FrameWarp.load(), await TileWarp.load()];
  const rows: Row[] = [];
  const mapWidth = Math.ceil(width / block);
  const mapHeight = Math.ceil(height / block);
  const coefficients = Float32Array.from({ length: exposures * 6 * mapHeight * mapWidth }, (_, i) => Math.sin(i * 0.7) * 2);
  const statistics = new Float32Array(exposures * 15 * mapHeight * mapWidth);
  for (const format of ['I420', 'NV12'] as PixelFormat[]) {
    const layout = planeLayout(format, width, height);
    const frames = Array.from({ length: exposures }, () => noise(new Uint8Array(layout.size)));
    const out = new Uint8Array(layout.size);
    kernels.configure({ layout, exposures, reference: exposures >> 1, block, range: 'limited' });
    if (format === 'I420') {
      rows.push(measure('how noisy the reference is', () => void noiseLevel(frames, exposures >> 1, layout.planes[0], 'limited')));
      const luma = frames.map((frame) => frame.subarray(0, layout.planes[1].offset));
      rows.push(measure('copy of the luma of all inputs', () => luma.forEach((frame) => out.set(frame))));
      rows.push(measure('statistics', () => kernels.statistics(frames, 0, mapHeight, statistics, mapHeight)));
      const target = new Uint8Array(layout.size);
      rows.push(measure('copy of all inputs and the output', () => [...frames, out].forEach((frame) => target.set(frame))));
    }
    rows.push(measure(`blend ${format}`, () => kernels.blend(frames, coefficients, 0, mapHeight, 0, height, out)));
    for (const [name, motion] of Object.entries(MOTIONS)) {
      const grid = offsetGrid({ homography: homography(motion) }, layout, block);
      rows.push(measure(`line up ${format}, ${name}`, () => frames.slice(1).forEach((frame) => warp.warp(frame, layout, grid))));
      rows.push(measure('the same by tiles', () => frames.slice(1).forEach((frame) => tiles.warp(frame, layout, grid))));
    }
    rows.push(measure(`noise reduction ${format}, a pass`, () => kernels.smooth(out, { luma: 8, chroma: 4 })));
  }
  if (options.json) {
    for (const row of rows) console.log(JSON.stringify({ ...row, unit: 'ms', size: options.size, exposures, block }));
    return;
  }
  console.log(`${options.size}, ${exposures} exposures, blocks of ${block} pixels; ms a frame (median, least)`);
  for (const { name, median, least } of rows) {
    console.log(`${name.padEnd(36)}${median.toFixed(1).padStart(8)}${least.toFixed(1).padStart(8)}`);
  }
}

void main();
