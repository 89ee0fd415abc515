/** Rules of `alternate` at their limits: which frames may meet in a set, what a count is worth, what is believed after a loss. */
import test from 'ava';
import { Subject } from 'rxjs';
import { alternate, type ExposureSet, type Frame } from '../../plugin';
import { SlotCounter } from '../../plugin/alternate/slot-counter';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { timesOf } from '../support/frames';
import { bench, FRAME, PICTURE, shoot } from './bracket';

const NAMES = ['under', 'mid', 'over'];
const STOPS = [-2, 0, 2];

test('no set has frames of two sizes: a change in the middle of a round costs that round', (t) => {
  const wide = parseVideoCaps(PICTURE.replace('height=(int)16', 'height=(int)8').replace('width=(int)32', 'width=(int)64'));
  for (const [output, expected] of [['cycle', [0, 1, 2, 4, 5]], ['frame', [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15].map((number) => number / 3)]] as const) {
    const input = new Subject<Frame>();
    const sets: ExposureSet[] = [];
    input.pipe(alternate({ exposures: NAMES, first: 'under', output, onWarning: (text) => t.fail(text) })).subscribe((set) => sets.push(set));
    for (let number = 0; number < 18; number += 1) {
      const frame = shoot({ exposure: STOPS[number % 3] ?? 0, time: number * FRAME });
      input.next(number < 10 ? frame : { ...frame, caps: wide });
    }
    for (const { frames } of sets) t.is(new Set(frames.map(({ caps }) => caps.width)).size, 1);
    t.deepEqual(sets.map((set) => Math.round(Math.min(...timesOf(set)) / FRAME) / 3), [...expected]);
  }
});

test('an interval that is nearer to the middle between two counts than to a count is not counted', (t) => {
  for (const [frames, steps] of [[1.2, 1], [1.35, undefined], [1.65, undefined], [1.8, 2], [0.65, undefined]] as const) {
    const slots = new SlotCounter();
    slots.next(0, 1e6);
    t.is(slots.next(frames * 1e6, 1e6).steps, steps, `${frames} frames after the first`);
  }
});

test('after a loss only what came since the first doubt is believed: a new cycle is found in three rounds of its own', (t) => {
  const b = bench({ exposures: NAMES });
  for (let number = 0; number < 90; number += 1) b.send({ exposure: STOPS[number % 3] ?? 0, time: number * FRAME, light: number < 60 ? 1 : 0.1 });
  t.is(b.figures.get('alternate_lock_losses_total'), 1);
  const after = b.sets.map((set) => Math.round(Math.min(...timesOf(set)) / FRAME)).filter((number) => number >= 60);
  t.deepEqual(after.slice(0, 2), [69, 72]);
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
});
