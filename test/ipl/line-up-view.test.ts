/** What a fused picture tells of how its exposures were lined up. */
import test from 'ava';
import type { Sight } from '../../plugin/ipl/align';
import { lineUpView } from '../../plugin/ipl/line-up-view';

const layout = { width: 640, height: 360 };
const names = ['under', 'mid', 'over'];
const map = [1, 0, 12, 0, 1, 5, 0, 0, 1];
const sight = (helps: boolean): Sight => ({ kind: 'seen', map, deviation: 0.1, agreement: { tiles: 99, asIs: 0.2, linedUp: 0.8, middle: 0.8, certainty: 20 }, helps });

test('motions that were given, found and followed are told alike; what was taken as it is has none', (t) => {
  const of = (what: Partial<Parameters<typeof lineUpView>[0]>): unknown => lineUpView({ names, reference: 1, layout, motions: undefined, report: {}, ...what }).exposures;
  const under = [{ name: 'under', homography: map }, { name: 'mid', homography: undefined }, { name: 'over', homography: undefined }];
  t.deepEqual(of({ motions: [{ homography: map }, undefined, undefined] }), under);
  t.deepEqual(of({ report: { linedUp: [{ pixels: 13, reason: undefined, map }, { pixels: 0, reason: 'lines up' }, { pixels: 0, reason: 'flat' }] } }), under);
  t.deepEqual(of({ report: { sights: [sight(true), undefined, sight(false)] } }), under);
  t.deepEqual(of({ report: { sights: [sight(true), undefined, { kind: 'lost' }] } }), under);
});

test('a picture that was cut says what it shows', (t) => {
  const area = { left: 8, top: 4, width: 600, height: 340 };
  const { width, height, reference } = lineUpView({ names, reference: 1, layout, motions: undefined, report: {} });
  t.deepEqual({ width, height, reference }, { ...layout, reference: 'mid' });
  t.deepEqual(lineUpView({ names, reference: 1, layout, motions: undefined, report: { area } }).area, area);
  t.deepEqual(lineUpView({ names, reference: 1, layout, motions: undefined, report: {} }).area, { left: 0, top: 0, ...layout });
});
