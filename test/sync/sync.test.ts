/** The rules of `sync`, one by one. Times are in milliseconds. */
import test from 'ava';
import { Subject, lastValueFrom, toArray } from 'rxjs';
import { sources, sync, type ExposureSet, type Frame, type GstIplError, type SyncOptions } from '../../plugin';
import { makeFrame, pause, SMALL, timesOf } from '../support/frames';

interface Bench {
  readonly inputs: Subject<Frame>[];
  /** Sets as lists of times, then `complete` or the error. */
  readonly output: (number[] | string)[];
  readonly warnings: string[];
  error?: GstIplError;
  /** Sends frames of given times to a branch. */
  send(branch: number, ...times: number[]): Frame[];
  stop(): void;
}

const NAMES = ['under', 'mid', 'over'];

function bench(branches: number, options: SyncOptions = {}): Bench {
  const inputs = Array.from({ length: branches }, () => new Subject<Frame>());
  const warnings: string[] = [];
  const output: (number[] | string)[] = [];
  const bench: Bench = {
    inputs,
    output,
    warnings,
    send: (branch, ...times) =>
      times.map((time) => {
        const frame = makeFrame(time);
        inputs[branch]?.next(frame);
        return frame;
      }),
    stop: () => subscription.unsubscribe(),
  };
  const onWarning = (text: string): void => void warnings.push(text);
  const subscription = sync(inputs, { branches: NAMES.slice(0, branches), onWarning, ...options }).subscribe({
    next: (set) => output.push(timesOf(set)),
    error: (error: GstIplError) => {
      bench.error = error;
      output.push('error');
    },
    complete: () => output.push('complete'),
  });
  return bench;
}

test('frames of one instant become sets, in the order of the branches, whoever comes first', (t) => {
  const { send, output, inputs, warnings } = bench(3);
  send(2, 0, 33.3);
  send(0, 0);
  t.deepEqual(output, []);
  send(1, 0, 33.3);
  t.deepEqual(output, [[0, 0, 0]]);
  send(0, 33.3);
  for (const input of inputs) input.complete();
  t.deepEqual(output, [[0, 0, 0], [33.3, 33.3, 33.3], 'complete']);
  t.deepEqual(warnings, []);
});

test('a set names its branches and carries the taps of all', (t) => {
  const inputs = [new Subject<Frame>(), new Subject<Frame>()];
  const seen: unknown[] = [];
  sync(inputs, { branches: ['dark', 'bright'] }).subscribe((set) => seen.push(set.kind, set.branches, set.origins));
  const frames = [makeFrame(0), makeFrame(0)];
  frames.forEach((frame, index) => inputs[index]?.next(frame));
  t.deepEqual(seen, ['exposures', ['dark', 'bright'], frames.flatMap(({ origins }) => origins)]);
});

test('jitter within the tolerance is no obstacle', (t) => {
  const { send, output } = bench(2, { tolerance: '5ms' });
  send(0, 0, 33, 66, 100);
  send(1, 4, 31, 66, 105);
  t.deepEqual(output, [[0, 4], [33, 31], [66, 66], [100, 105]]);
});

test('beyond the tolerance frames have no partner', (t) => {
  const { send, output } = bench(2, { tolerance: '5ms' });
  send(0, 0, 33, 66);
  send(1, 5.1, 33, 72, 99);
  t.deepEqual(output, [[33, 33]]);
});

test('without a tolerance half a frame decides: the nearest frame is the partner', (t) => {
  const { send, output } = bench(2);
  // 30 frames/s: half a frame is 16.67 ms. A second frame shows that the stamps are steady.
  send(0, 0);
  send(1, 16);
  t.deepEqual(output, []);
  send(0, 33.333);
  send(1, 49.333);
  t.deepEqual(output, [[0, 16], [33.333, 49.333]]);
  send(0, 66.667, 100);
  send(1, 116);
  t.deepEqual(output.slice(2), [[100, 116]]);
});

