/**
 * The product's picture quality does not fall: scenes of the UHD benchmark, shrunk (bench/quality/small.py), moving and held
 * still, fused by the engine, compared with their truth, and asked for what the middle exposure lost.
 *
 * After a deliberate change of the network, record its figures anew, look at the difference, and commit it:
 *     GST_IPL_RECORD=1 npx ava test/quality/regression.test.ts && git diff test/golden/quality-figures.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';
import { psnr } from '../ipl/pictures';
import { DETAIL_FIGURES, lostDetail, type Detail, type Luma } from '../support/lost-detail';

/** What the mean of a group may fall by: dB, and hundredths of what was lost or shown. */
const LOSS = { psnr: 0.3, highlights: 3, shadows: 3, kept: 0.5 } as const;
type Figure = keyof typeof LOSS;
const NAMES: readonly Figure[] = ['psnr', ...DETAIL_FIGURES];

const golden = path.join(__dirname, '..', 'golden');
const FIGURES = path.join(golden, 'quality-figures.json');
const GROUPS = ['moving', 'still'] as const;
type Group = (typeof GROUPS)[number];
type Figures = Readonly<Record<Group, Partial<Record<Figure, number>>>>;

/** Pictures of a scene in the file: exposures of the moving one, the same held still, the middle one, the truth; luma of clean exposures. */
const [PICTURES, CLEAN] = [6, 3];
const [MOVING_BRIGHT, MIDDLE, TRUTH] = [1, 4, 5];

interface Scene {
  readonly scene: string;
  readonly moving: { readonly mertens: number };
  readonly detail: Readonly<Record<'middle' | 'truth' | 'moving bright', Detail>>;
}

const { width, height, scenes } = JSON.parse(readFileSync(path.join(golden, 'quality-small.json'), 'utf8')) as {
  width: number;
  height: number;
  scenes: Scene[];
};
const layout = planeLayout('I420', width, height);
const pixels = width * height;
const stored = gunzipSync(readFileSync(path.join(golden, 'quality-small.bin.gz')));
const startOf = (scene: number): number => scene * (PICTURES * layout.size + CLEAN * pixels);

const picture = (scene: number, number: number): Uint8Array => {
  const at = startOf(scene) + number * layout.size;
  return Uint8Array.from(stored.subarray(at, at + layout.size));
};
const lumaOf = (payload: Uint8Array): Luma => payload.subarray(0, pixels);

const detailOf = (scene: number): ((fused: Luma) => Detail) => {
  const first = startOf(scene) + PICTURES * layout.size;
  const clean = Array.from({ length: CLEAN }, (_, index) => stored.subarray(first + index * pixels, first + (index + 1) * pixels));
  return lostDetail(clean, 1, { width, height });
};

const mean = (values: readonly number[]): number => Number((values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2));

const measured = measure();

test('the file holds what its description says', (t) => {
  t.is(stored.length, startOf(scenes.length));
});

test('lost detail is measured as by the benchmark', (t) => {
  const told = { middle: MIDDLE, truth: TRUTH, 'moving bright': MOVING_BRIGHT } as const;
  for (const [index, { scene, detail }] of scenes.entries()) {
    const score = detailOf(index);
    for (const [what, expected] of Object.entries(detail)) {
      const found = score(lumaOf(picture(index, told[what as keyof typeof told])));
      t.deepEqual(Object.keys(found), Object.keys(expected), `${scene}, ${what}`);
      for (const figure of DETAIL_FIGURES) {
        const off = Math.abs((found[figure] ?? 0) - (expected[figure] ?? 0));
        t.true(off < 0.01, `${scene}, ${what}, ${figure}: ${found[figure]} here, ${expected[figure]} in Python`);
      }
    }
  }
});

test('moving and still scenes are fused as well as when their figures were recorded', async (t) => {
  const figures = await measured;
  if (process.env.GST_IPL_RECORD === '1') {
    writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
    t.log('Recorded.', figures);
  }
  const recorded = JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures;
  for (const group of GROUPS) {
    t.deepEqual(Object.keys(figures[group]), Object.keys(recorded[group]), `${group} scenes: what they are measured by`);
    for (const name of NAMES.filter((one) => one in recorded[group])) {
      const [now, then] = [figures[group][name] ?? NaN, recorded[group][name] ?? NaN];
      t.true(now - then >= -LOSS[name], `${group} scenes, ${name}: ${now}, ${then} were recorded`);
      if (now - then > LOSS[name]) t.log(`${group} scenes, ${name}: ${(now - then).toFixed(2)} better than recorded. Record them anew.`);
    }
  }
});

test('moving scenes are nearer to their truth than by OpenCV', async (t) => {
  const { psnr: found = NaN } = (await measured).moving;
  const mertens = mean(scenes.map(({ moving }) => moving.mertens));
  t.true(found > mertens, `${found} dB, OpenCV's Mertens ${mertens} dB`);
});

/** Means of each group; of lost detail over the scenes that have some. */
async function measure(): Promise<Figures> {
  const rows = Array.from({ length: height }, (_, row) => row);
  const model = await loadModel(DEFAULT_MODEL);
  const found = Object.fromEntries(GROUPS.map((group) => [group, { psnr: [], highlights: [], shadows: [], kept: [] }])) as unknown as Record<Group, Record<Figure, number[]>>;
  for (const index of scenes.keys()) {
    const detail = detailOf(index);
    for (const [number, group] of GROUPS.entries()) {
      const fused = picture(index, MIDDLE);
      const payloads = [picture(index, 2 * number), fused, picture(index, 2 * number + 1)];
      const engine = new FusionEngine(model, await FusionKernels.load(), { sliceBands: 4 });
      await engine.fuse({ payloads, layout, range: 'full', reference: 1 });
      const scored = { psnr: psnr(fused, picture(index, TRUTH), layout, rows), ...detail(lumaOf(fused)) };
      for (const [name, value] of Object.entries(scored)) found[group][name as Figure].push(value);
    }
  }
  const means = (group: Group): Figures[Group] => Object.fromEntries(NAMES.filter((name) => found[group][name].length > 0).map((name) => [name, mean(found[group][name])]));
  return { moving: means('moving'), still: means('still') };
}
