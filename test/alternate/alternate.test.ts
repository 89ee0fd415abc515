/** The rules of `alternate`. What a frame truly is, the tests know; what it is taken for, the sets show. */
import test from 'ava';
import { Subject } from 'rxjs';
import { alternate, parseGraphText, type Frame, type GraphError } from '../../plugin';
import { timesOf } from '../support/frames';
import { randomOf } from '../sync/simulate';
import { bench, FRAME, run } from './bracket';

const NAMES = ['under', 'mid', 'over'];
const STOPS = [-2, 0, 2];

const cycles: number[][] = [[-1, 1], [-2, 0, 2], [-3, -1, 1, 3], [-2, 0, 2, 0], [-3, -1.5, 0, 1.5, 3], [2, -2, 0]];
for (const cycle of cycles) {
  test(`a cycle of the stops ${cycle.join(', ')} is found, named from dark to bright, and not mistaken`, (t) => {
    for (let begin = 0; begin < cycle.length; begin += 1) {
      const b = bench();
      run(b, cycle, 20 * cycle.length, begin);
      const rounds = 20 - 3 - 2;
      t.true(b.sets.length >= rounds, `${b.sets.length} sets of 20 rounds`);
      const dark = [...cycle].sort((x, y) => x - y);
      t.deepEqual(b.kinds(), [dark.map((stops, index) => `exposure${index + 1} ${stops}`).join(', ')]);
      t.deepEqual(b.warnings, []);
      t.regex(b.notices.join(), new RegExp(`^A cycle of ${cycle.length} exposures was found at \\d\\.\\d{3} s\\.$`));
    }
  });
}

test('names are given from the darkest on, wherever the stream begins', (t) => {
  for (const begin of [0, 1, 2]) {
    const b = bench({ exposures: ['dark', 'bright', 'medium'] });
    run(b, [-2, 2, 0], 30, begin);
    t.deepEqual(b.kinds(), ['dark -2, bright 2, medium 0']);
    t.true(b.sets.length >= 6);
  }
});

test('with the first exposure known no frame is lost, and the cycle may begin at any', (t) => {
  const b = bench({ exposures: ['mid', 'over', 'under'], first: 'over' });
  run(b, [2, -2, 0], 32);
  t.deepEqual(b.kinds(), ['mid 0, over 2, under -2']);
  // Two frames end the round that the stream began in the middle of.
  t.is(b.sets.length, 10);
  t.deepEqual(timesOf(b.sets[0]).map(Math.round), [67, 100, 133]);
});

test('one set a round has the duration and the rate of rounds; its frames are its own', (t) => {
  const b = bench({ exposures: NAMES, first: 'under' });
  run(b, STOPS, 9);
  t.is(b.sets.length, 3);
  for (const { frames, origins } of b.sets) {
    t.true(frames.every(({ duration, shared, caps }) => duration === 99_999_999n && !shared && /framerate=\(fraction\)30\/3/.test(caps.text)));
    t.is(origins.length, 3);
  }
});

test('a set for each frame: the latest of each exposure, with the new one as the reference', (t) => {
  const b = bench({ exposures: NAMES, first: 'under', output: 'frame' });
  run(b, STOPS, 12);
  t.is(b.sets.length, 10);
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
  for (const [index, set] of b.sets.entries()) {
    const newest = Math.max(...timesOf(set));
    t.is(Math.round(newest), Math.round((index + 2) * FRAME));
    t.is(set.reference, set.branches[timesOf(set).indexOf(newest)]);
    t.true(set.frames.every(({ shared, caps }) => shared && /30\/1/.test(caps.text)));
  }
});

test('lost frames that the time stamps tell of cost their rounds only', (t) => {
  const b = bench({ exposures: NAMES });
  const lost = new Set([31, 47, 48, 61, 62, 63, 64]);
  for (let number = 0; number < 90; number += 1) if (!lost.has(number)) run(b, STOPS, 1, number);
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
  const rounds = b.sets.map((set) => Math.floor((timesOf(set)[0] + 1) / FRAME / 3));
  const expected = Array.from({ length: 30 }, (_, round) => round).filter((round) => ![...lost].some((number) => Math.floor(number / 3) === round));
  t.deepEqual(rounds, expected.filter((round) => round >= rounds[0]));
  t.true(rounds[0] <= 3);
  t.is(b.figures.get('alternate_lock_losses_total'), 0);
});

test('lost frames that nothing tells of: the lock is lost, told of, and found; nothing wrong comes out', (t) => {
  for (const output of ['cycle', 'frame'] as const) {
    const b = bench({ exposures: NAMES, output });
    run(b, STOPS, 30);
    const before = b.sets.length;
    // One frame is missing, and the stamps go on as if it were not.
    for (let number = 30; number < 90; number += 1) b.send({ exposure: STOPS[(number + 1) % 3], time: number * FRAME });
    t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
    t.true(b.sets.length >= before + (output === 'cycle' ? 17 : 50), `${b.sets.length - before}`);
    t.is(b.figures.get('alternate_lock_losses_total'), 1);
    t.is(b.figures.get('alternate_locked'), 1);
    t.deepEqual(b.warnings.map((text) => text.replace(/\d\.\d+ s/, 'T')), ['The cycle of exposures was lost at T; no frame is used until it is found again.']);
    t.is(b.notices.length, 2);
    t.regex(b.notices[1] ?? '', /found again at 1\.\d{3} s/);
  }
});

