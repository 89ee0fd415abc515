/** What is at work is not given up; what is silent, is. */
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { Patience, PatientClock, unlessStuck } from '../../plugin/core/clocks/patience';
import type { Activity } from '../../plugin/core/clocks/process-activity';
import { pause } from '../support/frames';
import { until } from '../support/peers';

/** Silence after minutes that each go by with the same of it a second. */
function silenceAfter(seconds: number, each: Activity): number {
  let [now, done]: [number, Activity] = [0, { worked: 0, waited: 0, moved: 0 }];
  const patience = new Patience(0, () => done);
  let silence = 0;
  for (let second = 0; second < seconds; second += 1) {
    now += 1000;
    done = { worked: done.worked + each.worked, waited: done.waited + each.waited, moved: done.moved + each.moved };
    silence = patience.sample(now);
  }
  return silence;
}

test('silence counts, work counts a sixtieth of it, be it on a machine that gives little time or on a slow disk', (t) => {
  t.is(silenceAfter(10, { worked: 0, waited: 0, moved: 0 }), 10_000);
  t.is(silenceAfter(10, { worked: 20, waited: 500, moved: 0 }), 10_000); // One that polls, on a busy machine.
  t.is(Math.round(silenceAfter(60, { worked: 900, waited: 0, moved: 0 })), 1_000);
  t.is(Math.round(silenceAfter(60, { worked: 60, waited: 900, moved: 0 })), 1_000);
  t.is(Math.round(silenceAfter(60, { worked: 0, waited: 0, moved: 4096 })), 1_000);
});

test('a patient clock stands while there is work, and never goes back', (t) => {
  let done: Activity = { worked: 0, waited: 0, moved: 0 };
  const clock = new PatientClock(0, () => done);
  t.is(clock.now(100), 0, 'it is looked at four times a second');
  t.is(clock.now(1000), 1000);
  done = { ...done, worked: done.worked + 5000 };
  t.is(Math.round(clock.now(7000)), 1100);
  t.is(Math.round(clock.now(9000)), 3100);
});

test.serial('a thread at work is seen, and when it has ended', async (t) => {
  const worker = new Worker('for (;;);', { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  t.teardown(() => worker.terminate());
  const patience = new Patience();
  // On a machine that has no time for it, it does not work.
  for (let seen = 0; seen < 4; ) {
    await pause(250);
    if (patience.sample() < 100) seen += 1;
  }
  await worker.terminate();
  // Node's own threads may still be at work for a while.
  while (patience.sample() <= 700) await pause(250);
  t.pass();
});

test('a look that comes late, because the process was stopped or the machine slept, is no silence', (t) => {
  const patience = new Patience(0, () => ({ worked: 0, waited: 0, moved: 0 }));
  t.is(patience.sample(250), 250);
  t.is(patience.sample(3_600_000), 1250);
  t.is(patience.awake, 1250);
  t.is(patience.sample(3_600_250), 1500);
});

test('what takes long is stuck after a silence, and not before; what is done in time is not looked at', async (t) => {
  let stuck = 0;
  t.is(await unlessStuck(1_000, pause(100).then(() => 7), () => (stuck += 1)), 7);
  t.is(stuck, 0);
  const began = performance.now();
  await unlessStuck(1_000, new Promise<void>((resolve) => void until(() => stuck > 0).then(resolve)), () => (stuck += 1));
  t.is(stuck, 1);
  t.true(performance.now() - began >= 900);
});
