import test from 'ava';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionTask } from '../../../plugin/ipl/engine/fusion-task';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { planGeometry } from '../../../plugin/ipl/network/geometry';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { planSlices } from '../../../plugin/ipl/network/slice-plan';
import { GAINS, paint, paintSet, psnr } from '../pictures';
import { planeLayout, type PlaneLayout } from '../../../plugin/core/frames/video-layout';

const model = loadModel(DEFAULT_MODEL);

/** Slice by slice, unless the map may go through in one piece. */
async function engineWith(sliceBands: number, whole = false): Promise<FusionEngine> {
  return new FusionEngine(await model, await FusionKernels.load(), { sliceBands, whole });
}

function taskAt(layout: PlaneLayout, time: number, gains: readonly number[] = GAINS): FusionTask {
  const payloads = gains.map((gain, index) => paint(layout, gain, time + index / gains.length));
  return { payloads, layout, range: 'limited', reference: Math.floor((gains.length - 1) / 2) };
}

async function fuse(engine: FusionEngine, task: FusionTask): Promise<Uint8Array> {
  await engine.fuse(task);
  return Uint8Array.from(task.payloads[task.reference] ?? []);
}

const LAYOUT = planeLayout('I420', 320, 180);

test('a still is the same in one slice and in many, to 50 dB and at the borders of slices', async (t) => {
  const whole = await fuse(await engineWith(16), taskAt(LAYOUT, 0));
  for (const bands of [1, 2, 3, 4]) {
    const sliced = await fuse(await engineWith(bands), taskAt(LAYOUT, 0));
    t.true(psnr(whole, sliced, LAYOUT) >= 50, `${bands} bands: ${psnr(whole, sliced, LAYOUT)} dB`);
    const borders = planSlices(320, 180, bands, 8).slices.slice(1).flatMap(({ top }) => [top - 1, top]);
    t.true(borders.length > 0);
    t.true(psnr(whole, sliced, LAYOUT, borders) >= 50, `${bands} bands, borders`);
  }
});

test('a moving sequence is the same in one slice and in many, to 50 dB', async (t) => {
  const [one, many] = [await engineWith(16), await engineWith(1)];
  for (let time = 0; time < 8; time += 1) {
    const [a, b] = [await fuse(one, taskAt(LAYOUT, time)), await fuse(many, taskAt(LAYOUT, time))];
    t.true(psnr(a, b, LAYOUT) >= 50, `frame ${time}: ${psnr(a, b, LAYOUT)} dB`);
  }
});

/** A network that notes the map rows of each run. */
async function watchedModel(): Promise<{ watched: Awaited<typeof model>; rows: number[] }> {
  const { card, session } = await model;
  const rows: number[] = [];
  const run: typeof session.run = (feeds: Parameters<typeof session.run>[0], ...rest: []) => {
    rows.push((feeds.statistics?.dims[2] ?? 0) - 2 * card.halo);
    return session.run(feeds, ...rest);
  };
  return { watched: { card, session: Object.assign(Object.create(session), { run }) as typeof session }, rows };
}

test('where more slices are due than the whole map costs, it is evaluated in one piece', async (t) => {
  const { watched, rows } = await watchedModel();
  const engine = new FusionEngine(watched, await FusionKernels.load(), { sliceBands: 2 });
  const first = await fuse(engine, taskAt(LAYOUT, 0));
  t.deepEqual(rows.splice(0), [24]);
  t.is(psnr(first, await fuse(await engineWith(16), taskAt(LAYOUT, 0)), LAYOUT), Infinity);
  // Everything moves.
  await fuse(engine, taskAt(LAYOUT, 3));
  t.deepEqual(rows.splice(0), [24]);
  // One square moves: its slice alone is due.
  const still = taskAt(LAYOUT, 3).payloads;
  const moved = still.map((payload) => {
    const copy = Uint8Array.from(payload);
    for (let y = 2; y < 12; y += 1) copy.fill(120, y * 320 + 40, y * 320 + 60);
    return copy;
  });
  const fresh = await fuse(await engineWith(16), { ...taskAt(LAYOUT, 3), payloads: moved.map((payload) => Uint8Array.from(payload)) });
  const carried = await fuse(engine, { ...taskAt(LAYOUT, 3), payloads: moved });
  t.deepEqual(rows.splice(0), [8]);
  // What the other slices left in the cache is all that this one knows of them.
  t.true(psnr(fresh, carried, LAYOUT) >= 50, `${psnr(fresh, carried, LAYOUT)} dB`);
});

test('where slices are due that together cost less than the whole map, they know each other before they are evaluated', async (t) => {
  const { watched, rows } = await watchedModel();
  const engine = new FusionEngine(watched, await FusionKernels.load(), { sliceBands: 1, whole: false });
  await fuse(engine, taskAt(LAYOUT, 0));
  // Six slices, for what they leave in the cache, and again for their coefficients.
  t.deepEqual(rows.splice(0), new Array<number>(12).fill(4));
  const fresh = await fuse(await engineWith(16), taskAt(LAYOUT, 4));
  const carried = await fuse(engine, taskAt(LAYOUT, 4));
  t.true(psnr(fresh, carried, LAYOUT) >= 55, `${psnr(fresh, carried, LAYOUT)} dB`);
});

