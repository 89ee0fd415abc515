/** Slices that stay as they are skip the network, and nobody sees it. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { planGeometry } from '../../../plugin/ipl/network/geometry';
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import type { FusionReport } from '../../../plugin/ipl/engine/fusion-task';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { readCard } from '../../../plugin/ipl/network/read-model';
import { REUSE, SliceReuse, type ReuseSettings } from '../../../plugin/ipl/engine/reuse';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { GAINS, paint, psnr } from '../pictures';

const LAYOUT = planeLayout('I420', 320, 180);
/** Bands; the picture has six, so three slices. */
const SLICE = 2;
const SLICES = 3;
const model = loadModel(DEFAULT_MODEL);

async function engineWith(reuse: ReuseSettings | false): Promise<FusionEngine> {
  return new FusionEngine(await model, await FusionKernels.load(), { sliceBands: SLICE, reuse });
}

async function fuse(engine: FusionEngine, payloads: readonly Uint8Array[]): Promise<{ fused: Uint8Array; report: FusionReport }> {
  const copies = payloads.map((payload) => Uint8Array.from(payload));
  const report = await engine.fuse({ payloads: copies, layout: LAYOUT, range: 'limited', reference: 1 });
  return { fused: copies[1] ?? new Uint8Array(), report };
}

const scene = GAINS.map((gain) => paint(LAYOUT, gain, 0));

/** The scene with every luma code changed. */
function changed(change: (code: number) => number): Uint8Array[] {
  return scene.map((payload) => {
    const luma = LAYOUT.planes[1]?.offset ?? 0;
    return Uint8Array.from(payload, (code, at) => (at < luma ? Math.min(235, Math.max(16, change(code))) : code));
  });
}

test('a noisy still scene reuses most slices, and looks as without reuse', async (t) => {
  const [plain, saving] = [await engineWith(false), await engineWith(REUSE)];
  const next = seeded(3);
  let reused = 0;
  const frames = 8;
  for (let frame = 0; frame < frames; frame += 1) {
    const payloads = changed((code) => code + (next() + next() + next() - 1.5) * 3);
    const [expected, { fused, report }] = [await fuse(plain, payloads), await fuse(saving, payloads)];
    reused += report.reused;
    t.is(expected.report.reused, 0);
    const figure = psnr(expected.fused, fused, LAYOUT);
    t.true(figure >= 50, `frame ${frame}: ${figure} dB`);
  }
  t.true(reused >= 0.6 * SLICES * frames, `${reused} slices reused`);
});

test('changes too small to see in one frame add up until they count', async (t) => {
  const [plain, saving] = [await engineWith(false), await engineWith({ ...REUSE, refresh: 1e6 })];
  let evaluated = 0;
  const frames = 16;
  for (let frame = 0; frame < frames; frame += 1) {
    const payloads = changed((code) => code + frame);
    const [expected, { fused, report }] = [await fuse(plain, payloads), await fuse(saving, payloads)];
    if (frame > 0) evaluated += SLICES - report.reused;
    t.true(psnr(expected.fused, fused, LAYOUT) >= 45, `frame ${frame}`);
  }
  t.true(evaluated >= SLICES && evaluated < frames * SLICES, `${evaluated} slices evaluated again`);
});

test('what moves is evaluated, what does not is not', async (t) => {
  const engine = await engineWith({ ...REUSE, refresh: 1e6, cache: 255 });
  await fuse(engine, scene);
  // Well inside of the first slice and above what the second sees of it.
  const moved = scene.map((payload) => {
    const copy = Uint8Array.from(payload);
    for (let y = 2; y < 12; y += 1) copy.fill(120, y * 320 + 40, y * 320 + 60);
    return copy;
  });
  t.is((await fuse(engine, moved)).report.reused, SLICES - 1);
  t.is((await fuse(engine, moved)).report.reused, SLICES);
});

test('every slice is refreshed in time, and not all in the same frame', async (t) => {
  const engine = await engineWith({ ...REUSE, refresh: 6 });
  await fuse(engine, scene);
  const evaluated: number[] = [];
  for (let frame = 1; frame < 13; frame += 1) evaluated.push(SLICES - (await fuse(engine, scene)).report.reused);
  t.true(evaluated.every((count) => count < SLICES), evaluated.join(' '));
  t.is(evaluated.reduce((sum, count) => sum + count, 0), 2 * SLICES, evaluated.join(' '));
});

test('after a cut and after a reset nothing is reused', async (t) => {
  const engine = await engineWith(REUSE);
  await fuse(engine, scene);
  t.is((await fuse(engine, scene)).report.reused, SLICES);
  engine.reset();
  t.is((await fuse(engine, scene)).report.reused, 0);
  const cut = await fuse(engine, changed((code) => 235 - code / 2));
  t.deepEqual([cut.report.sceneCut, cut.report.reused], [true, 0]);
});

test('a slice is due when the tokens of others have moved, or the survey, though its own statistics have not', (t) => {
  const geometry = planGeometry('', LAYOUT, GAINS.length, SLICE, readCard(DEFAULT_MODEL));
  const { slices } = geometry.plan;
  const [slice] = slices;
  if (!slice) return t.fail();
  const reuse = new SliceReuse({ ...REUSE, refresh: 1e6 });
  const scene = new Scene(geometry, Scene.allocate(geometry));
  const due = (): boolean => reuse.isDue(scene, 0, slice, geometry.rowsOf(slice));
  scene.begin();
  t.true(due());
  for (const { bytes, limit } of [{ bytes: scene.tokens, limit: REUSE.cache }, { bytes: scene.survey, limit: REUSE.survey }]) {
    bytes.fill(100);
    reuse.remember(scene, 0, slices, geometry.rowsOf(slice));
    t.false(due());
    bytes.fill(100 + limit);
    t.false(due());
    bytes.fill(101 + limit);
    t.true(due());
  }
});

for (const limits of [{ cache: 0, survey: 255 }, { cache: 255, survey: 0 }]) {
  test(`slices after one that changes the cache are evaluated in the same frame (${JSON.stringify(limits)})`, async (t) => {
    const engine = await engineWith({ ...REUSE, refresh: 1e6, ...limits });
    await fuse(engine, scene);
    for (let frame = 0; frame < 20 && (await fuse(engine, scene)).report.reused < SLICES; frame += 1);
    t.is((await fuse(engine, scene)).report.reused, SLICES);
    const moved = scene.map((payload) => {
      const copy = Uint8Array.from(payload);
      for (let y = 2; y < 12; y += 1) copy.fill(120, y * 320 + 40, y * 320 + 60);
      return copy;
    });
    // By its statistics the first alone is due.
    t.is((await fuse(engine, moved)).report.reused, 0);
  });
}

/** Uniform in 0..1; the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}
