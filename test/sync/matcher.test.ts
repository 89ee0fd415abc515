/** Pairing under all that cameras and networks do to time stamps: thousands of frames in virtual time, seeded. */
import test from 'ava';
import { completeNumbers, mixedSets, randomOf, simulate, widestSet, type Camera, type Outcome } from './simulate';

const FRAME = 1000 / 30;

/** How many of each kind there are in a list of texts. */
const lackOf = ({ sets }: Outcome): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { members } of sets) {
    const present = members.flatMap((member, index) => (member ? [index] : [])).join('');
    counts[present] = (counts[present] ?? 0) + 1;
  }
  return counts;
};

const inOrder = ({ sets }: Outcome): boolean =>
  sets.every(({ members }, index) => {
    const before = sets[index - 1]?.members ?? [];
    return members.every((member, branch) => !member || !before[branch] || member.number > before[branch].number);
  });

for (const seed of [1, 2]) {
  test(`jitter of 15 ms and 5 % loss at 30 frames/s: only true sets, and 95 % of them (seed ${seed})`, (t) => {
    const camera: Camera = { jitter: 15, loss: 0.05 };
    const outcome = simulate({ cameras: [camera, camera, camera], seconds: 110, seed });
    const complete = completeNumbers(outcome).length;
    t.true(complete > 2700, `${complete}`);
    t.deepEqual(mixedSets(outcome), []);
    const share = outcome.sets.length / complete;
    t.log(`${outcome.sets.length} of ${complete} complete sets, ${(share * 100).toFixed(1)} %`);
    t.true(share >= 0.95, `${share}`);
    t.true(inOrder(outcome));
    t.is(outcome.silences, 0);
  });
}

test('exact stamps: every set, from the first on, whatever is lost', (t) => {
  const outcome = simulate({ cameras: [{ loss: 0.1 }, { loss: 0.1 }, { loss: 0.1 }], seconds: 30, seed: 4 });
  t.deepEqual(outcome.sets.map(({ members }) => members[0]?.number), completeNumbers(outcome));
  t.deepEqual(mixedSets(outcome), []);
});

test('stamps in whole milliseconds, a phase between the cameras: every set but at most one', (t) => {
  const rounded: Camera = { trouble: (_, time) => Math.round(time) - time };
  const outcome = simulate({ cameras: [rounded, { ...rounded, phase: 11 }, { ...rounded, phase: 5 }], seconds: 20, seed: 4 });
  t.true(outcome.sets.length >= 599, `${outcome.sets.length}`);
  t.deepEqual(mixedSets(outcome), []);
});

/** Cameras that shoot together, and whatever may happen to each. */
function troubledCamera(random: () => number, genlocked: boolean): Camera {
  const pick = (least: number, most: number): number => least + (most - least) * random();
  const trouble = random();
  const from = Math.floor(pick(60, 300));
  const length = Math.floor(pick(1, 90));
  const inTrouble = (number: number): boolean => number >= from && number < from + length;
  const shift = pick(1000, 4000) * (random() < 0.5 ? -1 : 1);
  // Clocks that are wrong for a while, cameras that are away for a while.
  const glitch = trouble < 0.25 ? (number: number): number => (inTrouble(number) ? shift : 0) : undefined;
  const outage = trouble > 0.7 ? (number: number): number | undefined => (inTrouble(number) ? undefined : 0) : glitch;
  return {
    jitter: pick(0, genlocked ? 0.449 : 0.25) * FRAME * (random() < 0.5 ? 1 : 0.3),
    loss: pick(0, 0.15),
    latency: pick(0, 60),
    latencyJitter: pick(0, 60),
    phase: genlocked ? 0 : pick(0, FRAME),
    trueRate: genlocked ? 30 : 30 * (1 + pick(-1e-3, 1e-3)),
    trouble: outage,
  };
}