test('a clock that is off by more than half a frame is put right where that is declared', (t) => {
  const { send, output } = bench(3, { offsets: { over: '40ms', mid: '-5ms' } });
  send(0, 100, 133.333);
  send(1, 95, 128.333);
  send(2, 140, 173.333);
  t.deepEqual(output, [[100, 95, 140], [133.333, 128.333, 173.333]]);
});

test('half a frame comes from the frames where the caps have no rate', (t) => {
  const inputs = [new Subject<Frame>(), new Subject<Frame>()];
  const sets: number[][] = [];
  sync(inputs).subscribe((set) => sets.push(timesOf(set)));
  const capsText = SMALL.replace('30/1', '0/1');
  const send = (branch: number, time: number): void => inputs[branch]?.next(makeFrame(time, { capsText, duration: 100_000_000n }));
  send(0, 0);
  send(1, 50);
  t.deepEqual(sets, [[0, 50]]);
  send(0, 100);
  send(1, 151);
  send(0, 160);
  t.deepEqual(sets, [[0, 50], [160, 151]]);
});

test('degrade: a camera that tells no rate, and gives each frame another duration, is found by its stamps and keeps nobody apart', (t) => {
  const inputs = [new Subject<Frame>(), new Subject<Frame>(), new Subject<Frame>()];
  const sizes: number[] = [];
  sync(inputs, { late: 'degrade', wait: '10s' }).subscribe((set) => sizes.push(set.frames.length));
  const rated = SMALL.replace('30/1', '10/1');
  for (let index = 0; index < 100; index += 1) {
    const time = index * 100;
    inputs[0]?.next(makeFrame(time, { capsText: rated, duration: 100_000_000n }));
    inputs[1]?.next(makeFrame(time + 3 + (index % 5), { capsText: SMALL.replace('30/1', '0/1'), duration: BigInt(20_000_000 + (index % 7) * 13_000_000) }));
    inputs[2]?.next(makeFrame(time + 27, { capsText: rated, duration: 100_000_000n }));
  }
  t.true(sizes.length >= 95, `${sizes.length} sets`);
  t.true(sizes.slice(-60).every((size) => size === 3), sizes.join(' '));
});

test('a branch that begins a second later meets the others there', (t) => {
  const { send, output, inputs, warnings } = bench(3);
  for (let time = 0; time < 1200; time += 100) {
    send(0, time);
    send(1, time);
    if (time >= 1000) send(2, time);
  }
  for (const input of inputs) input.complete();
  t.deepEqual(output, [[1000, 1000, 1000], [1100, 1100, 1100], 'complete']);
  t.deepEqual(warnings, []);
});

test('lost frames of one branch cost these sets only', (t) => {
  const { send, output } = bench(2);
  for (const time of [0, 33, 67, 100, 133]) {
    send(0, time);
    if (time !== 33 && time !== 67) send(1, time);
  }
  t.deepEqual(output, [[0, 0], [100, 100], [133, 133]]);
});

test('what arrives after its set was given up is dropped', async (t) => {
  const { send, output } = bench(2, { wait: '20ms' });
  send(0, 0);
  await pause(60);
  send(1, 0);
  send(0, 33);
  t.deepEqual(output, []);
  send(1, 33);
  t.deepEqual(output, [[33, 33]]);
});

test('a silent branch is told of once, its sets are skipped, and a new silence is told of again', async (t) => {
  const { send, output, warnings, stop } = bench(2, { wait: '20ms' });
  send(0, 0);
  send(1, 0);
  send(0, 33, 67);
  await pause(120);
  t.deepEqual(warnings, ['Branch "mid" is silent since 0.000 s; its sets are skipped.']);
  send(0, 100);
  send(1, 100);
  t.deepEqual(output, [[0, 0], [100, 100]]);
  send(0, 133);
  await pause(60);
  t.deepEqual(warnings.slice(1), ['Branch "mid" is silent since 0.100 s; its sets are skipped. It comes and goes; the next line about it comes in a minute.']);
  stop();
});

