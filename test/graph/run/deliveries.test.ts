/** Health by what outputs deliver, over a clock that stands while nobody is awake. */
import test from 'ava';
import { AwakeClock } from '../../../plugin/core/clocks/awake-clock';
import { GraphObservation } from '../../../plugin/graph/run/observation';
import type { Plan } from '../../../plugin/graph/plan';
import { healthOf } from '../../../plugin/observe/health';

const element = (name: string, output: string): object => ({ name, kind: output === 'none' ? 'stage' : 'fragment', output });

/** A camera into two outputs. */
function graph(): { view: GraphObservation; pass(seconds: number, turns?: number): string; delivered: { a: number; b: number } } {
  let now = 0;
  const nodes = [
    { name: 'cam', from: [], element: element('source', 'frames') },
    { name: 'a', from: ['cam'], element: element('record', 'none') },
    { name: 'b', from: ['cam'], element: element('publish', 'none') },
  ];
  const view = new GraphObservation({ nodes } as unknown as Plan, new AwakeClock(() => now));
  const delivered = { a: 0, b: 0 };
  view.watchOutput('a', () => delivered.a);
  view.watchOutput('b', () => delivered.b);
  view.onEvent({ type: 'started', duration: undefined });
  const pass = (seconds: number, turns = seconds * 2): string => {
    for (let turn = 0; turn < turns; turn += 1) {
      now += (seconds * 1000) / turns;
      view.arrived('cam', { runningTime: BigInt(now) } as never);
      view.nodes();
    }
    const { status, serving, over } = healthOf(view);
    return `${status}${serving ? ' serving' : ''}${over ? ' over' : ''}`;
  };
  return { view, pass, delivered };
}

test('an output that delivers nothing: degraded after 3 s, and after 30 s dead where it is the last, but never over', (t) => {
  const { view, pass, delivered } = graph();
  t.is(pass(1), 'starting');
  delivered.a = delivered.b = 1;
  t.is(pass(1), 'ready serving');
  delivered.b = 2;
  t.is(pass(2.5), 'degraded serving', 'a is silent');
  t.deepEqual(healthOf(view).reasons, ['Node "a" is silent: It has delivered no frame for 3 s.']);
  t.is(pass(25), 'degraded');
  t.is(pass(6), 'dead');
  delivered.b = 3;
  t.is(pass(0.5), 'degraded serving');
  delivered.a = 2;
  t.is(pass(0.5), 'ready serving');
});

test('an output that never delivers: starting, then dead', (t) => {
  const { pass } = graph();
  t.is(pass(10), 'starting');
  t.is(pass(25), 'dead');
});

test('a process that is stopped for an hour has not been silent', (t) => {
  const { pass, delivered } = graph();
  delivered.a = delivered.b = 1;
  t.is(pass(1), 'ready serving');
  t.is(pass(3600, 1), 'ready serving');
  t.is(pass(4), 'degraded', 'from then on it is.');
});
