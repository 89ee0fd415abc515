/** Motions are held while nothing says otherwise, replaced by evidence, and followed while cameras move. */
import test from 'ava';
import { BranchTrack, findMotions, followMotions, SEARCHED, type Motion, type Sight } from '../../../plugin/ipl/align';
import { farthest, NOWHERE, placesOf, snapped } from '../../../plugin/ipl/align/places';
import { LumaReducer, reductionTo, TextureKernels, type LumaPlane, type ReducedLuma } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { compose, distance, IDENTITY, throughCorners, corners, apply, turnAndShift, type Homography } from '../../../plugin/ipl/kernels/homography';
import { random } from '../kernels/cases';
import { HOSTILE } from './hostile';
import { bracket, exposed, seenThrough } from './moved';

const [WIDTH, HEIGHT] = [480, 360];
const pictures = bracket(WIDTH, HEIGHT);
const turned = (degrees: number, dx: number, dy: number): Homography => turnAndShift((degrees * Math.PI) / 180, dx, dy, WIDTH, HEIGHT);
const apart = (a: Homography, b: Homography): number => distance(a, b, WIDTH, HEIGHT);

let reducer: LumaReducer;
let kernels: TextureKernels;
test.before(async () => {
  await buildKernels();
  [reducer, kernels] = [await LumaReducer.load(), await TextureKernels.load()];
});

const reduce = (plane: LumaPlane, most: number): ReducedLuma => reducer.reduce(plane, reductionTo(most, plane.width, plane.height));
const search = (reference: LumaPlane, exposure: LumaPlane): Motion => findMotions(kernels, [reduce(reference, SEARCHED), reduce(exposure, SEARCHED)], 0)[1];
const look = (reference: LumaPlane, exposure: LumaPlane, expected: Homography, most = 256): Sight =>
  followMotions(kernels, [reduce(reference, most), reduce(exposure, most)], 0, [undefined, expected], 128)[1] as Sight;

const sight = (map: Homography, more: { linedUp?: number; certainty?: number; helps?: boolean } = {}): Sight => {
  const { linedUp = 0.8, certainty = 20, helps = apart(map, IDENTITY) > 0.5 } = more;
  return { kind: 'seen', map, deviation: 0.03, agreement: { tiles: 300, asIs: helps ? linedUp - 0.3 : linedUp, linedUp, middle: linedUp, certainty: helps ? certainty : 0 }, helps };
};
const motion = (map: Homography | undefined): Motion =>
  ({ map, reason: map ? undefined : 'lines up', deviation: 0.03, agreement: { tiles: 300, asIs: map ? 0.3 : 0.8, linedUp: 0.8, middle: 0.8, certainty: 20 } });

/** A rig of several cameras that was found at a map. */
function held(map: Homography | undefined): BranchTrack {
  const track = new BranchTrack(WIDTH, HEIGHT);
  track.searched(motion(map), true);
  return track;
}

test('the places of four corners are the homography, there and back', (t) => {
  const map = compose(turned(1.2, 14.3, -6.2), [1.01, 0.002, 0, -0.001, 0.99, 0, 4e-6, -7e-6, 1]);
  const back = throughCorners(corners(WIDTH, HEIGHT).map(([x, y]) => apply(map, x, y)), WIDTH, HEIGHT);
  t.true(apart(map, back) < 1e-9);
  const [x, y] = apply(back, 100, 77);
  const [x0, y0] = apply(map, 100, 77);
  t.true(Math.hypot(x - x0, y - y0) < 1e-9);
});

test('what is nearly whole pixels, or nearly nothing, is taken for that', (t) => {
  const near = (map: Homography): Homography | undefined => snapped(placesOf(map, WIDTH, HEIGHT), 0.15, WIDTH, HEIGHT);
  t.is(near(turned(0, 0.1, -0.08)), undefined);
  t.deepEqual(near(turned(0.01, 4.05, -7.03)), [1, 0, 4, 0, 1, -7, 0, 0, 1]);
  for (const map of [turned(0, 0.3, 0), turned(0.2, 4, -7)]) t.true(apart(near(map) ?? IDENTITY, map) < 1e-9);
});

test('a rig at rest stays as it is to the last digit, with noise; its mean takes the place of a first guess', async (t) => {
  const { mid, under } = await pictures;
  const map = turned(0.2, 3.3, -2.4);
  const truth = compose(map, search(mid, under).map ?? IDENTITY);
  const moved = seenThrough(under, map);
  const track = new BranchTrack(WIDTH, HEIGHT);
  track.searched(search(exposed(mid, 0, 3, 1), exposed(moved, 0, 3, 2)), true);
  t.is(track.state, 'held');
  const maps: (Homography | undefined)[] = [];
  for (let n = 0; n < 25; n += 1) {
    track.looked(look(exposed(mid, 0, 3, 10 + n), exposed(moved, 0, 3, 100 + n), track.expected, 512), track.expected);
    maps.push(track.map);
  }
  t.is(track.state, 'held');
  const error = apart(track.expected, truth);
  t.true(error < 0.25, `${error} px`);
  const late = maps.slice(10);
  t.is(new Set(late).size, 1, 'it changed after the first looks');
  t.true(track.confidence > 0.2);
});