test('cameras that shoot together, in 12 random troubles: never two instants in one set, and they recover', (t) => {
  // Each number of cameras with each policy.
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = randomOf(seed * 7919);
    const cameras = Array.from({ length: 2 + (seed % 4) }, () => troubledCamera(random, true));
    const late = (['skip', 'degrade', 'wait'] as const)[seed % 3];
    const outcome = simulate({ cameras, seconds: 20, seed, late });
    t.deepEqual(mixedSets(outcome), [], `seed ${seed}`);
    t.true(inOrder(outcome), `seed ${seed}`);
    t.true(outcome.longestQueue <= 16);
    const afterwards = outcome.sets.filter(({ members }) => members.every((member) => member && member.time > 16_000));
    const complete = completeNumbers(outcome).filter((number) => number * FRAME > 16_000).length;
    t.true(afterwards.length > 0.8 * complete, `seed ${seed} (${late}): ${afterwards.length} of ${complete}`);
  }
});

test('free cameras, in 8 random troubles: no set is wider than it must be', (t) => {
  for (let seed = 1; seed <= 8; seed += 1) {
    const random = randomOf(seed * 104_729);
    const cameras = Array.from({ length: 2 + (seed % 4) }, () => troubledCamera(random, false));
    const outcome = simulate({ cameras, seconds: 20, seed, late: seed % 2 ? 'skip' : 'degrade' });
    const limit = ((cameras.length - 1) / cameras.length + 0.15) * FRAME;
    t.true(widestSet(outcome) <= limit, `seed ${seed}: ${widestSet(outcome)} of ${limit}`);
    t.true(inOrder(outcome), `seed ${seed}`);
    const full = outcome.sets.filter(({ members }) => members.every((member) => member && member.time > 15_000)).length;
    t.true(full > 30, `seed ${seed}: ${full} sets in the last five seconds`);
  }
});

test('clocks that drift by 1e-3 lose a frame at each change of partners, and nothing else', (t) => {
  const cameras: Camera[] = [{ jitter: 3 }, { trueRate: 30.03, jitter: 3 }, { trueRate: 29.97, jitter: 3 }];
  const outcome = simulate({ cameras, seconds: 100, seed: 6 });
  // The slowest takes 2997; changes of partners are 3 s apart at the most.
  t.true(outcome.sets.length > 2960, `${outcome.sets.length}`);
  t.true(widestSet(outcome) < 0.8 * FRAME, `${widestSet(outcome)}`);
});

const rates: [title: string, cameras: Camera[], sets: number, widest: number][] = [
  ['25 and 30', [{ rate: 25 }, { rate: 30 }], 500, FRAME / 2],
  ['15 and 30', [{ rate: 15 }, { rate: 30 }], 300, 0.001],
  ['29.97 and 30', [{ rate: 30, trueRate: 29.97 }, { rate: 30 }], 599, FRAME * 0.6],
  ['a camera that gives 25 but says 30', [{ rate: 30, trueRate: 25 }, { rate: 30 }], 455, FRAME * 0.65],
];
for (const [title, cameras, least, widest] of rates) {
  test(`frame rates of ${title}: one set for each frame of the slower, with the nearest frame of the other`, (t) => {
    const outcome = simulate({ cameras, seconds: 20, seed: 3 });
    t.true(outcome.sets.length >= least && outcome.sets.length <= least + 45, `${outcome.sets.length}`);
    t.true(widestSet(outcome) <= widest, `${widestSet(outcome)}`);
    for (const branch of [0, 1]) {
      const used = outcome.sets.map(({ members }) => members[branch]?.number);
      t.is(new Set(used).size, used.length, 'A frame was used twice.');
    }
    // One that says a wrong rate seems to lose frames until its rate is measured.
    t.true(outcome.drops.partnerless <= (title.includes('says') ? 32 : 0), `${outcome.drops.partnerless}`);
  });
}