test('a branch that comes too late every time is told of once, until it is in a set again', async (t) => {
  const { send, warnings, output, stop } = bench(2, { wait: '10ms', late: 'degrade' });
  send(0, 0);
  send(1, 0);
  for (let time = 33; time < 200; time += 33) {
    send(0, time);
    await pause(30);
    send(1, time);
  }
  t.deepEqual(warnings, ['Branch "mid" is silent since 0.000 s; the others are fused without it.']);
  t.deepEqual(output.slice(1), [[33], [66], [99], [132], [165], [198]]);
  send(1, 231);
  send(0, 231, 264);
  await pause(30);
  t.is(warnings.length, 2);
  stop();
});

test('a branch that never speaks is told of as such', async (t) => {
  const { send, warnings, stop } = bench(2, { wait: '20ms' });
  send(0, 500);
  await pause(60);
  t.deepEqual(warnings, ['Branch "mid" has given nothing yet; its sets are skipped.']);
  stop();
});

test('a branch that is merely slow is waited for', async (t) => {
  const { send, output, warnings, stop } = bench(2, { wait: '10s' });
  send(0, 0);
  await pause(40);
  send(1, 0);
  t.deepEqual([output, warnings], [[[0, 0]], []]);
  stop();
});

test('a branch whose source is held back further on is not late, however long it takes', async (t) => {
  for (const late of ['skip', 'degrade'] as const) {
    const { send, output, warnings, stop } = bench(2, { wait: '10ms', late });
    send(0, 0);
    const [held] = send(1, 0);
    const queueFurtherOn = {};
    held?.origins[0]?.hold(queueFurtherOn);
    send(0, 33.333);
    await pause(60);
    t.deepEqual([output, warnings], [[[0, 0]], []]);
    held?.origins[0]?.release(queueFurtherOn);
    send(1, 33.333);
    t.deepEqual([output, warnings], [[[0, 0], [33.333, 33.333]], []]);
    stop();
  }
});

test('stills are partners where their times agree as well as those of free cameras', (t) => {
  const { send, output, inputs, warnings } = bench(3);
  send(0, 0);
  send(1, 10);
  send(2, 20);
  for (const input of inputs) input.complete();
  t.deepEqual([output, warnings], [[[0, 10, 20], 'complete'], []]);
});

test('branches that end together end without a word', (t) => {
  const { send, output, inputs, warnings } = bench(2);
  send(0, 0);
  inputs[0]?.complete();
  t.deepEqual(output, []);
  send(1, 0);
  inputs[1]?.complete();
  t.deepEqual([output, warnings], [[[0, 0], 'complete'], []]);
});

test('a short branch ends the stream after its last frame, and that is told', (t) => {
  const { send, output, inputs, warnings } = bench(3);
  send(0, 0, 33);
  send(1, 0, 33);
  send(2, 0);
  inputs[2]?.complete();
  t.deepEqual(output, [[0, 0, 0], 'complete']);
  t.deepEqual(warnings, ['Branch "over" ends at 0.000 s, before "under", "mid"; the fused stream ends there.']);
  t.false(inputs[0]?.observed);
});

test('what waits of an ended branch is still used', (t) => {
  const { send, output, inputs, warnings } = bench(2);
  send(0, 0, 33);
  inputs[0]?.complete();
  send(1, 0);
  t.deepEqual(output, [[0, 0]]);
  send(1, 33);
  t.deepEqual(output, [[0, 0], [33, 33]]);
  send(1, 67);
  t.deepEqual(output.at(-1), 'complete');
  t.deepEqual(warnings, ['Branch "under" ends at 0.033 s, before "mid"; the fused stream ends there.']);
});

