/** Stamps that are made for another rate than the camera keeps are told from lost pictures, jitter and a network that stands still. */
import test from 'ava';
import { StampPace } from '../../plugin/source/stamp-pace';

type Verdict = ReturnType<StampPace['observe']>;

/** @param pictures arrival and stamp in milliseconds */
function watch(pictures: Iterable<readonly [arrival: number, stamp: number]>): Verdict[] {
  const pace = new StampPace();
  return [...pictures].map(([arrival, stamp]) => pace.observe(BigInt(Math.round(arrival * 1e6)), BigInt(Math.round(stamp * 1e6))));
}

const jitter = (picture: number): number => (picture * 7919) % 23;

/** What rtpjitterbuffer (latency 200 ms) makes of a camera that gives a picture every 48 ms and counts on by 40 ms. */
function* slow(count: number): Generator<readonly [number, number]> {
  let stamp = 0;
  for (let picture = 0; picture < count; picture += 1) {
    const now = picture * 48 + jitter(picture) / 4;
    stamp += 40;
    if (now - stamp > 200) stamp = now;
    yield [now, stamp];
  }
}

test('25 a second by the stamps, 21 in truth: told with both rates, and the jumps', (t) => {
  const verdicts = watch(slow(400));
  const told = verdicts.at(-1);
  if (typeof told !== 'object') return t.fail(String(told));
  t.is(Math.round(told.stamped), 25);
  t.true(Math.abs(told.come - 1000 / 48) < 0.2, `${told.come}`);
  t.true(Math.abs(told.jump - 0.24) < 0.02, `${told.jump}`);
  t.true(Math.abs(told.every - 1.2) < 0.15, `${told.every}`);
  t.true(verdicts.findIndex((verdict) => typeof verdict === 'object') < 100, 'Within five seconds.');
});

test('steady stamps are even, with jitter, with lost pictures, and with a network that stands still now and then', (t) => {
  const cameras: [string, (picture: number) => readonly [number, number] | undefined][] = [
    ['jitter', (picture) => [picture * 40 + jitter(picture), picture * 40]],
    ['losses', (picture) => (picture % 50 < 8 ? undefined : [picture * 40 + jitter(picture), picture * 40])],
    ['stand-still', (picture) => [Math.max(picture * 40, Math.floor(picture / 100) * 4000 + 800), picture * 40]],
    ['half the rate, stamped so', (picture) => [picture * 80, picture * 80]],
  ];
  for (const [name, camera] of cameras) {
    const pictures = Array.from({ length: 1500 }, (_, picture) => camera(picture)).filter((picture) => picture !== undefined);
    t.deepEqual([...new Set(watch(pictures).slice(17))], ['even'], name);
  }
});

test('a camera that keeps its rate at last is even again', (t) => {
  const pace = new StampPace();
  const see = (arrival: number, stamp: number): Verdict => pace.observe(BigInt(Math.round(arrival * 1e6)), BigInt(Math.round(stamp * 1e6)));
  let now = 0;
  for (const [arrival, stamp] of slow(400)) see((now = arrival), stamp);
  let verdict: Verdict;
  for (let picture = 1; picture < 800; picture += 1) verdict = see(now + picture * 40, now + picture * 40);
  t.is(verdict, 'even');
});
