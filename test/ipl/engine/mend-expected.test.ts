/** What an exposure shows where the reference shows a code, worked out by hand. */
import test from 'ava';
import { expectedOf } from '../../../plugin/ipl/engine/mend/expected';

const pairsOf = (list: readonly (readonly [own: number, shown: number, count: number])[]): Uint32Array => {
  const pairs = new Uint32Array(2 ** 16);
  for (const [own, shown, count] of list) pairs[(own << 8) | shown] = count;
  return pairs;
};

test('medians, straight lines where nothing tells one, the last one on to white, and nothing below the first', (t) => {
  const expected = expectedOf(pairsOf([[100, 40, 60], [100, 41, 30], [100, 5, 10], [140, 80, 100]]), 90, 250);
  // Three codes on either side are looked at with each: 97 to 103 and 137 to 143 are told.
  t.is(expected[96], 0);
  t.is(expected[97], 40);
  t.is(expected[103], 40);
  t.is(expected[120], 60);
  t.is(expected[137], 80);
  t.is(expected[255], 80);
});

test('they never fall', (t) => {
  const expected = expectedOf(pairsOf([[100, 40, 100], [140, 30, 100], [180, 70, 100]]), 90, 250);
  t.is(expected[140], 40);
  t.is(expected[180], 70);
});

test('too few pairs, and such as are of no one curve, tell nothing', (t) => {
  t.true(expectedOf(pairsOf([[100, 40, 63]]), 90, 250).every((code) => code === 0));
  t.true(expectedOf(pairsOf([[100, 20, 50], [100, 60, 50], [100, 90, 50]]), 90, 250).every((code) => code === 0));
});