test('a branch that ends without a frame ends the stream', (t) => {
  const { send, output, inputs, warnings } = bench(2);
  inputs[1]?.complete();
  send(0, 0);
  t.deepEqual(output, ['complete']);
  t.deepEqual(warnings, ['Branch "mid" ends without a frame; there is nothing to fuse.']);
});

test('an error of a branch is the error of the sets', (t) => {
  const broken = bench(2);
  broken.inputs[1]?.error(new Error('cable out'));
  t.deepEqual([broken.output, broken.error?.message], [['error'], 'cable out']);
  t.false(broken.inputs[0]?.observed);
});

test('a full branch holds its source back, and only its own, until its frames are used', (t) => {
  const { send } = bench(2, { queue: { capacity: 2, policy: 'block' } });
  const [first, second] = send(0, 0, 33);
  t.false(first?.origins[0]?.held);
  t.true(second?.origins[0]?.held);
  send(1, 0);
  t.false(second?.origins[0]?.held);
});

test('unsubscribing lets all sources run and leaves no timer', async (t) => {
  const { send, stop, warnings, inputs } = bench(2, { wait: '20ms' });
  const [, held] = send(0, 0, 33);
  stop();
  await pause(50);
  t.false(held?.origins[0]?.held);
  t.deepEqual([warnings, inputs.map(({ observed }) => observed)], [[], [false, false]]);
});

test('drop-oldest keeps a live branch fresh instead of holding it', (t) => {
  const { send, output } = bench(2, { queue: { capacity: 2, policy: 'drop-oldest' } });
  const frames = send(0, 0, 33, 67, 100);
  t.false(frames.some(({ origins }) => origins[0]?.held));
  send(1, 0, 33, 67, 100);
  t.deepEqual(output, [[67, 67], [100, 100]]);
});

const differences: [what: string, capsText: string, message: string, hint: RegExp][] = [
  ['interlacing', `${SMALL}, interlace-mode=(string)interleaved`, 'Branch "mid" is interlaced; only progressive video can be fused.', /`deinterlace` into the launch fragment of "mid"/],
  ['size', SMALL.replace('(int)4', '(int)8'), 'The exposures differ in size: "under" has 4x2, "mid" has 8x2.', /`videoscale`/],
  ['format', SMALL.replace('I420', 'NV12'), 'The exposures differ in format: "under" has I420, "mid" has NV12.', /`videoconvert ! video\/x-raw,format=I420`/],
  ['depth', SMALL.replace('I420', 'I420_10LE'), 'The exposures differ in format: "under" has I420, "mid" has I420_10LE.', /^One has 8 bits, the other 10\. Put `videoconvert ! video\/x-raw,format=I420_10LE` at the end of the launch fragment of "under", or into a `filter`/],
  ['range', `${SMALL}, colorimetry=(string)1:4:0:0`, 'The exposures differ in range: "under" has limited, "mid" has full.', /`videoconvert ! video\/x-raw,colorimetry=bt601`.* "mid"/],
  // Caps without colorimetry, of so few lines, are BT.601.
  ['matrix', `${SMALL}, colorimetry=(string)bt709`, 'The exposures differ in matrix: "under" has BT.601, "mid" has BT.709.', /`videoconvert ! video\/x-raw,colorimetry=bt601`.* "mid", or into a `filter`/],
  ['pixel aspect ratio', `${SMALL}, pixel-aspect-ratio=(fraction)8/9`, 'The exposures differ in pixel aspect ratio: "under" has 1/1, "mid" has 8/9.', /`videoscale`.*pixel-aspect-ratio/],
  ['views', `${SMALL}, multiview-mode=(string)side-by-side`, 'The exposures differ in views: "under" has mono, "mid" has side-by-side.', /multiview-mode/],
];
for (const [what, capsText, message, hint] of differences) {
  test(`branches that differ in ${what} are refused, with the remedy`, (t) => {
    const refused = bench(2);
    refused.inputs[1]?.next(makeFrame(0, { capsText, payload: new Uint8Array(64) }));
    refused.send(0, 0);
    t.deepEqual(refused.output, ['error']);
    t.like(refused.error, { code: 'bad-exposures', message });
    t.regex(refused.error?.hint ?? '', hint);
  });
}

