/** A queue that loses much tells that the node behind it is too slow, in plain words, once. */
import test from 'ava';
import { Conditions } from '../../plugin/core/metrics/conditions';
import { reportQueue } from '../../plugin/core/queue/queue-watch';

/** @param drops whether the frame of a number is dropped */
function simulate(seconds: number, drops: (frame: number) => boolean): { told: string[]; degraded: boolean[]; dropped: number } {
  let now = 0;
  let dropped = 0;
  const told: string[] = [];
  const degraded: boolean[] = [];
  const conditions = new Conditions(({ state, message }) => told.push(`${Math.round(now / 1000)} ${state} ${message}`), () => now);
  const watch = reportQueue(
    { warn: (text) => told.push(text), condition: (name, settings) => conditions.of(name, settings), report: (name, value) => name === 'queue_dropped_total' && (dropped = value) },
    {},
    () => now,
  );
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    now = (frame * 1000) / 30;
    watch.onArrival?.(frame);
    if (drops(frame)) watch.onDrop?.(frame);
    conditions.tick();
    degraded[Math.floor(now / 1000)] = conditions.active.some(({ degrades }) => degrades);
  }
  conditions.close();
  return { told, degraded, dropped };
}

test('9 of 30 frames/s: overloaded, said once, degraded meanwhile, and said when it keeps up again', (t) => {
  const { told, degraded, dropped } = simulate(40, (frame) => frame >= 300 && frame < 900 && frame % 10 >= 3);
  t.is(dropped, 420);
  t.is(told.length, 2, told.join('\n'));
  t.regex(told[0] ?? '', /^1\d begins Overloaded: 9 of 30 frames\/s go through; the full queue drops the others\.$/);
  t.regex(told[1] ?? '', /^3\d ends Not overloaded any more: 30 of 30 frames\/s go through\. \(after 1\d\.\d s\)$/);
  t.deepEqual([degraded[5], degraded[20], degraded[39]], [false, true, false]);
});

test('the rate that is shown is that of the last five seconds', (t) => {
  let shown = '';
  let now = 0;
  const conditions = new Conditions(() => undefined, () => now);
  const watch = reportQueue({ warn: () => t.fail(), condition: (name, settings) => conditions.of(name, settings) }, {}, () => now);
  for (let frame = 0; frame < 600; frame += 1) {
    now = (frame * 1000) / 30;
    watch.onArrival?.(frame);
    if (frame % 10 >= 3) watch.onDrop?.(frame);
    shown = conditions.active[0]?.message ?? shown;
  }
  conditions.close();
  t.is(shown, 'Overloaded: 9 of 30 frames/s go through; the full queue drops the others.');
});

test('a hiccup is counted, and not told', (t) => {
  const { told, dropped } = simulate(30, (frame) => frame % 100 < 5);
  t.true(dropped > 40);
  t.deepEqual(told, []);
});
