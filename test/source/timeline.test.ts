/** Running time of live sources, in a world where time is a number. */
import test from 'ava';
import { delayBefore, RESTART } from '../../plugin/source/restart';
import { Timeline, type TimelineSettings } from '../../plugin/source/timeline';

const MS = 1_000_000n;

/** A clock that stands until it is set; running time is zero at its moment zero. */
class Hand {
  time = 0n;
  now = (): bigint => this.time;
  runningTimeOf = (moment: bigint): bigint => moment;
}

function timeline(stamps: TimelineSettings['stamps'] = 'device'): { hand: Hand; line: Timeline; jumps: number[]; astray: number[]; at(now: number, stamp: number): number | undefined } {
  const hand = new Hand();
  const jumps: number[] = [];
  const astray: number[] = [];
  const line = new Timeline(hand, { stamps, onJump: (by) => jumps.push(Number(by / MS)), onAstray: (age) => astray.push(Number(age / MS)) });
  const at = (now: number, stamp: number): number | undefined => {
    hand.time = BigInt(Math.round(now * 1e6));
    const placed = line.place(BigInt(Math.round(stamp * 1e6)));
    return placed === undefined ? undefined : Number(placed) / 1e6;
  };
  return { hand, line, jumps, astray, at };
}

test('stamps count from the moment at which the pipeline began to play', (t) => {
  const { line, at, jumps } = timeline();
  line.begin(1000n * MS);
  t.deepEqual([at(1060, 0), at(1095, 33), at(1200, 66)], [1000, 1033, 1066]);
  t.deepEqual(jumps, []);
});

test('after a restart time goes on at the clock of the graph, and never back', (t) => {
  const { line, at } = timeline();
  line.begin(0n);
  t.is(at(100, 90), 90);
  line.begin(60n * MS);
  t.is(at(110, 20), undefined);
  t.is(at(150, 60), 120);
});

test('no picture comes from the future', (t) => {
  const { line, at } = timeline();
  line.begin(0n);
  t.deepEqual([at(100, 100), at(200, 250), at(300, 350), at(450, 450)], [100, 200, 300, 400]);
});

test('over a network, pictures that come late or in a burst at first do not set the stream late', (t) => {
  const { line, at } = timeline('arrival');
  line.begin(0n);
  // Taken every 200 ms, on the way for 10 ms; the first one took 310.
  t.deepEqual([at(310, 0), at(311, 200), at(410, 400), at(610, 600), at(950, 800), at(1010, 1000)], [undefined, undefined, undefined, 610, 810, 1010]);
});

test('stamps that jump are replaced by the time of arrival, as old as pictures were before', (t) => {
  const { line, at, jumps } = timeline();
  line.begin(0n);
  t.is(at(1050, 1000), 1000);
  t.is(at(1100, 3_600_000), 1050);
  t.is(at(1140, 3_600_040), 1090);
  t.is(at(1200, 5), 1150); // And back again.
  t.is(at(1200, 0), undefined);
  t.deepEqual(jumps, [3_598_950, -3_600_095]);
});

test("a sender's clock that runs fast or slow is followed, and jitter is not", (t) => {
  for (const [drift, stamps, delay] of [[1e-4, 'device', 0], [-1e-4, 'device', 0], [1e-4, 'arrival', 50], [-1e-4, 'arrival', 50]] as const) {
    const { line, at, jumps } = timeline(stamps);
    line.begin(0n);
    let last = 0;
    let worst = 0;
    for (let index = 0; index < 30 * 3600; index += 1) {
      const taken = (index * 1000) / 30;
      const jitter = (index * 7919) % 23; // 0 to 22 ms, different for every picture of a window.
      const placed = at(taken + 50 + jitter, taken * (1 + drift));
      if (placed === undefined && index < 3) continue; // Of the first burst.
      if (placed === undefined || (placed <= last && index > 0)) return t.fail(`Time goes back at ${taken} ms.`);
      last = placed;
      worst = Math.max(worst, Math.abs(placed - taken - delay));
    }
    t.true(worst < 6, `${worst} ms`);
    t.deepEqual(jumps, []);
  }
});

test('stamps by NTP stay as they are: long ways, and clocks that are a little ahead', (t) => {
  const { line, at, jumps, astray } = timeline('ntp');
  line.begin(1000n * MS);
  t.deepEqual([at(1700, 0), at(1710, 33), at(1800, 66), at(1090, 100)], [1000, 1033, 1066, 1100]);
  t.deepEqual([at(20_000, 3_600_000), at(20_000, 500)], [undefined, undefined], 'Nothing is moved to where it does not belong.');
  t.deepEqual(astray, [-3_581_000, 18_500]);
  t.is(at(20_000, 18_000), 19_000);
  t.deepEqual(jumps, []);
});

test('pauses double up to the longest', (t) => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => Number(delayBefore(attempt, RESTART) / MS));
  t.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});
