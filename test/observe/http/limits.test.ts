/** The parts that keep clients within bounds, each by itself. */
import test from 'ava';
import { Desk, Unavailable } from '../../../plugin/observe/http/desk';
import { Kept } from '../../../plugin/observe/http/kept';
import { MOST_ADDRESSES, Pace, remember } from '../../../plugin/observe/http/pace';
import type { FromThread } from '../../../plugin/observe/http/protocol';
import { groupOf } from '../../../plugin/observe/http/remote';
import { Strangers } from '../../../plugin/observe/http/strangers';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a pace lets a burst pass, then so many a second, and more after a rest', (t) => {
  const pace = new Pace({ burst: 3, perSecond: 10 });
  t.deepEqual([0, 0, 0, 0, 0].map((now) => pace.reserve(now)), [0, 0, 0, 100, 200]);
  t.is(pace.reserve(300), 0);
  t.is(pace.reserve(300), 100);
  t.is(pace.reserve(60_000), 0);
  t.deepEqual([60_000, 60_000, 60_000, 60_050, 60_100].map((now) => pace.passes(now)), [true, true, false, false, true]);
});

test('addresses are forgotten, the longest silent first', (t) => {
  const known = new Map<string, number>();
  for (let address = 0; address < MOST_ADDRESSES; address += 1) remember(known, String(address), address);
  remember(known, '0', 0);
  remember(known, 'new', 1);
  t.is(known.size, MOST_ADDRESSES);
  t.deepEqual([known.has('0'), known.has('1'), known.has('new')], [true, false, true]);
});

test('of IPv6 a network is one address, IPv4 is itself', (t) => {
  t.is(groupOf('::ffff:10.0.0.7'), '10.0.0.7');
  t.is(groupOf('10.0.0.7'), '10.0.0.7');
  t.is(groupOf('2001:db8:1:2:3:4:5:6'), groupOf('2001:db8:1:2::9'));
  t.not(groupOf('2001:db8:1:2::9'), groupOf('2001:db8:1:3::9'));
  t.is(groupOf('2001:db8::'), '2001:db8:0:0::/64');
  t.is(groupOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  t.is(groupOf('::1'), '0:0:0:0::/64');
  t.is(groupOf(undefined), '');
});

test('some refusals are free, then they wait, and of many at once most are not waited for', async (t) => {
  const strangers = new Strangers({ refusals: 3 }, () => undefined);
  const began = performance.now();
  for (let index = 0; index < 3; index += 1) t.true(await strangers.refuse('a'));
  const free = performance.now() - began;
  t.true(await strangers.refuse('a'));
  t.true(performance.now() - began - free >= 240);
  const many = Array.from({ length: 100 }, () => strangers.refuse('a'));
  const first = await Promise.race([Promise.all(many.slice(8)), pause(200)]);
  t.deepEqual(first && [...new Set(first)], [false], 'Eight wait; the others are answered at once.');
  t.true(await strangers.refuse('b'), 'Another address is not concerned.');
});

test('wrong tokens are told of at once, then now and then, with their number', async (t) => {
  const told: string[] = [];
  const strangers = new Strangers({ refusals: 3 }, (message) => told.push(message), 200);
  for (let index = 0; index < 50; index += 1) strangers.wrongToken('10.0.0.7');
  for (let index = 0; index < 20; index += 1) strangers.wrongToken(`10.0.1.${index}`);
  t.deepEqual(told, ['A wrong token was shown by 10.0.0.7.']);
  await pause(400);
  t.deepEqual(told.slice(1), ['49 wrong tokens were shown by 10.0.0.7, and 20 by 20 other addresses.']);
});

interface Asked {
  readonly desk: Desk;
  readonly questions: Extract<FromThread, { type: 'question' }>[];
  answer(value: unknown): void;
}

function deskWith(rate: { everyMs: number; rests?: number }): Asked {
  const questions: Asked['questions'] = [];
  const desk = new Desk({ x: rate }, (message) => message.type === 'question' && questions.push(message));
  return { desk, questions, answer: (value) => desk.onReply({ type: 'given', id: questions.at(-1)?.id ?? 0, value }) };
}

test('one question of a name is asked at a time; some wait for it, more are sent away', async (t) => {
  const { desk, questions, answer } = deskWith({ everyMs: 0 });
  const first = desk.ask('x', 1);
  const waiting = Array.from({ length: 32 }, (_, index) => desk.ask('x', index + 2));
  await t.throwsAsync(desk.ask('x', 99), { instanceOf: Unavailable });
  await pause(20);
  t.deepEqual(questions.map(({ question }) => question), [1]);
  for (const one of [first, ...waiting]) {
    const { question } = questions.at(-1) ?? {};
    answer(question);
    t.is(await one, question);
    await pause(0);
  }
  t.is(questions.length, 33);
});

test('a question waits for its rate, and for the rest after one that took long', async (t) => {
  const { desk, questions, answer } = deskWith({ everyMs: 50, rests: 4 });
  const began = performance.now();
  const asked = [desk.ask('x'), desk.ask('x'), desk.ask('x')];
  await pause(100);
  answer('late');
  await asked[0];
  await pause(200);
  t.is(questions.length, 1, 'It rests for 400 ms.');
  while (questions.length < 2) await pause(5);
  t.true(performance.now() - began >= 495);
  answer('at once');
  while (questions.length < 3) await pause(5);
  answer('at once');
  await Promise.all(asked);
  t.true(performance.now() - began >= 540);
});

test('no answer: whoever asks is told in time, and nothing else is asked before it comes', async (t) => {
  const { desk, questions, answer } = deskWith({ everyMs: 0 });
  await t.throwsAsync(desk.ask('x', 1, 30), { instanceOf: Unavailable, message: /has not answered for 0\.03 s/ });
  await t.throwsAsync(desk.ask('x', 2, 30), { instanceOf: Unavailable });
  t.is(questions.length, 1);
  answer('late');
  const next = desk.ask('x', 3);
  t.is(questions.at(-1)?.question, 3, 'Whoever left is not asked for.');
  answer('now');
  t.is(await next, 'now');
  await t.throwsAsync(desk.ask('nothing'), { instanceOf: TypeError });
});

test('one answer serves all who ask meanwhile, and for a while; an old one where no new one comes', async (t) => {
  let made = 0;
  let respond: (value: number) => void = () => undefined;
  let now = 0;
  const kept = new Kept(() => new Promise<number>((resolve) => ((made += 1), (respond = resolve))), { freshMs: 60, patienceMs: 80 }, undefined, () => now);
  const all = Promise.all([kept.get(), kept.get(), kept.get()]);
  respond(1);
  t.deepEqual(await all, [1, 1, 1]);
  t.is(await kept.get(), 1);
  t.is(made, 1);
  kept.forget();
  const fresh = kept.get();
  t.is(made, 2);
  respond(2);
  t.is(await fresh, 2, 'What was true is not any more.');
  now += 60;
  t.is(await kept.get(60), 2, 'Nobody answers: the last one.');
  await t.throwsAsync(kept.get(59), { instanceOf: Unavailable }, 'It is too old.');
  t.is(made, 3, 'One question is on its way.');
  respond(3);
  await pause(0);
  t.is(await kept.get(), 3);
  const first = new Kept(() => new Promise<number>(() => undefined), { freshMs: 60, patienceMs: 20 }, 7, () => now);
  t.is(await first.get(60), 7, 'Nothing has been answered yet.');
  await t.throwsAsync(first.get(59), { instanceOf: Unavailable });
});