const degradedRates: [title: string, rates: readonly number[], sets: number][] = [
  ['10, 8 and 10', [10, 8, 10], 160],
  ['30, 25 and 30', [30, 25, 30], 500],
  ['25, 30 and 25', [25, 30, 25], 500],
];
for (const [title, rates, sets] of degradedRates) {
  const cameras = rates.map((rate): Camera => ({ rate }));
  test(`degrade: frame rates of ${title}: one set for each frame of the slowest, and none lacks what was not due`, (t) => {
    const outcome = simulate({ cameras, seconds: 20, seed: 3, late: 'degrade' });
    const { '012': complete = 0, ...others } = lackOf(outcome);
    t.true(complete >= sets - 1 && complete <= sets, `${complete}`);
    // When the slowest has ended, the others go on.
    t.true(Object.values(others).reduce((sum, count) => sum + count, 0) <= 1, JSON.stringify(others));
  });
}

test('degrade: a frame that the slow camera lost costs one set its exposure, and no set comes beside it', (t) => {
  const lossy: Camera = { rate: 15, trouble: (number) => (number % 10 === 5 ? undefined : 0) };
  const outcome = simulate({ cameras: [{ rate: 30 }, lossy, { rate: 30 }], seconds: 20, seed: 3, late: 'degrade' });
  // And the last one, after the slow camera has ended.
  t.deepEqual(lackOf(outcome), { '012': 270, '02': 31 });
});

test('degrade: when the slow camera is dead, the others go on at their own rate', (t) => {
  const slow: Camera = { rate: 15, trouble: (number) => (number < 150 ? 0 : undefined) };
  const outcome = simulate({ cameras: [{ rate: 30 }, slow, { rate: 30 }], seconds: 20, seed: 3, late: 'degrade' });
  const { '012': complete, '02': degraded = 0 } = lackOf(outcome);
  t.is(complete, 150);
  t.true(degraded >= 299 && degraded <= 301, `${degraded}`);
});

test('free cameras half a frame apart keep their partners', (t) => {
  const outcome = simulate({ cameras: [{ jitter: 4 }, { jitter: 4, phase: FRAME / 2 }], seconds: 60, seed: 9 });
  const settled = outcome.sets.slice(150);
  const distances = new Set(settled.map(({ members: [a, b] }) => (b?.number ?? 0) - (a?.number ?? 0)));
  t.is(distances.size, 1, [...distances].join(' '));
  t.true(outcome.sets.length > 1780, `${outcome.sets.length}`);
});

const dead: Camera = { trouble: (number) => (number < 150 ? 0 : undefined) };
const away: Camera = { trouble: (number) => (number < 150 || number >= 300 ? 0 : undefined) };

test('a frame that is sent twice is in one set only, also when its camera is alone', (t) => {
  const jitter = 2;
  const twice: Camera = { jitter, twice: (number) => number % 50 === 20 };
  for (const others of [{ jitter }, { jitter, ...dead }]) {
    const outcome = simulate({ cameras: [others, twice, others], seconds: 60, seed: 11, late: 'degrade' });
    const numbers = outcome.sets.flatMap(({ members }) => members[1]?.number ?? []).filter((number) => number > 100);
    t.true(numbers.length > 1600, `${numbers.length}`);
    t.is(new Set(numbers).size, numbers.length);
  }
});

test('skip: a dead branch ends the sets, and does not hold more frames than fit', (t) => {
  const outcome = simulate({ cameras: [{}, dead, {}], seconds: 15, seed: 5 });
  t.is(outcome.sets.length, 150);
  t.is(outcome.silences, 1);
  t.true(outcome.longestQueue <= 10, `${outcome.longestQueue}`);
});

test('degrade: a dead branch is waited for once, then the others go on at their pace', (t) => {
  const outcome = simulate({ cameras: [{}, dead, {}], seconds: 15, seed: 5, late: 'degrade' });
  t.deepEqual(lackOf(outcome), { '012': 150, '02': 300 });
  t.is(outcome.silences, 1);
  const delays = outcome.sets.slice(165).map(({ members, at }) => at - (members[0]?.time ?? 0));
  t.true(Math.max(...delays) < 60, `${Math.max(...delays)} ms`);
});

