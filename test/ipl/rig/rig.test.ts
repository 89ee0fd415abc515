/** The file of a rig, what it says of pictures of other sizes, and how it is found in many pictures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../../plugin';
import { placesOf, type Places } from '../../../plugin/ipl/align/places';
import { LumaReducer, reductionTo, TextureKernels } from '../../../plugin/ipl/kernels';
import { apply, distance, IDENTITY, type Homography } from '../../../plugin/ipl/kernels/homography';
import { checkBranches, motionsAt, pooledMotion, readRig, residualsOf } from '../../../plugin/ipl/rig';
import { percentile } from '../../../plugin/ipl/rig/percentile';
import { temporaryFolder } from '../../support/folder';
import { stands } from '../../support/rig';
import { bracket, exposed, seenThrough } from '../align/moved';
import { random } from '../kernels/cases';

const SIZE = { width: 640, height: 360 };
const under = stands(SIZE, 0.5, 12, -5, 1.01);
const WHOLE = { kind: 'gst-ipl rig', version: 1, ...SIZE, reference: 'mid', branches: { under: { homography: under }, over: { homography: IDENTITY } } };
const folder = temporaryFolder();
let files = 0;

function fileOf(content: unknown): string {
  const file = path.join(folder, `rig${(files += 1)}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('a rig is read with what it needs, and what is more is for people', (t) => {
  const { branches, reference } = readRig(fileOf(WHOLE));
  t.is(reference, 'mid');
  t.deepEqual(branches.under?.homography, under);
});

const [A, B] = [WHOLE.branches.under, WHOLE.branches.over];
const WRONG: readonly (readonly [string, unknown, RegExp])[] = [
  ['no JSON', '{ "kind"', /is not JSON/],
  ['another file', { version: 1 }, /is no rig/],
  ['a list', [], /is no rig/],
  ['a later version', { ...WHOLE, version: 2 }, /is of version 2, and this gst-ipl reads version 1/],
  ['no size', { ...WHOLE, height: 0 }, /has no size/],
  ['no reference', { ...WHOLE, reference: undefined }, /does not say which branch is its "reference"/],
  ['no branches', { ...WHOLE, branches: {} }, /has no "branches"/],
  ['a reference that moves', { ...WHOLE, branches: { mid: A } }, /lines "mid" up with itself/],
  ['eight numbers', { ...WHOLE, branches: { under: { homography: under.slice(1) }, over: B } }, /no homography of "under"/],
  ['words', { ...WHOLE, branches: { under: { homography: under.map(String) }, over: B } }, /no homography of "under"/],
  ['a plane that is folded', { ...WHOLE, branches: { under: { homography: [1, 0, 0, 2, 0, 0, 0, 0, 1] }, over: B } }, /cannot line "under" up. A homography must not fold/],
  ['a mirror', { ...WHOLE, branches: { under: { homography: [-1, 0, 639, 0, 1, 0, 0, 0, 1] }, over: B } }, /cannot line "under" up. A homography must not mirror/],
  ['a picture upside down', { ...WHOLE, branches: { under: { homography: [1, 0, 0, 0, -1, 359, 0, 0, 1] }, over: B } }, /cannot line "under" up. A homography must not mirror/],
  ['nothing left of a picture', { ...WHOLE, branches: { under: { homography: [1e-9, 0, 320, 0, 1e-9, 180, 0, 0, 1] }, over: B } }, /cannot line "under" up. A homography must not (fold|turn)/],
  ['a picture elsewhere', { ...WHOLE, branches: { under: A, over: { homography: stands(SIZE, 0, 5000, 0) } } }, /cannot line "over" up. By its homography it shows 0 % of what "mid" does/],
  ['farther than numbers go', { ...WHOLE, branches: { under: A, over: { homography: [1, 0, 1e300, 0, 1, 0, 0, 0, 1] } } }, /cannot line "over" up. By its homography it shows 0 %/],
  ['most of it elsewhere', { ...WHOLE, branches: { under: A, over: { homography: stands(SIZE, 0, 0, -190) } } }, /it shows 4\d % of what "mid" does, and at least half is needed/],
  ['a turn of a right angle', { ...WHOLE, branches: { under: { homography: stands(SIZE, 90, 0, 0) }, over: B } }, /cannot line "under" up. .*14 degrees/],
  ['a corner at infinity', { ...WHOLE, branches: { under: { homography: [1, 0, 0, 0, 1, 0, -1 / 300, 0, 1] }, over: B } }, /cannot line "under" up. .*infinity/],
];
for (const [what, content, message] of WRONG) {
  test(`refused, with a sentence that names the file: ${what}`, (t) => {
    const file = fileOf(content);
    const error = t.throws(() => readRig(file), { instanceOf: GstIplError, code: 'bad-option', message });
    t.true(error.message.includes(file));
    t.regex(error.hint ?? '', /gst-ipl calibrate/);
  });
}

test('a file that is missing, a folder, other branches', (t) => {
  t.throws(() => readRig('/nowhere/rig.json'), { code: 'missing-file', message: 'The rig "/nowhere/rig.json" does not exist.' });
  mkdirSync(path.join(folder, 'a.json'));
  t.throws(() => readRig(path.join(folder, 'a.json')), { code: 'missing-file', message: /is a folder/ });
  const rig = readRig(fileOf(WHOLE));
  checkBranches(rig, ['over', 'under', 'mid'], 'rig.json');
  t.throws(() => checkBranches(rig, ['under', 'mid'], 'rig.json'), { message: 'The rig "rig.json" is of 3 branches, mid, under, over, and the exposures are 2: under, mid.' });
  t.throws(() => checkBranches(rig, ['under', 'mid', 'bright'], 'rig.json'), { code: 'bad-option' });
});

test('larger and smaller pictures of the same cameras lie in proportion, others not at all', (t) => {
  const rig = readRig(fileOf(WHOLE));
  t.is(motionsAt(rig, 640, 360)?.get('under')?.homography, rig.branches.under?.homography);
  for (const [width, height] of [[1920, 1080], [320, 180], [426, 240], [427, 240]] as const) {
    const map = motionsAt(rig, width, height)?.get('under')?.homography;
    if (!map) return t.fail(`${width}x${height}`);
    // The centre of a pixel of the small picture is in the middle of those of the large one that it is made from.
    const there = (x: number, y: number): [number, number] => [((x + 0.5) * width) / 640 - 0.5, ((y + 0.5) * height) / 360 - 0.5];
    for (const [x, y] of [[0, 0], [639, 0], [100, 300]] as const) {
      const [[ax, ay], [bx, by]] = [there(...apply(under, x, y)), apply(map, ...there(x, y))];
      t.true(Math.hypot(ax - bx, ay - by) < 1e-6, `${width}x${height}`);
    }
  }
  for (const [width, height] of [[480, 360], [640, 480], [360, 640]] as const) t.is(motionsAt(rig, width, height), undefined);
});

test('percentiles, with weights and without', (t) => {
  t.is(percentile([], 0.5), 0);
  t.is(percentile([3, 1, 2], 0.5), 2);
  t.is(percentile([4, 1, 2, 3], 0.5), 2.5);
  t.is(percentile([1, 2, 3], 0.5, [1, 1, 10]), 3);
  t.is(percentile([1, 2, 100], 0.95), 100);
});

const near = (map: Homography, other: Homography): number => distance(map, other, SIZE.width, SIZE.height);

/** Where a camera that stands at `map` is found, with noise. */
function found(map: Homography, count: number, noise: number): Places[] {
  const next = random(7);
  return Array.from({ length: count }, () => placesOf(map, SIZE.width, SIZE.height).map((value) => value + noise * (next() + next() + next() - 1.5) * 2));
}

