/** What repeats is told when it begins, now and then, and when it is over. */
import test from 'ava';
import { Conditions, type ConditionSettings } from '../../plugin/core/metrics/conditions';

interface Bench {
  /** Goes on in time, a second at a time. */
  wait(seconds: number): void;
  raise(message?: string): void;
  end(message?: string): void;
  readonly told: string[];
  active(): string[];
}

function bench(settings: ConditionSettings = {}): Bench {
  let now = 0;
  const told: string[] = [];
  const conditions = new Conditions(({ state, message }) => told.push(`${now / 1000} ${state}: ${message}`), () => now);
  const condition = conditions.of('silent', settings);
  return {
    told,
    active: () => conditions.active.map(({ message, degrades }) => `${message}${degrades ? ' degrades' : ''}`),
    raise: (message = 'It is silent.') => condition.raise(message),
    end: (message) => condition.end(message),
    wait(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        now += 1000;
        conditions.tick();
      }
      conditions.close(); // The clock is ours.
    },
  };
}

test('what holds is told at its begin and its end, and is active in between', (t) => {
  const b = bench({ holds: true, degrades: true });
  b.raise();
  t.deepEqual(b.active(), ['It is silent. degrades']);
  b.wait(5);
  b.raise('It is silent for 5 s.');
  b.raise('It is silent for 6 s.');
  t.deepEqual(b.active(), ['It is silent for 6 s. degrades'], 'The newest sentence is shown.');
  b.end('It speaks.');
  b.wait(60);
  t.deepEqual(b.active(), []);
  t.deepEqual(b.told, ['0 begins: It is silent.', '5 lasts: It is silent for 5 s.', '5 ends: It speaks. (after 5.0 s)'], 'Other numbers are no news, other words are.');
});

test('what happens once is told once', (t) => {
  const b = bench();
  b.raise();
  b.wait(9);
  t.is(b.active().length, 1);
  b.wait(60);
  t.deepEqual(b.active(), []);
  t.deepEqual(b.told, ['0 begins: It is silent.']);
});

test('what happens with every picture for two hours is eight lines, with counts', (t) => {
  const b = bench();
  for (let second = 0; second < 7200; second += 1) {
    b.raise();
    b.wait(1);
  }
  b.wait(20);
  t.deepEqual(b.told.map((line) => line.replace(/: .*/, '')), ['0 begins', '60 lasts', '180 lasts', '420 lasts', '900 lasts', '1860 lasts', '3780 lasts', '7209 ends']);
  t.is(b.told[1], '60 lasts: It is silent. (60 times in 60.0 s now)');
  t.is(b.told.at(-1), '7209 ends: Over: It is silent. (after 120 min, 7200 times)');
});

test('what comes and goes every two seconds is four lines in its first minute, and its end when it stays away', (t) => {
  const b = bench({ holds: true });
  for (let round = 0; round < 25; round += 1) {
    b.raise();
    b.wait(1);
    b.end('It speaks.');
    b.wait(1);
  }
  b.wait(30);
  t.deepEqual(b.told, [
    '0 begins: It is silent.',
    '1 ends: It speaks. (after 1.0 s)',
    '2 lasts: It is silent. It comes and goes; the next line about it comes in a minute.',
    '59 ends: It speaks. (after 49.0 s, 25 times)',
  ]);
  b.raise();
  t.is(b.told.at(-1), '80 begins: It is silent.', 'Another time is another condition.');
});

test('conditions that nobody raises cost no timer', (t) => {
  const conditions = new Conditions(() => t.fail());
  conditions.of('a').end();
  conditions.tick();
  t.deepEqual(conditions.active, []);
});
