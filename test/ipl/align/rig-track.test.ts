/** What a rig says is held from the beginning, left for what is surely otherwise only, and come back to. */
import test from 'ava';
import { BranchTrack, type Sight } from '../../../plugin/ipl/align';
import { distance, IDENTITY, turnAndShift, type Homography } from '../../../plugin/ipl/kernels/homography';
import { random } from '../kernels/cases';

const [WIDTH, HEIGHT] = [1920, 1080];
const at = (dx: number, dy = 0): Homography => turnAndShift(0.005, 20.3 + dx, -8.4 + dy, WIDTH, HEIGHT);
const HOME = at(0);
const sight = (map: Homography, linedUp = 0.8, certainty = 20): Sight => ({ kind: 'seen', map, deviation: 0.03, agreement: { tiles: 300, asIs: 0.1, linedUp, middle: linedUp, certainty }, helps: true });
const apart = (map: Homography | undefined, other: Homography): number => distance(map ?? IDENTITY, other, WIDTH, HEIGHT);

const rigged = (): BranchTrack => new BranchTrack(WIDTH, HEIGHT, { map: HOME, rig: true });
const look = (track: BranchTrack, ...sights: Sight[]): void => sights.forEach((one) => track.looked(one, track.expected));

/** Lets a camera come to rest that is followed. */
function rest(track: BranchTrack, map: Homography): void {
  for (let n = 0; n < 6; n += 1) track.followed(sight(map), true);
}

test('a rig is held at once, with nothing to be searched', (t) => {
  const track = rigged();
  t.is(track.state, 'held');
  t.true(apart(track.map, HOME) < 1e-6);
  t.is(track.astray, 0);
  t.is(new BranchTrack(WIDTH, HEIGHT, { map: HOME }).astray, undefined);
});

test('sights that are off by less than a camera that was knocked do not move it, be they of one mind', (t) => {
  const track = rigged();
  const next = random(3);
  for (let n = 0; n < 60; n += 1) look(track, sight(at(0.5 + 0.3 * (next() - 0.5))));
  t.true(apart(track.map, HOME) < 1e-6, `${apart(track.map, HOME)}`);
  // What one knows of a rig and what one sees differ surely, from a pixel on.
  for (let n = 0; n < 60; n += 1) look(track, sight(at(1.3 + 0.1 * (next() - 0.5))));
  t.true(apart(track.map, at(1.3)) < 0.2, `${apart(track.map, at(1.3))}`);
  t.true((track.astray ?? 0) > 1);
});

test('a sight that is far off is looked at again, and again, three are believed; where the camera rests, it is held and told', (t) => {
  const track = rigged();
  look(track, sight(HOME), sight(at(9)), sight(at(9)));
  t.is(track.state, 'held');
  t.true(track.doubtful);
  look(track, sight(HOME));
  t.false(track.doubtful);
  look(track, sight(at(9)), sight(at(9)), sight(at(9)));
  t.is(track.state, 'followed');
  t.is(track.astray, undefined);
  rest(track, at(9));
  t.is(track.state, 'held');
  t.true(apart(track.map, at(9)) < 0.01);
  t.true(Math.abs((track.astray ?? 0) - 9) < 0.1);
  // Back, about: what the rig says is right again, to the last digit.
  look(track, sight(at(0.3)), sight(at(0.3)), sight(at(0.3)));
  rest(track, at(0.3));
  t.true(apart(track.map, HOME) < 1e-6);
  t.is(track.astray, 0);
});

test('what was lost and is found near the rig is the rig', (t) => {
  const track = rigged();
  look(track, sight(HOME), { kind: 'lost' }, { kind: 'lost' });
  t.is(track.state, 'unknown');
  t.is(track.map, undefined);
  track.searched({ map: at(0.4), deviation: 0.1, agreement: { tiles: 300, asIs: 0.1, linedUp: 0.8, middle: 0.8, certainty: 20 } }, true);
  t.true(apart(track.map, HOME) < 1e-6);
  const dark = rigged();
  for (let n = 0; n < 20; n += 1) look(dark, { kind: 'nothing' });
  t.is(dark.state, 'held');
});

test('how well a scene agrees is learnt from what is seen first: another than that of the calibration is no other place', (t) => {
  const track = rigged();
  look(track, sight(HOME, 0.3), sight(HOME, 0.28));
  t.is(track.state, 'held');
  t.true(Math.abs(track.confidence - 0.3) < 0.01);
  look(track, sight(HOME, 0.1), sight(HOME, 0.1));
  t.is(track.state, 'unknown');
});
