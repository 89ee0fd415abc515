/** Caps and time of an output whose sets lack one exposure or another. */
import test from 'ava';
import type { Frame } from '../../plugin/core/frames/frame';
import { OutputIdentity } from '../../plugin/ipl/output-identity';
import { randomOf } from '../sync/simulate';
import { makeFrame, SMALL } from '../support/frames';

/** By branch. */
type Frames = Readonly<Partial<Record<string, Frame>>>;

const FRAME = 1000 / 30;
const caps = (rate: number, width = 4): string => SMALL.replace('30/1', `${rate}/1`).replace('(int)4', `(int)${width}`);

/** What comes out for sets given as frames by name. The reference is `mid`, where it is known. */
function run(identity: OutputIdentity, sets: readonly Frames[], reference: string | undefined = 'mid'): { rates: number[]; widths: number[]; times: number[] } {
  const given = sets.map((set) => {
    const names = Object.keys(set);
    return identity.of(Object.values(set) as Frame[], names, Math.max(0, names.indexOf(reference ?? '')), reference);
  });
  return {
    rates: given.map((one) => one.caps.framerate.numerator),
    widths: given.map((one) => one.caps.width),
    times: given.map(({ runningTime }) => Number(runningTime) / 1e6),
  };
}

const at = (time: number, rate: number, width = 4): Frame => makeFrame(time, { capsText: caps(rate, width), duration: BigInt(Math.round(1e9 / rate)) });

test('the frame rate is the reference branch\'s, whoever is missing', (t) => {
  const sets = [
    { under: at(0, 10), mid: at(0, 8), over: at(0, 10) },
    { under: at(100, 10), over: at(100, 10) },
    { over: at(200, 10) },
    { under: at(375, 10), mid: at(375, 8) },
  ];
  t.deepEqual(run(new OutputIdentity(), sets).rates, [8, 8, 8, 8]);
});

test('a reference that is dead at first: one branch stands for it until it comes', (t) => {
  const sets = [
    { under: at(0, 30), over: at(0, 25) },
    { over: at(33, 25) },
    { under: at(66, 30), over: at(66, 25) },
    { under: at(100, 30), mid: at(100, 24), over: at(100, 25) },
    { under: at(133, 30), over: at(133, 25) },
    { mid: at(166, 24), over: at(166, 25) },
  ];
  for (const early of ['mid', undefined]) {
    const identity = new OutputIdentity();
    t.deepEqual([...run(identity, sets.slice(0, 3), early).rates, ...run(identity, sets.slice(3)).rates], [30, 30, 30, 24, 24, 24]);
  }
});

test('caps change with those of the reference, and with the size of what there is while it is gone', (t) => {
  const sets = [
    { under: at(0, 30), mid: at(0, 25) },
    // Now it has another rate, then another size.
    { under: at(33, 30), mid: at(33, 24) },
    { under: at(66, 30, 8), mid: at(66, 24, 8) },
    { under: at(100, 30, 8) },
    // It is gone, and the others change.
    { under: at(133, 30, 16) },
    { over: at(166, 30, 16) },
    { under: at(200, 30, 16), mid: at(200, 24, 16) },
  ];
  const { rates, widths } = run(new OutputIdentity(), sets);
  t.deepEqual(widths, [4, 4, 8, 8, 16, 16, 16]);
  t.deepEqual(rates, [25, 24, 24, 24, 30, 30, 24]);
});

test('free cameras: without the reference a picture comes where its frame would have been', (t) => {
  const sets = Array.from({ length: 60 }, (_, number): Frames => {
    const time = number * FRAME;
    const under = at(time, 30);
    const over = at(time + 19, 30);
    const mid = at(time + 11, 30);
    return number % 5 === 4 ? { under, over } : number % 5 === 3 ? { over } : { under, mid, over };
  });
  const { times } = run(new OutputIdentity(), sets);
  for (const [number, time] of times.entries()) t.true(Math.abs(time - (number * FRAME + 11)) < 1e-3, `${number}: ${time}`);
});

test('time never goes back, however stamps jitter, and no picture of the reference is moved but where a guess was later', (t) => {
  const random = randomOf(5);
  const jitter = (): number => (random() * 2 - 1) * 0.44 * FRAME;
  const sets = Array.from({ length: 400 }, (_, number): Frames => {
    const time = 100 + number * FRAME;
    const [under, mid, over] = [at(time + jitter(), 30), at(time + jitter(), 30), at(time + jitter(), 30)];
    return random() < 0.3 ? { over } : random() < 0.3 ? { under, over } : { under, mid, over };
  });
  const { times } = run(new OutputIdentity(), sets);
  for (const [number, time] of times.entries()) t.true(number === 0 || time > (times[number - 1] ?? 0), `${number}`);
  const moved = times.filter((time, number) => sets[number]?.mid && Math.abs(Number(sets[number]?.mid?.runningTime) / 1e6 - time) > 1e-9);
  t.true(moved.length <= 4, `${moved.length}`);
});

test('free cameras that change partners: the guess follows at once', (t) => {
  const sets = [0, 1, 2, 3, 4].map((number): Frames => {
    const time = number * FRAME;
    const over = at(number < 2 ? time + 18 : time + 18 - FRAME, 30);
    return number === 4 ? { over } : { mid: at(time, 30), over };
  });
  const { times } = run(new OutputIdentity(), sets);
  t.true(Math.abs((times[4] ?? 0) - 4 * FRAME) < 1e-3, `${times[4]}`);
});