test('degrade: a branch that comes back is in the sets again', (t) => {
  const outcome = simulate({ cameras: [{}, away, {}], seconds: 20, seed: 5, late: 'degrade' });
  t.true((lackOf(outcome)['012'] ?? 0) >= 440, JSON.stringify(lackOf(outcome)));
  t.deepEqual(mixedSets(outcome), []);
});

test('degrade: one camera alone still gives sets', (t) => {
  const outcome = simulate({ cameras: [{}, dead, dead], seconds: 10, seed: 5, late: 'degrade' });
  t.deepEqual(lackOf(outcome), { '012': 150, '0': 150 });
});

test('degrade: lost frames cost the set their exposure, jittered or not; no frame is in two sets', (t) => {
  for (const jitter of [0, 12]) {
    const camera: Camera = { jitter, loss: 0.1 };
    const outcome = simulate({ cameras: [camera, camera, camera], seconds: 60, seed: 8, late: 'degrade' });
    t.deepEqual(mixedSets(outcome), []);
    const instants = new Set(outcome.sent.flat().map(({ number }) => number)).size;
    t.true(outcome.sets.length > 0.9 * instants && outcome.sets.length <= instants, `${outcome.sets.length} of ${instants}`);
    const numbers = outcome.sets.map(({ members }) => members.find((member) => member)?.number);
    t.is(new Set(numbers).size, numbers.length);
  }
});

test('skip and degrade: what comes later than `wait` is dropped, what comes sooner is not', (t) => {
  for (const late of ['skip', 'degrade'] as const) {
    const inTime = simulate({ cameras: [{}, { latency: 200 }, {}], seconds: 10, seed: 2, late });
    t.deepEqual(lackOf(inTime), { '012': 300 });
    const tooLate = simulate({ cameras: [{}, { latency: 400 }, {}], seconds: 10, seed: 2, late });
    t.true(tooLate.drops.late > 280, JSON.stringify(tooLate.drops));
    // The one that is late is left out; those that are not are not ahead of it.
    t.deepEqual(lackOf(tooLate), late === 'degrade' ? { '02': 300 } : {});
  }
});

test('degrade: of two cameras the one that is late is left out, and the other is not taken to be ahead', (t) => {
  const outcome = simulate({ cameras: [{}, { latency: 400 }], seconds: 10, seed: 2, late: 'degrade' });
  t.deepEqual(lackOf(outcome), { '0': 300 });
  t.is(outcome.drops.early, 0);
});

test('wait: a branch that is slow to start is waited for, and nothing is lost', (t) => {
  const slow: Camera = { latency: 3000 };
  const outcome = simulate({ cameras: [{}, slow], seconds: 10, seed: 2, late: 'wait', wait: 10_000, queue: { capacity: 128, policy: 'drop-oldest' } });
  t.is(outcome.sets.length, 300);
  t.is(outcome.silences, 0);
});

test('a clock that runs seconds ahead gives no set, and does not stop the others', (t) => {
  const ahead: Camera = { trouble: (number) => (number < 150 ? 0 : 5000) };
  const degraded = simulate({ cameras: [{}, ahead, {}], seconds: 20, seed: 2, late: 'degrade' });
  // When the others have ended, nobody can tell any more that it is ahead.
  const { '1': alone = 0, ...sets } = lackOf(degraded);
  t.deepEqual(sets, { '012': 150, '02': 450 });
  t.true(alone < 10, `${alone}`);
  t.deepEqual(mixedSets(degraded), []);
  const skipped = simulate({ cameras: [{}, ahead, {}], seconds: 20, seed: 2, late: 'skip' });
  t.is(skipped.sets.length, 150);
});

test('an explicit tolerance pairs by the times as they are', (t) => {
  const outcome = simulate({ cameras: [{ jitter: 3 }, { jitter: 3 }], seconds: 10, seed: 2, tolerance: 2 });
  t.true(outcome.sets.length > 100 && outcome.sets.length < 200, `${outcome.sets.length}`);
  for (const { members: [a, b] } of outcome.sets) t.true(Math.abs((a?.stamp ?? 0) - (b?.stamp ?? 0)) <= 2);
});
