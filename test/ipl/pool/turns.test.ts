import test from 'ava';
import { following, Turns } from '../../../plugin/ipl/pool/turns';

/** Whose turn it is now: waiting returns at once only for that one, so the buffer is read. */
const now = ({ buffer }: Turns): number => new Int32Array(buffer)[0] ?? NaN;

test('a turn is passed on by its owner only', (t) => {
  const turns = new Turns();
  t.is(now(turns), Turns.FIRST);
  turns.wait(1);
  turns.pass(2);
  t.is(now(turns), 1);
  turns.pass(1);
  turns.pass(1);
  t.is(now(turns), 2);
});

test('turns that were given up are passed over, whenever that was said', (t) => {
  const turns = new Turns();
  turns.giveUp(3);
  turns.giveUp(2);
  t.is(now(turns), 1);
  turns.pass(1);
  t.is(now(turns), 4);
  turns.giveUp(4); // During its turn.
  t.is(now(turns), 5);
  turns.giveUp(4); // Long after it.
  t.is(now(turns), 5);
});

test('to wait for a turn that is over is an error, not for ever', (t) => {
  const turns = new Turns();
  turns.pass(1);
  t.throws(() => turns.wait(1), { instanceOf: RangeError, message: /Turn 1 is over/ });
  turns.giveUp(2);
  t.throws(() => turns.wait(2), { instanceOf: RangeError });
  const last = 2 ** 31 - 1;
  new Int32Array(turns.buffer)[0] = following(last);
  t.throws(() => turns.wait(last), { instanceOf: RangeError });
});

test('all threads see the same turns', (t) => {
  const turns = new Turns();
  const other = new Turns(turns.buffer);
  other.giveUp(2);
  turns.pass(1);
  t.deepEqual([now(turns), now(other)], [3, 3]);
});

test('numbers wrap around', (t) => {
  const turns = new Turns();
  const last = 2 ** 31 - 1;
  new Int32Array(turns.buffer)[0] = last;
  turns.pass(last);
  t.is(now(turns), -(2 ** 31));
  let at = -2;
  new Int32Array(turns.buffer)[0] = at;
  for (let step = 0; step < 5; step += 1) {
    turns.pass(at);
    at = following(at);
    t.is(now(turns), at);
  }
  t.is(at, 3);
});
