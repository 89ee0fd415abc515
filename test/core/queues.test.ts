/** Queues, their policies, and how they hold GStreamer back. */
import test from 'ava';
import { Subject } from 'rxjs';
import { processQueued, type QueuePolicy } from '../../plugin';
import { BoundedQueue } from '../../plugin/core/queue/bounded-queue';
import { FlowControl } from '../../plugin/core/queue/flow-control';
import { pause } from '../support/frames';

interface Numbered {
  readonly value: number;
  readonly origins: readonly FlowControl[];
}

const item = (value: number, ...origins: FlowControl[]): Numbered => ({ value, origins });

function fill(policy: QueuePolicy, values: readonly number[]): { kept: number[]; dropped: number[]; tap: FlowControl } {
  const dropped: number[] = [];
  const tap = new FlowControl();
  const queue = new BoundedQueue<Numbered>({ capacity: 2, policy }, ({ value }) => dropped.push(value));
  for (const value of values) queue.push(item(value, tap));
  const held = tap.held;
  const kept: number[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) kept.push(next.value);
  tap.release({}); // Somebody else's release changes nothing.
  if (held !== (policy === 'block')) throw new Error(`held: ${held}`);
  return { kept, dropped, tap };
}

test('drop-oldest keeps what is fresh', (t) => {
  t.like(fill('drop-oldest', [1, 2, 3, 4]), { kept: [3, 4], dropped: [1, 2] });
});

test('drop-newest keeps what was begun', (t) => {
  t.like(fill('drop-newest', [1, 2, 3, 4]), { kept: [1, 2], dropped: [3, 4] });
});

test('block loses nothing, holds the tap while full and lets it run again', (t) => {
  const { kept, dropped, tap } = fill('block', [1, 2, 3]);
  t.deepEqual([kept, dropped, tap.held], [[1, 2, 3], [], false]);
});

test('block lets the tap run as soon as there is room', (t) => {
  const tap = new FlowControl();
  const queue = new BoundedQueue<Numbered>({ capacity: 2, policy: 'block' });
  queue.push(item(1, tap));
  t.false(tap.held);
  queue.push(item(2, tap));
  t.true(tap.held);
  queue.shift();
  t.false(tap.held);
  queue.push(item(3, tap));
  t.true(tap.held);
  queue.clear();
  t.false(tap.held);
  t.is(queue.length, 0);
});

test('a tap held by two queues runs only when both have room', async (t) => {
  const tap = new FlowControl();
  const holders = [{}, {}];
  for (const holder of holders) tap.hold(holder);
  let open = false;
  const opened = tap.whenOpen().then(() => (open = true));
  tap.release(holders[0] ?? {});
  await pause();
  t.false(open);
  tap.release(holders[1] ?? {});
  await opened;
  t.true(open);
});

test('a tap that is held again before the waiter wakes stays closed', async (t) => {
  const tap = new FlowControl();
  const holder = {};
  tap.hold(holder);
  let open = false;
  const opened = tap.whenOpen().then(() => (open = true));
  tap.release(holder);
  tap.hold(holder);
  await pause();
  t.false(open);
  tap.release(holder);
  await opened;
  t.true(open);
});

interface Job {
  readonly value: number;
  finish(result: string | undefined): void;
  fail(error: Error): void;
}

function work(settings?: { capacity: number; policy: QueuePolicy }, concurrency?: number): {
  input: Subject<Numbered>;
  jobs: Job[];
  output: string[];
  dropped: number[];
  stop: () => void;
} {
  const input = new Subject<Numbered>();
  const jobs: Job[] = [];
  const output: string[] = [];
  const dropped: number[] = [];
  const begin = ({ value }: Numbered): Promise<string | undefined> => {
    return new Promise((finish, fail) => jobs.push({ value, finish, fail }));
  };
  const subscription = input.pipe(processQueued(begin, settings, { onDrop: ({ value }) => dropped.push(value) }, concurrency)).subscribe({
    next: (text) => output.push(text),
    error: (error: Error) => output.push(`error ${error.message}`),
    complete: () => output.push('complete'),
  });
  return { input, jobs, output, dropped, stop: () => subscription.unsubscribe() };
}

test('work is done one after the other, in order, and completion waits for all of it', async (t) => {
  const { input, jobs, output } = work();
  for (const value of [1, 2, 3]) input.next(item(value));
  input.complete();
  t.is(jobs.length, 1);
  for (let index = 0; index < 3; index += 1) {
    t.false(output.includes('complete'));
    jobs[index]?.finish(`done ${index + 1}`);
    await pause();
  }
  t.deepEqual(output, ['done 1', 'done 2', 'done 3', 'complete']);
});

test('completing an idle stage completes at once', (t) => {
  const { input, output } = work();
  input.complete();
  t.deepEqual(output, ['complete']);
});

test('work that gives nothing emits nothing', async (t) => {
  const { input, jobs, output } = work();
  input.next(item(1));
  jobs[0]?.finish(undefined);
  input.complete();
  await pause();
  t.deepEqual(output, ['complete']);
});