test('many pictures are surer than one, and a few wrong ones have no say', (t) => {
  const places = found(under, 40, 0.3);
  const wrong = found(stands(SIZE, 0, -30, 20), 8, 0.3);
  const pooled = pooledMotion([...places, ...wrong], SIZE.width, SIZE.height);
  if ('moved' in pooled) return t.fail(`${pooled.moved}`);
  t.true(near(pooled.homography, under) < 0.15, `${near(pooled.homography, under)}`);
  t.true(pooled.agreeing >= 38 && pooled.agreeing <= 40, `${pooled.agreeing}`);
  const single = pooledMotion(places.slice(0, 1), SIZE.width, SIZE.height);
  t.true('homography' in single && single.agreeing === 1);
});

test('a camera that was knocked meanwhile, or never rests, stands in no rig', (t) => {
  const knocked = [...found(under, 20, 0.1), ...found(stands(SIZE, 0.5, 19, -5, 1.01), 12, 0.1)];
  t.true('moved' in pooledMotion(knocked, SIZE.width, SIZE.height));
  const shaking = Array.from({ length: 30 }, (_, at) => placesOf(stands(SIZE, 0, 5 * Math.sin(at), 0), SIZE.width, SIZE.height));
  t.true('moved' in pooledMotion(shaking, SIZE.width, SIZE.height));
});

test('what is left is small where the motion is right, as large as it is wrong where it is not, and the agreement tells both', async (t) => {
  const { mid } = await bracket(SIZE.width, SIZE.height);
  const [reducer, kernels] = [await LumaReducer.load(), await TextureKernels.load()];
  const pairs = [1, 2, 3, 4].map((seed) => [exposed(mid, 0, 1, seed), exposed(seenThrough(mid, under), 1, 1, seed + 9)].map((plane) => reducer.reduce(plane, reductionTo(1024, plane.width, plane.height)))) as [never, never][];
  const right = residualsOf(kernels, pairs, under);
  const off = residualsOf(kernels, pairs, stands(SIZE, 0.5, 13, -5, 1.01));
  t.log(right, off);
  t.true(right.residual.median < 0.12 && right.residual.p95 < 0.6, JSON.stringify(right));
  t.true(Math.abs(off.residual.median - 1) < 0.3, JSON.stringify(off));
  t.true(right.agreement.with > right.agreement.without + 0.4 && right.agreement.with > off.agreement.with);
});