test('colours that differ in transfer or primaries are refused, with the modes that videoconvert needs', (t) => {
  const refused = bench(2);
  refused.inputs[1]?.next(makeFrame(0, { capsText: `${SMALL}, colorimetry=(string)bt2100-pq` }));
  refused.inputs[0]?.next(makeFrame(0, { capsText: `${SMALL}, colorimetry=(string)2:6:13:1` }));
  t.is(refused.error?.message, 'The exposures differ in transfer: "under" has BT.709, "mid" has PQ.');
  t.regex(refused.error?.hint ?? '', /`videoconvert gamma-mode=remap primaries-mode=fast ! video\/x-raw,colorimetry=2:6:13:1`/);
  const wide = bench(2);
  wide.inputs[1]?.next(makeFrame(0, { capsText: `${SMALL}, colorimetry=(string)2:3:5:7` }));
  wide.inputs[0]?.next(makeFrame(0, { capsText: `${SMALL}, colorimetry=(string)2:3:5:1` }));
  t.is(wide.error?.message, 'The exposures differ in primaries: "under" has BT.709, "mid" has BT.2020.');
  t.regex(wide.error?.hint ?? '', /gamma-mode=remap primaries-mode=fast .*colorimetry=(bt709|2:3:5:1)` at the end of the launch fragment of "mid"/);
});

test('what GStreamer takes for the same is no difference: guesses by size, unknown parts, transfers that differ in bits', (t) => {
  const tall = SMALL.replace('height=(int)2', 'height=(int)578');
  const alike: [one: string, other: string][] = [
    [SMALL, `${SMALL}, colorimetry=(string)bt601`],
    [tall, `${tall}, colorimetry=(string)bt709`],
    [SMALL, `${SMALL}, colorimetry=(string)2:0:0:0`],
    [`${SMALL}, colorimetry=(string)bt709`, `${SMALL}, colorimetry=(string)2:3:0:0`],
    [`${SMALL}, colorimetry=(string)bt2020`, `${SMALL}, colorimetry=(string)bt2020-10`],
    [SMALL, `${SMALL}, chroma-site=(string)jpeg, content-light-level=(string)1000:400`],
  ];
  for (const [one, other] of alike) {
    const { inputs, output } = bench(2);
    for (const [branch, capsText] of [one, other].entries()) inputs[branch]?.next(makeFrame(0, { capsText, payload: new Uint8Array(4000) }));
    t.deepEqual(output, [[0, 0]], other);
  }
});

test('a rate that one branch does not tell is no difference', (t) => {
  const { inputs, send, output, warnings } = bench(2);
  inputs[1]?.next(makeFrame(0, { capsText: SMALL.replace('30/1', '0/1') }));
  send(0, 0);
  t.deepEqual([output, warnings], [[[0, 0]], []]);
});

test('rates that differ are told of, once, and the slowest decides', (t) => {
  const { inputs, send, output, warnings } = bench(2);
  const slow = (time: number): void => inputs[1]?.next(makeFrame(time, { capsText: SMALL.replace('30/1', '15/1') }));
  send(0, 0, 33.333, 66.667);
  slow(0);
  slow(66.667);
  t.deepEqual(output, [[0, 0], [66.667, 66.667]]);
  t.deepEqual(warnings, ['Branch "under" has 30 frames/s, "mid" has 15 frames/s; there is one set for each frame of the slowest branch that gives any.']);
});

test('degrade: rates that differ are told of as soon as both branches are there', (t) => {
  const { inputs, send, output, warnings } = bench(3, { late: 'degrade', wait: '10s' });
  const slow = (time: number): void => inputs[1]?.next(makeFrame(time, { capsText: SMALL.replace('30/1', '15/1') }));
  send(0, 0);
  send(2, 0);
  slow(66.667);
  send(0, 33.333, 66.667);
  send(2, 33.333, 66.667);
  t.deepEqual(output, [[0, 0], [33.333, 33.333], [66.667, 66.667, 66.667]]);
  t.deepEqual(warnings, ['Branch "under" has 30 frames/s, "mid" has 15 frames/s; there is one set for each frame of the slowest branch that gives any.']);
});

test('degrade: what is there is fused when a branch ends, fails or is silent', async (t) => {
  const sets: ExposureSet[] = [];
  const inputs = [new Subject<Frame>(), new Subject<Frame>(), new Subject<Frame>()];
  const warnings: string[] = [];
  let complete = false;
  sync(inputs, { branches: NAMES, late: 'degrade', wait: '20ms', onWarning: (text) => void warnings.push(text) }).subscribe({
    next: (set) => sets.push(set),
    complete: () => (complete = true),
  });
  const send = (time: number, ...branches: number[]): void => branches.forEach((branch) => inputs[branch]?.next(makeFrame(time)));
  const shown = (): string[] => sets.splice(0).map(({ branches, missing }) => `${branches.join(' ')} | ${missing?.join(' ')}`);
  send(0, 0, 1, 2);
  t.deepEqual(shown(), ['under mid over | ']);
  send(33.333, 0, 2);
  while (sets.length === 0) await pause(5);
  t.deepEqual(shown(), ['under over | mid']);
  t.deepEqual(warnings.splice(0), ['Branch "mid" is silent since 0.000 s; the others are fused without it.']);
  send(66.667, 0, 2);
  t.deepEqual(shown(), ['under over | mid'], 'A branch that is known to be silent is not waited for.');
  send(100, 1, 0, 2);
  t.deepEqual(shown(), ['under mid over | ']);
  inputs[2]?.error(new Error('cable out'));
  t.deepEqual(warnings, ['Branch "over" failed: cable out The others are fused without it.']);
  send(133.333, 0, 1);
  inputs[0]?.complete();
  send(166.667, 1);
  t.deepEqual(shown(), ['under mid | over', 'mid | under over']);
  t.false(complete);
  inputs[1]?.complete();
  t.true(complete);
});

test('cameras that change their size one after the other: no set has two sizes', (t) => {
  for (const late of ['skip', 'degrade'] as const) {
    const { inputs, output, warnings, send } = bench(3, { late });
    const large = (branch: number, time: number): void =>
      inputs[branch]?.next(makeFrame(time, { capsText: SMALL.replace('(int)4', '(int)8'), payload: new Uint8Array(64) }));
    for (const branch of [0, 1, 2]) send(branch, 0);
    send(0, 33.333);
    large(1, 33.333);
    large(2, 33.333);
    for (const branch of [0, 1, 2]) large(branch, 66.667);
    const between = late === 'skip' ? [] : [[33.333, 33.333]];
    t.deepEqual(output, [[0, 0, 0], ...between, [66.667, 66.667, 66.667]]);
    t.is(warnings.length, 1);
    t.regex(warnings[0] ?? '', /^The exposures differ now: "under" 4x2 I420 limited range, "mid" 8x2/);
  }
});

test('a branch whose colours or fields change in mid-stream is left out, and the others go on', (t) => {
  for (const change of ['colorimetry=(string)bt709', 'interlace-mode=(string)interleaved', 'pixel-aspect-ratio=(fraction)8/9']) {
    const { inputs, output, warnings, send } = bench(3, { late: 'degrade' });
    for (const branch of [0, 1, 2]) send(branch, 0);
    inputs[1]?.next(makeFrame(33.333, { capsText: `${SMALL}, ${change}` }));
    for (const branch of [0, 2]) send(branch, 33.333);
    for (const branch of [0, 1, 2]) send(branch, 66.667);
    t.deepEqual(output, [[0, 0, 0], [33.333, 33.333], [66.667, 66.667, 66.667]], change);
    t.is(warnings.length, 1);
    t.regex(warnings[0] ?? '', /"mid" 4x2 I420 limited range (BT.709 matrix|interlaced|8\/9 pixel aspect ratio)/);
  }
});

test('figures count what was given and what was not, by branch', (t) => {
  const figures = new Map<string, number>();
  const onFigure = (name: string, value: number, labels: Readonly<Record<string, string>> = {}): void =>
    void figures.set([name, ...Object.values(labels)].join(' '), value);
  const { send } = bench(2, { onFigure, late: 'skip' });
  for (let number = 0; number < 31; number += 1) for (const branch of [0, 1]) if (branch === 0 || number !== 5) send(branch, (number * 1000) / 30);
  send(1, 400);
  t.is(figures.get('sync_sets_total'), 30);
  t.is(figures.get('sync_skipped_sets_total'), 1);
  t.is(figures.get('sync_dropped_frames_total under partnerless'), 1);
  t.is(figures.get('sync_late_frames_total mid'), 1);
  t.is(figures.get('sync_branch_locked under') ?? -1, 0, 'The first of the gauges came with the first set.');
});

test('options that are wrong are refused at once', (t) => {
  const two = [new Subject<Frame>(), new Subject<Frame>()];
  t.like(t.throws(() => sync(two, { branches: ['under', 'over'], offsets: { ovr: '4ms' } })), { code: 'bad-option', hint: 'Did you mean "over"?' });
  t.throws(() => sync(two, { offsets: { 'exposure 1': 'soon' } }), { message: 'Option "offsets": "soon" is not a duration.' });
  t.throws(() => sync(two, { late: 'never' as any }), { message: /one of wait, skip, degrade/ });
  t.throws(() => sync([], { tolerance: 'soon' }), { message: 'Option "tolerance": "soon" is not a duration.' });
  t.throws(() => sync([new Subject<Frame>(), new Subject<Frame>()], { branches: ['one'] }), { name: 'GstIplError', message: 'There are 2 streams, but 1 branch name.' });
  t.throws(() => sync([new Subject<Frame>()]), { name: 'GstIplError', message: 'An exposure set needs two to five streams, not 1.' });
});

test('real pipelines: a branch that starts late and one at another phase', async (t) => {
  const video = (frames: number, offset: number): string => `videotestsrc num-buffers=${frames} timestamp-offset=${offset} ! video/x-raw,width=16,height=16,framerate=30/1`;
  const { a, b, c } = sources({ a: video(60, 0), b: video(30, 1e9), c: video(60, 5e6) });
  const warnings: string[] = [];
  const sets = await lastValueFrom(sync([a, b, c], { onWarning: (text) => void warnings.push(text) }).pipe(toArray()));
  t.is(sets.length, 30);
  t.deepEqual(sets[0] && timesOf(sets[0]), [1000, 1000, 1005]);
  t.deepEqual(sets[29] && timesOf(sets[29]).map(Math.round), [1967, 1967, 1972]);
  t.deepEqual(warnings, []);
});

test('real pipelines: a branch that loses frames', async (t) => {
  const video = 'videotestsrc num-buffers=40 ! video/x-raw,width=16,height=16,framerate=30/1';
  const { a, b } = sources({ a: video, b: `${video} ! identity drop-probability=0.3` });
  const sets = await lastValueFrom(sync([a, b], { onWarning: () => undefined }).pipe(toArray()));
  t.true(sets.length > 5 && sets.length < 40, `${sets.length}`);
  t.true(sets.every((set) => set.frames[0]?.runningTime === set.frames[1]?.runningTime));
});