test('an error in the work ends the stream, and nothing else is begun', async (t) => {
  const tap = new FlowControl();
  const { input, jobs, output } = work();
  for (const value of [1, 2, 3]) input.next(item(value, tap));
  t.true(tap.held);
  jobs[0]?.fail(new Error('broke'));
  await pause();
  t.deepEqual(output, ['error broke']);
  t.is(jobs.length, 1);
  t.false(tap.held);
});

test('an error of the source comes after what was queued before it', async (t) => {
  const { input, jobs, output } = work();
  for (const value of [1, 2]) input.next(item(value));
  input.error(new Error('upstream'));
  t.deepEqual(output, []);
  for (const index of [0, 1]) {
    jobs[index]?.finish(`done ${index + 1}`);
    await pause();
  }
  t.deepEqual(output, ['done 1', 'done 2', 'error upstream']);
});

test('unsubscribing forgets the queue and lets the taps run', async (t) => {
  const tap = new FlowControl();
  const { input, jobs, output, stop } = work();
  for (const value of [1, 2, 3, 4]) input.next(item(value, tap));
  t.true(tap.held);
  stop();
  t.false(tap.held);
  t.false(input.observed);
  jobs[0]?.finish('late');
  await pause();
  t.deepEqual([output, jobs.length], [[], 1]);
});

test('the tap is held while the queue behind the work is full, and only then', async (t) => {
  const tap = new FlowControl();
  const { input, jobs } = work({ capacity: 2, policy: 'block' });
  const held: boolean[] = [];
  for (const value of [1, 2, 3]) {
    input.next(item(value, tap));
    held.push(tap.held);
  }
  t.deepEqual(held, [false, false, true]);
  jobs[0]?.finish('');
  await pause();
  t.false(tap.held);
});

test('a live stage works on what is fresh and tells what it dropped', async (t) => {
  const { input, jobs, dropped } = work({ capacity: 1, policy: 'drop-oldest' });
  for (const value of [1, 2, 3, 4]) input.next(item(value));
  jobs[0]?.finish('');
  await pause();
  t.deepEqual([jobs.map(({ value }) => value), dropped], [[1, 4], [2, 3]]);
});

const NO_LIMIT = { capacity: 64, policy: 'block' } as const;

test('with several in work, results come in the order of arrival, and early ones count as in work', async (t) => {
  const { input, jobs, output } = work(NO_LIMIT, 3);
  for (const value of [1, 2, 3, 4, 5]) input.next(item(value));
  input.complete();
  t.is(jobs.length, 3);
  jobs[2]?.finish('done 3');
  jobs[1]?.finish('done 2');
  await pause();
  t.deepEqual([output, jobs.length], [[], 3]);
  jobs[0]?.finish('done 1');
  await pause();
  t.deepEqual([output, jobs.length], [['done 1', 'done 2', 'done 3'], 5]);
  jobs[4]?.finish(undefined);
  jobs[3]?.finish('done 4');
  await pause();
  t.deepEqual(output, ['done 1', 'done 2', 'done 3', 'done 4', 'complete']);
});

test('with several in work, an error follows what came before it, and nothing more is begun', async (t) => {
  const tap = new FlowControl();
  const { input, jobs, output } = work({ capacity: 1, policy: 'block' }, 3);
  for (const value of [1, 2, 3, 4, 5]) input.next(item(value, tap));
  t.true(tap.held);
  jobs[1]?.fail(new Error('broke'));
  jobs[2]?.finish('done 3');
  await pause();
  t.deepEqual([output, jobs.length], [[], 3]);
  jobs[0]?.finish('done 1');
  await pause();
  t.deepEqual([output, jobs.length], [['done 1', 'error broke'], 3]);
  t.false(tap.held);
});

test('with several in work, an error of the source comes after all that was before it', async (t) => {
  const { input, jobs, output } = work(NO_LIMIT, 2);
  for (const value of [1, 2, 3]) input.next(item(value));
  input.error(new Error('upstream'));
  for (const index of [1, 0, 2]) {
    jobs[index]?.finish(`done ${index + 1}`);
    await pause();
  }
  t.deepEqual(output, ['done 1', 'done 2', 'done 3', 'error upstream']);
});

test('with several in work, a live stage still drops what waited longest, and never what is in work', async (t) => {
  const { input, jobs, dropped } = work({ capacity: 1, policy: 'drop-oldest' }, 2);
  for (const value of [1, 2, 3, 4, 5]) input.next(item(value));
  jobs[1]?.finish('');
  jobs[0]?.finish('');
  await pause();
  t.deepEqual([jobs.map(({ value }) => value), dropped], [[1, 2, 5], [3, 4]]);
});

test('work that throws at once fails like work that rejects', async (t) => {
  const output: string[] = [];
  const broken = (): Promise<string> => {
    throw new Error('at once');
  };
  const input = new Subject<Numbered>();
  input.pipe(processQueued(broken)).subscribe({ error: (error: Error) => output.push(error.message) });
  input.next(item(1));
  await pause();
  t.deepEqual(output, ['at once']);
});
