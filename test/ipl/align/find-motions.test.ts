/** Exposures are found where they lie, and left alone where nothing tells it. */
import test from 'ava';
import * as align from '../../../plugin/ipl/align';
import { SEARCHED, type Motion } from '../../../plugin/ipl/align';
import { LumaReducer, reductionTo, TextureKernels, type LumaPlane } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { compose, distance, IDENTITY, turnAndShift, type Homography } from '../../../plugin/ipl/kernels/homography';
import { random } from '../kernels/cases';
import { bracket, drawn, exposed, seenThrough } from './moved';

const [WIDTH, HEIGHT] = [480, 360];
const pictures = bracket(WIDTH, HEIGHT);

let reducer: LumaReducer;
let kernels: TextureKernels;
test.before(async () => {
  await buildKernels();
  [reducer, kernels] = [await LumaReducer.load(), await TextureKernels.load()];
});

const findMotions = (planes: readonly LumaPlane[], reference: number): Motion[] =>
  align.findMotions(kernels, planes.map((plane) => reducer.reduce(plane, reductionTo(SEARCHED, plane.width, plane.height))), reference);
const found = (reference: LumaPlane, exposure: LumaPlane): Motion => findMotions([reference, exposure], 0)[1];
const errorOf = ({ map }: Motion, truth: Homography): number => distance(map ?? IDENTITY, truth, WIDTH, HEIGHT);
const turned = (degrees: number, dx: number, dy: number): Homography => turnAndShift((degrees * Math.PI) / 180, dx, dy, WIDTH, HEIGHT);

// The bracket was shot with two exposures 6 and 2 pixels (of 1920) off, by SIFT and ECC 5.8 to 6.3 and 1.5 to 1.7.
test('the exposures of a real bracket are found, and again to a fraction of a pixel after each was moved', async (t) => {
  const { under, mid, over } = await pictures;
  const maps = [turned(0.4, 4.3, -3.6), IDENTITY, turned(-0.5, -6.1, 3.2)];
  const before = findMotions([under, mid, over], 1);
  const after = findMotions([seenThrough(under, maps[0]), mid, seenThrough(over, maps[2])], 1);
  t.is(after[1]?.map, undefined);
  for (const [index, pixels] of [[0, 6], [2, 1.6]] as const) {
    const [first, second] = [before[index], after[index]] as [Motion, Motion];
    const off = errorOf(first, IDENTITY) * (1920 / WIDTH);
    t.true(Math.abs(off - pixels) < 1, `${index}: ${off} px of 1920`);
    const error = errorOf(second, compose(maps[index], first.map ?? IDENTITY));
    t.true(error < 0.4, `${index}: ${error} px`);
    t.true(second.agreement.linedUp > second.agreement.asIs + 0.2);
  }
});

test('up to 5 % of the width and 3 degrees are found, with what a lens that was turned adds', async (t) => {
  const { mid } = await pictures;
  const tilted = turned(-3, 21, 9).map((value, index) => (index === 6 ? 5e-6 : value));
  for (const map of [turned(3, -24, 7), tilted]) {
    const motion = found(mid, exposed(seenThrough(mid, map), -2, 1, 5));
    t.true(errorOf(motion, map) < 0.3, `${errorOf(motion, map)} px, ${motion.reason}`);
  }
});

test('three stops of difference, noise, limited range and rows with padding', async (t) => {
  const { mid } = await pictures;
  const map = turned(0.3, 5.4, -8.7);
  for (const stops of [-3, 3]) {
    const shot = exposed(seenThrough(mid, map), stops, 2, 9);
    const motion = found(mid, shot);
    t.true(errorOf(motion, map) < 0.4, `${stops} EV: ${errorOf(motion, map)} px, ${motion.reason}`);
    const stride = WIDTH + 24;
    const data = new Uint8Array(stride * HEIGHT).fill(77);
    for (let i = 0; i < WIDTH * HEIGHT; i += 1) data[Math.floor(i / WIDTH) * stride + (i % WIDTH)] = Math.round(16 + (shot.data[i] * 219) / 255);
    const limited = found(mid, { data, width: WIDTH, height: HEIGHT, stride, range: 'limited' });
    t.true(errorOf(limited, map) < 0.4, `limited: ${errorOf(limited, map)} px`);
  }
});

