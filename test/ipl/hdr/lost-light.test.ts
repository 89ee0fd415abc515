/** Light that the reference has lost, where the darkest exposure shows something else: what it is around says what it may be. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { curveOf } from '../../../plugin/ipl/hdr/curves';
import { lostLight } from '../../../plugin/ipl/hdr/lost-light';
import { LostSamples, lostRow, NODES, nodeOf } from '../../../plugin/ipl/hdr/lost-map';
import { MergeKernels } from '../../../plugin/ipl/hdr/merge-kernels';
import type { MergeTask } from '../../../plugin/ipl/hdr/merge-task';
import { lightOfPq } from '../../../plugin/ipl/hdr/transfer';
import { lostStillLight } from '../../../plugin/stills/hdr/lost-still-light';
import { mergeLight } from '../../../plugin/stills/hdr/light-merge';
import { bracket, codeOf, type SceneLight } from './brackets';
import { sampleAt } from './reference';

const CLIP = curveOf('srgb').clip;
const CLIPPED = CLIP + NODES[3];
const TIMES = [0.25, 1, 4];

function close(t: import('ava').ExecutionContext, got: number, wanted: number, share = 0.03): void {
  t.true(Math.abs(got / wanted - 1) < share, `${got}, not ${wanted}`);
}

test('blocks say what they have seen; those that have seen nothing say what those around them have, and the nearest most', (t) => {
  // Sixteen blocks in a row: light is 2 times the clipped at the left end, and 4 times at the right.
  const samples = new LostSamples(64, 4, 8, CLIP);
  for (let y = 0; y < 4; y += 1) for (let x = 0; x < 4; x += 1) for (const [left, gain] of [[0, 2], [60, 4]] as const) samples.add(left + x, y, CLIPPED, gain, 1);
  const map = samples.map();
  t.truthy(map);
  if (!map) return;
  t.deepEqual([map.columns, map.rows, map.scale], [16, 1, 1 / 32]);
  const gains = [...map.gains.subarray(3 * 16)];
  close(t, gains[0], 2, 0.1);
  close(t, gains[15], 4, 0.1);
  for (const [at, gain] of gains.entries()) t.true(gain > 1.9 && gain < 4.1 && (at === 0 || gain >= gains[at - 1] - 1e-6), gains.join(' '));
});

test('light is alike whose least channel is: where one is far from clipped, others do not say that it is far above', (t) => {
  const samples = new LostSamples(32, 32, 1, CLIP);
  for (let y = 0; y < 32; y += 1) for (let x = 0; x < 32; x += 1) samples.add(x, y, x % 2 === 0 ? CLIPPED : CLIP + NODES[1], x % 2 === 0 ? 3 : 1.1, 1);
  const map = samples.map();
  const row = new Float32Array(9 * NODES.length);
  if (map) lostRow(map, 13, row, 9);
  for (let x = 0; x < 8; x += 1) {
    close(t, row[9 * 3 + x], 3, 0.01);
    close(t, row[9 + x], 1.1, 0.01);
  }
  t.is(row[9 * 3 + 8], row[9 * 3 + 7]);
});

test('light is never lowered, and nothing is said where nothing was seen', (t) => {
  const samples = new LostSamples(8, 8, 1, CLIP);
  t.is(samples.map(), undefined);
  samples.add(1, 1, CLIPPED, 0.5, 1);
  t.true(samples.map()?.gains.every((gain) => gain === 1));
});

test('nodes are places of codes, in straight lines between them', (t) => {
  t.deepEqual([-1, 0, 1, 3, 4, 9].map((code) => nodeOf(code, [0, 2, 4, 8])), [0, 0, 0.5, 1.5, 2, 3]);
});

/** A wall at two and a half times white, before which something dark stands in the darkest exposure, and beside it a room. */
const wall: SceneLight = (x, y, exposure) => {
  if (x >= 160) return [0.2, 0.2, 0.2];
  return exposure === 0 && x >= 60 && x < 84 && y >= 40 && y < 60 ? [0.05, 0.05, 0.05] : [2.5, 2.5, 2.5];
};

const taskOf = (scene: SceneLight, format: 'I420' | 'P010_10LE' = 'I420'): MergeTask => {
  const task = bracket({ format, width: 240, height: 120, range: 'limited', ev: [-2, 0, 2], scene });
  return { ...task, settings: { ...task.settings, output: 'pq' } };
};

/** Light of a grey pixel, 1 being white. */
async function merged(task: MergeTask): Promise<(x: number, y: number) => number> {
  const layout = planeLayout('I420_10LE', task.layout.width, task.layout.height);
  const out = new Uint8Array(layout.size);
  (await MergeKernels.load()).merge(task, TIMES, out, layout);
  return (x, y) => (10_000 * lightOfPq((sampleAt(out, layout, 0, x, y) - 64) / 876)) / 203;
}

