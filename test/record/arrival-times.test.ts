/** What files of a recording are named after. */
import test from 'ava';
import { ArrivalTimes } from '../../plugin/record/arrival-times';

const SECOND = 1_000_000_000n;

test('the time of a picture is when it came, however fast the next ones came and however late it is asked for', (t) => {
  const times = new ArrivalTimes();
  for (let index = 0; index < 90; index += 1) times.add((BigInt(index) * SECOND) / 30n, 1_000_000 + index);
  t.deepEqual([0n, 1n, 2n].map((second) => times.of(second * SECOND).getTime()), [1_000_000, 1_000_030, 1_000_060]);
});

test('of a picture before all that are remembered: counted back from the oldest', (t) => {
  const times = new ArrivalTimes();
  for (let index = 0; index < 600; index += 1) times.add((BigInt(index) * SECOND) / 10n, index * 100);
  t.is(times.of(2n * SECOND).getTime(), 2_000);
});