test('a flash costs its round, not the lock; a light that goes off costs the lock', (t) => {
  const b = bench({ exposures: NAMES });
  const light = (number: number): number => (number === 40 ? 16 : number < 60 ? 1 : 0.1);
  for (let number = 0; number < 120; number += 1) b.send({ exposure: STOPS[number % 3], time: number * FRAME, light: light(number) });
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
  t.is(b.figures.get('alternate_lock_losses_total'), 1);
  t.true(b.sets.length >= 30, `${b.sets.length}`);
});

test('a dusk of four stops in ten seconds is followed without losing the lock', (t) => {
  const b = bench({ exposures: NAMES });
  for (let number = 0; number < 300; number += 1) {
    b.send({ exposure: STOPS[number % 3], time: number * FRAME, light: 2 * 2 ** (-number / 75), motion: (number % 45) / 45 });
  }
  t.is(b.figures.get('alternate_lock_losses_total'), 0);
  t.true(b.sets.length >= 95, `${b.sets.length}`);
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
});

test('in random troubles no frame is ever taken for another exposure', (t) => {
  for (let seed = 1; seed <= 24; seed += 1) {
    const random = randomOf(seed * 31_337);
    const cycle = cycles[seed % 3];
    const b = bench(seed % 2 ? {} : { exposures: cycle.map((_, index) => `e${index}`), output: 'frame' });
    const [loss, unseen, jitter] = [random() * 0.05, random() * 0.01, random() * (seed % 3 === 0 ? 14 : 4)];
    let stamp = 0;
    let light = 1;
    for (let number = 0; number < 600; number += 1) {
      light *= 1 + 0.02 * (random() - 0.5);
      if (random() < 0.002) light = 0.3 + 2 * random();
      if (random() < unseen) continue; // Lost, and the stamps do not show it.
      stamp += 1;
      if (random() < loss) continue;
      const time = Math.max(0, stamp * FRAME + jitter * (2 * random() - 1));
      b.send({ exposure: cycle[number % cycle.length], time, light, motion: random() });
    }
    t.is(b.kinds().length, 1, `seed ${seed}: ${b.kinds().join(' / ')}`);
    t.true(b.sets.length > 10, `seed ${seed}: ${b.sets.length} sets`);
  }
});

test('where pictures look alike the count decides, as long as it can be trusted', (t) => {
  const dark = (b: ReturnType<typeof bench>, number: number, time = number * FRAME): void =>
    void b.send({ exposure: STOPS[number % 3], time, light: 1e-4 });
  const b = bench({ exposures: NAMES, first: 'under' });
  for (let number = 0; number < 30; number += 1) if (number !== 10) dark(b, number);
  t.is(b.sets.length, 9);
  t.deepEqual(b.kinds(), ['under -2, mid 0, over 2']);
  // More frames lost than two clocks can agree about.
  for (let number = 300; number < 330; number += 1) dark(b, number);
  t.is(b.sets.length, 9);
  t.is(b.figures.get('alternate_locked'), 0);
});

test('a stream without a cycle is told of, and gives nothing', (t) => {
  const b = bench({ exposures: NAMES });
  run(b, [0], 200);
  t.deepEqual(b.sets, []);
  t.deepEqual(b.warnings, ['No cycle of 3 exposures shows in the last 150 frames; nothing is fused.']);
  b.end();
  t.true(b.state.complete);
  t.is(b.warnings[1], 'The stream ended before a cycle of exposures was found in it; there is nothing to fuse.');
});

test('an error passes on; unsubscribing reaches the source', (t) => {
  const input = new Subject<Frame>();
  const seen: string[] = [];
  const subscription = input.pipe(alternate()).subscribe({ error: (error: Error) => seen.push(error.message) });
  t.true(input.observed);
  input.error(new Error('cable out'));
  t.deepEqual(seen, ['cable out']);
  subscription.unsubscribe();
  t.false(input.observed);
});

test('wrong options are refused, in code and in graphs', async (t) => {
  const refused = (options: object): string => t.throws(() => alternate(options), { name: 'GstIplError' })?.message ?? '';
  t.regex(refused({ exposures: ['a'] }), /two to five exposures, but "exposures" names 1/);
  t.regex(refused({ first: 'a' }), /"first" needs the names/);
  t.regex(refused({ exposures: ['a', 'b'], first: 'c' }), /names "c", which is not one of the exposures a, b/);
  t.regex(refused({ output: 'both' }), /one of cycle, frame/);
  const graph = (set: string, fused = ''): Promise<unknown> =>
    parseGraphText(
      `nodes:\n  cam: { use: source, launch: videotestsrc }\n  set: { use: alternate, from: cam${set} }\n` +
        `  fused: { use: ipl, from: set${fused} }\n  out: { use: sink, from: fused, launch: fakesink }\n`,
    );
  const problem = async (set: string, fused = ''): Promise<string> =>
    (await t.throwsAsync<GraphError>(graph(set, fused)))?.describe() ?? '';
  t.regex(await problem(', exposures: [under, over], first: ovr'), /Node "set": Option "first" names "ovr".*\n.*Did you mean "over"\?/);
  t.regex(await problem(', exposures: [under, over]', ', reference: cam'), /Option "reference" names "cam", which is not a branch\.\n.*under, over/);
  await t.notThrowsAsync(graph(', exposures: [under, over]', ', order: [under, over], reference: under'));
  await t.notThrowsAsync(graph(''));
});