test('a mean that is surely elsewhere takes the place of what is held, and what is within noise does not', (t) => {
  const next = random(3);
  const noisy = (x: number): Homography => turned(0, x + 0.3 * (next() - 0.5), 0.3 * (next() - 0.5));
  const track = held(turned(0, 5.5, 0));
  const first = track.map;
  for (let n = 0; n < 30; n += 1) track.looked(sight(noisy(5.5)), track.expected);
  t.is(track.map, first);
  const drifted = held(turned(0, 5.5, 0));
  const maps = Array.from({ length: 30 }, () => {
    drifted.looked(sight(noisy(5.9)), drifted.expected);
    return drifted.map;
  });
  t.true(apart(drifted.expected, turned(0, 5.9, 0)) < 0.15, `${apart(drifted.expected, turned(0, 5.9, 0))} px`);
  t.true(new Set(maps).size <= 3);
});

test('a camera that is knocked is followed at once, and held where it comes to rest', (t) => {
  const track = held(undefined);
  t.is(track.map, undefined);
  const knocked = turned(0.3, 6, 2);
  track.looked(sight(knocked), track.expected);
  t.is(track.state, 'followed');
  t.true(apart(track.expected, knocked) < 1e-9);
  for (const dx of [9, 7.6, 7.1, 7.05, 7, 7, 7.02]) track.followed(sight(turned(0.3, dx, 2)), true);
  t.is(track.state, 'held');
  t.true(apart(track.expected, turned(0.3, 7.03, 2)) < 0.1);
  // An answer to what was asked before says nothing of it.
  track.looked(sight(knocked), IDENTITY);
  t.is(track.state, 'held');
});

test('one camera that pans is followed for as long as it moves, at rest or not', (t) => {
  const track = new BranchTrack(WIDTH, HEIGHT);
  track.searched(motion(turned(0, 12, 0)), false);
  t.is(track.state, 'followed');
  for (let n = 0; n < 20; n += 1) track.followed(sight(turned(0, 12, 0)), false);
  t.is(track.state, 'followed');
  for (const dx of [8, 3, 0.1, 0.05, -0.02, 0.03, 0]) track.followed(sight(turned(0, dx, 0)), false);
  t.is(track.state, 'held');
  t.is(track.map, undefined);
});

test('what says nothing changes nothing; what disagrees twice costs the motion, and is searched for', (t) => {
  const track = held(turned(0, 5.5, 0));
  const { map } = track;
  for (let n = 0; n < 50; n += 1) track.looked({ kind: 'nothing' }, track.expected);
  t.is(track.map, map);
  track.looked({ kind: 'lost' }, track.expected);
  t.is(track.map, map);
  t.true(track.doubtful);
  track.looked(sight(turned(0, 5.5, 0), { linedUp: 0.2 }), track.expected);
  t.is(track.state, 'unknown');
  t.is(track.map, undefined);
  t.is(track.pause, 0);
});

test('a search in vain is repeated ever more rarely, and so is what is found and lost again', (t) => {
  const track = new BranchTrack(WIDTH, HEIGHT);
  t.is(track.pause, 0);
  const pauses = Array.from({ length: 8 }, () => {
    track.searched({ ...motion(undefined), reason: 'ambiguous' }, true);
    return track.pause;
  });
  t.deepEqual(pauses, [0.25, 0.5, 1, 2, 4, 8, 16, 16]);
  t.is(track.reason, 'ambiguous');
  t.is(track.confidence, 0);
  const lost = new BranchTrack(WIDTH, HEIGHT);
  for (const expected of [0.25, 0.5, 1]) {
    lost.searched(motion(turned(0, 12, 0)), false);
    for (let n = 0; n < 2; n += 1) lost.followed(sight(turned(0, 3, 0), { helps: false }), false);
    t.is(lost.state, 'unknown');
    t.is(lost.pause, expected);
  }
});

test('an exposure is followed from where it was, by half a degree and several pixels', async (t) => {
  const { mid, over } = await pictures;
  const own = search(mid, over).map ?? IDENTITY;
  for (const [was, is] of [[turned(0, 0, 0), turned(0, 3, 1)], [turned(0.5, 14, -3), turned(0.8, 17, -5)]] as const) {
    const seen = look(mid, exposed(seenThrough(over, is), -1, 2, 9), was);
    if (seen.kind !== 'seen') return t.fail(seen.kind);
    const error = apart(seen.map, compose(is, own));
    t.true(error < 0.5, `${error} px`);
    t.true(seen.helps);
  }
});

for (const [name, picture] of Object.entries(HOSTILE)) {
  test(`${name}: exposures are taken as they are, for as long as it lasts`, (t) => {
    for (const stays of [true, false]) {
      const track = new BranchTrack(480, 270);
      for (let n = 0; n < 8; n += 1) {
        const [reference, exposure] = [picture(2 * n + 1), picture(2 * n + 2)];
        if (track.state === 'unknown') track.searched(search(reference, exposure), stays);
        const seen = look(reference, exposure, track.expected, 512);
        if (track.state === 'held') track.looked(seen, track.expected);
        else if (track.state === 'followed') track.followed(seen, stays);
        const { pixels } = track;
        t.true(pixels === 0, `${pixels} px in round ${n}, ${track.state}`);
      }
    }
  });
}

test('nowhere is nowhere', (t) => {
  t.is(farthest(NOWHERE, placesOf(IDENTITY, WIDTH, HEIGHT)), 0);
});