test('exposures that lie where they should are left as they are, with noise, too', async (t) => {
  const { mid } = await pictures;
  for (const [seed, stops] of [-2, 2].entries()) {
    t.like(found(exposed(mid, 0, 3, 50 + seed), exposed(mid, stops, 3, seed)), { map: undefined, reason: 'lines up' });
  }
});

test('a third of a pixel is found, and a twentieth is not worth a filter', async (t) => {
  const { mid } = await pictures;
  for (const pixels of [0.05, 0.35]) {
    const motion = found(exposed(mid, 0, 2, 7), exposed(seenThrough(mid, turned(0, pixels, 0)), -1, 2, 8));
    if (pixels < 0.1) t.like(motion, { map: undefined, reason: 'lines up' });
    else t.true(motion.map !== undefined && errorOf(motion, turned(0, pixels, 0)) < 0.1, `${errorOf(motion, turned(0, pixels, 0))} px, ${motion.reason}`);
  }
});

test('a camera that stays where it is does not jitter with the noise of its pictures', async (t) => {
  const { mid } = await pictures;
  const map = turned(0.2, 3.3, -2.4);
  const [reference, moved] = [exposed(mid, 0, 0, 0), seenThrough(mid, map)];
  const maps = [1, 2, 3].map((seed) => found(exposed(reference, 0, 2, seed), exposed(moved, -1, 2, 10 + seed)).map ?? IDENTITY);
  const spread = Math.max(...maps.map((one) => distance(one, maps[0], WIDTH, HEIGHT)));
  t.true(spread < 0.05, `${spread} px`);
});

test('what moves in a third of the picture is not taken for the camera', async (t) => {
  const { mid } = await pictures;
  const [camera, thing] = [turned(0.2, 4.5, 3.5), turned(0, -9, 2)];
  const [still, moving] = [seenThrough(mid, camera), seenThrough(mid, thing)];
  const data = still.data.map((code, i) => (i % WIDTH > WIDTH * 0.3 && i % WIDTH < WIDTH * 0.63 ? moving.data[i] : code));
  const motion = found(mid, exposed({ ...still, data }, 1, 1, 3));
  t.true(errorOf(motion, camera) < 0.5, `${errorOf(motion, camera)} px, ${motion.reason}`);
});

/** Light and dark of all sizes. */
function texture(seed: number): LumaPlane {
  const next = random(seed);
  const layers = [5, 11, 23, 61].map((size) => ({ size, cells: Array.from({ length: 40_000 }, () => next() - 0.5) }));
  return drawn(480, 270, (x, y) => layers.reduce((sum, { size, cells }) => sum + 50 * (cells[Math.floor(y / size) * 200 + Math.floor(x / size)]), 128));
}

const facade = (dx: number): LumaPlane => drawn(480, 270, (x, y) => 120 + 60 * Math.sign(Math.sin((2 * Math.PI * (x + dx)) / 24)) * Math.sign(Math.sin((2 * Math.PI * y) / 30)));
const wall = (seed: number): LumaPlane => exposed(drawn(480, 270, (x) => 90 + x / 20), 0, 2, seed);

/** Things of all sizes on a shelf that is the same all along: its edges agree wherever they meet. @param from where the camera looks at */
const shelf = (from: number, row: number): LumaPlane => drawn(480, 270, (x, y) => {
  const [thing, down] = [Math.floor((x + from) / 40), y + row];
  if (down >= 130) return down < 145 ? 150 + (down % 5) * 4 : (x + from) % 160 < 8 ? 120 : 60;
  const stands = down > 110 - ((thing * 7919) % 50) && (x + from) % 40 > 6 && (x + from) % 40 < 30;
  return stands ? 90 + ((thing * 37 + Math.floor((x + from) / 5) * 13 + Math.floor(down / 6) * 29) % 70) : 190;
});