for (const format of ['I420', 'P010_10LE'] as const) {
  test(`what the darkest exposure does not show is as bright as what is around it, ${format}`, async (t) => {
    const at = await merged(taskOf(wall, format));
    for (const [x, y] of [[62, 42], [72, 50], [83, 59]]) close(t, at(x, y), 2.5);
    // What is shown is what it was.
    close(t, at(30, 30), 2.5);
    close(t, at(200, 60), 0.2, 0.05);
  });
}

test('what was not lined up says nothing, and gets what is around it', async (t) => {
  const task = taskOf((x, y, exposure) => (exposure === 0 && x < 40 ? [4, 4, 4] : wall(x, y, 1)));
  const covers = [Int32Array.from({ length: 240 }, (_, at) => (at % 2 === 0 ? 40 : 240)), undefined, undefined];
  const at = await merged({ ...task, covers });
  for (const x of [5, 20, 38]) close(t, at(x, 60), 2.5);
});

test('where no exposure is darker, or the reference has lost nothing, there is nothing to say', (t) => {
  const task = taskOf(wall);
  t.is(lostLight({ ...task, reference: 0 }, [1, 4, 16]), undefined);
  t.is(lostLight(taskOf(() => [0.5, 0.5, 0.5]), TIMES), undefined);
  t.is(lostLight(taskOf((_, __, exposure) => (exposure === 0 ? [0.1, 0.1, 0.1] : [3, 3, 3])), TIMES), undefined);
});

/** Of photographs: Y444_16LE, merged. @returns R, G, B of a pixel, 1 being white */
function mergedStills(scene: SceneLight): (x: number, y: number) => Float32Array {
  const [width, height] = [240, 120];
  const layout = planeLayout('Y444_16LE', width, height);
  const payloads = TIMES.map((time, exposure) => {
    const payload = new Uint8Array(layout.size);
    const samples = new Uint16Array(payload.buffer);
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 1) {
        const [r, g, b] = scene(x, y, exposure).map((light) => codeOf('srgb', Math.min(1, light * time)));
        const luma = 0.299 * r + 0.587 * g + 0.114 * b;
        for (const [plane, code] of [luma, 0.5 + (b - luma) / 1.772, 0.5 + (r - luma) / 1.402].entries()) samples[plane * width * height + at] = Math.round(65_535 * Math.min(1, code));
      }
    }
    return payload;
  });
  const given = { payloads, layout, covers: [], reference: 1, times: TIMES, curve: 'srgb' as const };
  const out = new Float32Array(3 * width * height);
  mergeLight({ ...given, kind: 'merge light', lost: lostStillLight(given), out, rows: [0, height] });
  return (x, y) => out.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
}

test('photographs have it, too', (t) => {
  const at = mergedStills(wall);
  for (const [x, y] of [[62, 42], [72, 50], [83, 59], [30, 30]]) close(t, at(x, y)[1], 2.5);
  close(t, at(200, 60)[0], 0.2, 0.05);
});

test('what is lost in a photograph has the colour of what is around it', (t) => {
  // All three channels are clipped; and of another wall two: the third is known.
  for (const colour of [[2.8, 2.4, 1.6], [2.8, 2.4, 0.4]] as const) {
    const at = mergedStills((x, y, exposure) => (wall(x, y, exposure)[0] > 1 ? colour : wall(x, y, exposure)));
    for (const [x, y] of [[62, 42], [72, 50], [83, 59], [30, 30]]) for (const [channel, light] of colour.entries()) close(t, at(x, y)[channel], light);
  }
});

test('a colour of which the darkest exposure has lost one channel keeps the other two', async (t) => {
  const task = taskOf(() => [6, 2.2, 2.2]);
  const layout = planeLayout('I420_10LE', 240, 120);
  const out = new Uint8Array(layout.size);
  (await MergeKernels.load()).merge({ ...task, settings: { ...task.settings, primaries: 'bt2020' } }, TIMES, out, layout);
  const [luma, cb, cr] = [0, 1, 2].map((plane) => sampleAt(out, layout, plane, 40, 40));
  const y = (luma - 64) / 876;
  const [r, b] = [y + (1.4746 * (cr - 512)) / 896, y + (1.8814 * (cb - 512)) / 896];
  const g = (y - 0.2627 * r - 0.0593 * b) / 0.678;
  for (const code of [g, b]) close(t, (10_000 * lightOfPq(code)) / 203, 2.2, 0.05);
});