test('what is kept does not grow with frames, nor with slices', async (t) => {
  const engine = await engineWith(1);
  await fuse(engine, taskAt(LAYOUT, 0));
  const bytes = engine.stateBytes;
  for (let time = 1; time < 12; time += 1) await fuse(engine, taskAt(LAYOUT, time));
  t.is(engine.stateBytes, bytes);
  const whole = await engineWith(16);
  await fuse(whole, taskAt(LAYOUT, 0));
  t.is(whole.stateBytes, bytes);
});

test('the cache of a picture is bounded whatever the size of the picture', (t) => {
  const sizes = [[320, 180], [1280, 720], [1920, 1080], [3840, 2160], [15360, 8640], [2160, 3840]] as const;
  for (const [width, height] of sizes) {
    const { slots, slices, mapHeight } = planSlices(width, height, 4, 8);
    t.true(slots <= 96, `${width}x${height} has ${slots} tokens`);
    t.true(mapHeight <= 45);
    t.is(slices[0]?.top, 0);
    t.is(slices.at(-1)?.bottom, height);
    for (const [index, slice] of slices.entries()) {
      t.is(slice.top % 2, 0);
      if (index > 0) t.is(slice.top, slices[index - 1]?.bottom);
    }
  }
});

test('a frame in which everything has changed is as it would be alone, whatever came before', async (t) => {
  const fresh = await fuse(await engineWith(4), taskAt(LAYOUT, 5));
  const engine = await engineWith(4);
  for (let time = 0; time < 5; time += 1) await fuse(engine, taskAt(LAYOUT, time, [0.2, 0.7, 2.5]));
  t.deepEqual(await fuse(engine, taskAt(LAYOUT, 5)), fresh);
});

test('what a thread left that died in its turn is not trusted', async (t) => {
  const engine = await engineWith(4);
  const memory = Scene.allocate(planGeometry('', LAYOUT, GAINS.length, 4, (await model).card));
  const fuseIn = async (task: FusionTask): Promise<Uint8Array> => {
    await engine.fuse(task, memory);
    return Uint8Array.from(task.payloads[task.reference] ?? []);
  };
  const whole = await fuseIn(taskAt(LAYOUT, 5));
  t.deepEqual(await fuseIn(taskAt(LAYOUT, 5)), whole);
  // It had begun, and written half of what it had to.
  const scene = new Scene(planGeometry('', LAYOUT, GAINS.length, 4, (await model).card), memory);
  scene.begin();
  scene.coefficients.fill(9, 0, scene.coefficients.length / 2);
  t.deepEqual(await fuseIn(taskAt(LAYOUT, 5)), whole);
});

test('a scene cut and a change of size forget the old scene', async (t) => {
  const dark = await engineWith(4);
  for (let time = 0; time < 3; time += 1) await fuse(dark, taskAt(LAYOUT, time, [0.01, 0.03, 0.1]));
  const task = taskAt(LAYOUT, 3);
  const { sceneCut } = await dark.fuse(task);
  t.true(sceneCut);
  t.deepEqual(Uint8Array.from(task.payloads[1] ?? []), await fuse(await engineWith(4), taskAt(LAYOUT, 3)));

  const small = planeLayout('I420', 240, 136);
  await fuse(dark, taskAt(small, 3));
  t.deepEqual(await fuse(dark, taskAt(LAYOUT, 3)), await fuse(await engineWith(4), taskAt(LAYOUT, 3)));
});

test('ordinary motion is no scene cut', async (t) => {
  const engine = await engineWith(4);
  for (let time = 0; time < 6; time += 1) t.false((await engine.fuse(taskAt(LAYOUT, time))).sceneCut);
});

test('two to five exposures, odd sizes and both formats give whole pictures', async (t) => {
  const engine = await engineWith(2);
  for (const format of ['I420', 'NV12', 'Y444'] as const) {
    for (const [width, height] of [[641, 359], [322, 181], [75, 33]] as const) {
      for (const gains of [[0.5, 2], [0.25, 1, 4], [0.1, 0.5, 2, 8], [0.06, 0.25, 1, 4, 16]]) {
        const layout = planeLayout(format, width, height);
        const task = taskAt(layout, 0, gains);
        const inputs = task.payloads.map((payload) => Uint8Array.from(payload));
        const fused = await fuse(engine, task);
        t.true(liesNear(fused, inputs, layout), `${format} ${width}x${height}, ${gains.length} exposures`);
      }
    }
  }
});

test('grey stays grey', async (t) => {
  const set = paintSet('I420', 320, 180);
  const payloads = set.frames.map(({ payload }) => payload);
  const layout = planeLayout('I420', 320, 180);
  for (const payload of payloads) payload.fill(128, layout.planes[1]?.offset);
  const fused = await fuse(await engineWith(4), { payloads, layout, range: 'limited', reference: 1 });
  t.true(fused.subarray(layout.planes[1]?.offset).every((sample) => sample === 128));
});

/**
 * Every fused sample lies near its exposures': the mix itself lies between them, and the reference's tone curve moves it by
 * less than this. What was never written, or written in the wrong place, lies farther off.
 */
const TONE_CODES = 64;

function liesNear(fused: Uint8Array, inputs: readonly Uint8Array[], layout: PlaneLayout): boolean {
  return layout.planes.every((plane) => {
    for (let y = 0; y < plane.height; y += 1) {
      for (let x = 0; x < plane.width; x += 1) {
        const at = plane.offset + y * plane.stride + x;
        const values = inputs.map((input) => input[at] ?? 0);
        const value = fused[at] ?? 0;
        if (value < Math.min(...values) - TONE_CODES || value > Math.max(...values) + TONE_CODES) return false;
      }
    }
    return true;
  });
}