/** Everybody goes his own way: squares of 24 pixels, each from another place. */
function crowd(from: LumaPlane, seed: number): LumaPlane {
  const next = random(seed);
  const ways = Array.from({ length: 1000 }, () => [Math.round((next() - 0.5) * 30), Math.round((next() - 0.5) * 30)] as const);
  return drawn(480, 270, (x, y) => {
    const [dx, dy] = ways[Math.floor(y / 24) * 30 + Math.floor(x / 24)];
    return from.data[Math.min(269, Math.max(0, y + dy)) * 480 + Math.min(479, Math.max(0, x + dx))];
  });
}

test('where nothing tells how to move an exposure, it stays, and the reason is told', (t) => {
  const scene = texture(1);
  const cases: Record<string, [LumaPlane, LumaPlane, readonly string[]]> = {
    'a black exposure': [scene, drawn(480, 270, () => 1), ['dark or clipped']],
    'a white exposure': [scene, drawn(480, 270, () => 255), ['dark or clipped']],
    'a flat exposure': [scene, drawn(480, 270, () => 90), ['flat']],
    'a wall': [wall(1), wall(2), ['flat', 'no gain', 'many motions']],
    'a facade': [facade(0), facade(7), ['ambiguous', 'no gain']],
    'a crowd': [scene, crowd(scene, 3), ['no gain', 'many motions', 'flat']],
    'another part of a shelf': [exposed(shelf(1000, 0), 0, 3, 9), exposed(shelf(1120, 25), 1, 3, 5), ['no gain']],
    'another scene': [scene, texture(2), ['no gain', 'many motions', 'flat']],
  };
  for (const [name, [reference, exposure, reasons]] of Object.entries(cases)) {
    const motion = found(reference, exposure);
    t.is(motion.map, undefined, name);
    t.true(reasons.includes(motion.reason ?? ''), `${name}: ${motion.reason}`);
  }
});

test('the same texture, moved, is found: what is refused above is not refused for its looks', (t) => {
  const scene = texture(1);
  const map = turnAndShift(0.004, 6.4, -3.3, 480, 270);
  const motion = found(scene, exposed(seenThrough(scene, map), -1, 1, 4));
  t.true(distance(motion.map ?? IDENTITY, map, 480, 270) < 0.2, `${motion.reason}`);
});

test('small and odd sizes, and what is no bracket', (t) => {
  for (const [width, height] of [[1, 1], [7, 300], [33, 17], [1025, 3]] as const) {
    const plane = drawn(width, height, (x, y) => 100 + 60 * Math.sin(x * 1.7 + y * y));
    t.is(found(plane, plane).map, undefined);
  }
  const plane = texture(1);
  t.throws(() => findMotions([plane], 2), { message: 'There is no exposure 2.' });
  t.throws(() => findMotions([plane, drawn(10, 10, () => 5)], 0), { message: 'Exposures of one scene have one size.' });
});

test('pictures of all forms are looked at; those that are too narrow have nothing to say', (t) => {
  const sizes = [[1, 1], [16, 65_535], [65_535, 16], [3, 2000], [9, 1100], [1100, 9], [1024, 10], [640, 17], [2048, 24], [8, 8]] as const;
  for (const [width, height] of sizes) {
    const next = random(width + height);
    const plane: LumaPlane = { data: Uint8Array.from({ length: width * height }, () => 40 + 160 * next()), width, height, stride: width, range: 'full' };
    const { map, reason } = found(plane, { ...plane, data: plane.data.map((code) => code + 9) });
    t.is(map, undefined, `${width}x${height}`);
    if (Math.min(width, height) < 9 || Math.max(width, height) > 60_000) t.is(reason, 'dark or clipped', `${width}x${height}`);
  }
});
