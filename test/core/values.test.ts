/** What is read from text: durations, caps, layouts, options, names. */
import test from 'ava';
import { formatTime, parseDuration, type GstIplError } from '../../plugin';
import { nearest, suggestion } from '../../plugin/core/nearest';
import { branchesOption, choiceOption, durationOption, launchOption, numberOption, queueOption, textOption, withDefaults } from '../../plugin/core/options';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { planeLayout, type PixelFormat } from '../../plugin/core/frames/video-layout';
import { record } from '../support/media';

const caps = (fields: string): ReturnType<typeof parseVideoCaps> => parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)64, height=(int)48, ${fields}`);

test('durations are read exactly, with every unit', (t) => {
  t.is(parseDuration('8ms'), 8_000_000n);
  t.is(parseDuration(' 1.5 s '), 1_500_000_000n);
  t.is(parseDuration('2min'), 120_000_000_000n);
  t.is(parseDuration('33.333333ms'), 33_333_333n);
  t.is(parseDuration('7us'), 7_000n);
  t.is(parseDuration('41ns'), 41n);
  t.is(parseDuration('0'), 0n);
  t.is(parseDuration(0), 0n);
});

test('what is not a duration is refused with an example of one', (t) => {
  for (const text of ['8', '-3ms', '8 parsecs', '', 'ms', '1e3ms', 'NaN', 5]) {
    const error = t.throws(() => parseDuration(text), { name: 'GstIplError', message: `"${text}" is not a duration.` }, String(text));
    t.like(error, { code: 'bad-option', hint: 'Write a number and a unit, such as 8ms, 1.5s or 2min.' });
  }
});

test('times are shown in seconds', (t) => {
  t.is(formatTime(12_345_678_901n), '12.346 s');
});

test('a misspelt name finds its nearest, an unrelated one the list', (t) => {
  t.is(nearest('sinc', ['source', 'sync', 'sink']), 'sync');
  t.is(nearest('toleranse', ['queue', 'tolerance']), 'tolerance');
  t.is(nearest('Source', ['source']), 'source');
  t.is(nearest('frmo', ['use', 'from']), 'from');
  t.is(nearest('cat', ['tac']), undefined);
  t.is(nearest('banana', ['source', 'sync', 'sink']), undefined);
  t.is(suggestion('banana', ['a', 'b']), 'There is: a, b.');
});

test('caps: format, size, rate and interlacing', (t) => {
  const read = caps('framerate=(fraction)30000/1001, interlace-mode=(string)mixed');
  t.like(read, { format: 'I420', width: 64, height: 48, framerate: { numerator: 30000, denominator: 1001 }, interlaced: true });
  t.false(caps('interlace-mode=(string)progressive').interlaced);
  t.deepEqual(caps('pixel-aspect-ratio=(fraction)1/1').framerate, { numerator: 0, denominator: 1 });
});

test('caps: range by colorimetry names and tuples', (t) => {
  const limited = ['colorimetry=bt709', 'colorimetry=(string)bt601', 'colorimetry=bt2020', 'colorimetry=(string)2:4:16:4', 'chroma-site=jpeg', 'colorimetry=sRGB'];
  for (const text of limited) t.is(caps(text).range, 'limited', text);
  const full = ['colorimetry=(string)1:3:5:1', 'colorimetry="1:4:7:1"'];
  for (const text of full) t.is(caps(text).range, 'full', text);
});

test('caps of other formats are refused with the remedy', (t) => {
  for (const text of ['video/x-raw, format=(string)RGB, width=4, height=4', 'video/x-h264', 'video/x-raw, format=I420, width=0, height=4']) {
    const error = t.throws(() => parseVideoCaps(text), { name: 'GstIplError' });
    t.true(error.message.includes(text));
    t.like(error, { code: 'bad-caps' });
    t.regex((error as GstIplError).hint ?? '', /videoconvert/);
  }
});

/** A grey ramp in luma, and chroma that differs between U and V. */
const layouts: [PixelFormat, number, number][] = [
  ['I420', 35, 17],
  ['NV12', 35, 17],
  ['I420', 34, 18],
  ['NV12', 33, 18],
  ['I420', 1, 1],
];
for (const [format, width, height] of layouts) {
  test(`the layout of ${format} ${width}x${height} is GStreamer's`, async (t) => {
    const layout = planeLayout(format, width, height);
    // Orange, ITU-R BT.601 limited range: Y 146, U 53, V 193, each within rounding.
    const { frames } = await record(
      `videotestsrc num-buffers=1 pattern=solid-color foreground-color=0xffff8000 ! video/x-raw,format=${format},width=${width},height=${height},colorimetry=bt601`,
    );
    const payload = frames[0]?.payload ?? Buffer.alloc(0);
    t.is(payload.length, layout.size);
    const expected = format === 'NV12' ? [[146], [53, 193]] : [[146], [53], [193]];
    for (const [index, plane] of layout.planes.entries()) {
      const wanted = expected[index] ?? [];
      for (let y = 0; y < plane.height; y += 1) {
        for (let x = 0; x < plane.width; x += 1) {
          const sample = payload[plane.offset + y * plane.stride + x] ?? -1;
          const want = wanted[x % wanted.length] ?? -99;
          if (Math.abs(sample - want) > 2) return t.fail(`plane ${index} at ${x},${y}: ${sample}, not ${want}`);
        }
      }
    }
    return t.pass();
  });
}

test('rows do not run into each other: a picture of vertical bars is the same in every row', async (t) => {
  const { frames } = await record('videotestsrc num-buffers=1 pattern=smpte100 ! video/x-raw,format=I420,width=37,height=9');
  const { planes } = planeLayout('I420', 37, 9);
  const payload = frames[0]?.payload ?? Buffer.alloc(0);
  for (const { offset, stride, width, height } of planes) {
    const first = payload.subarray(offset, offset + width);
    t.true(new Set(first).size > 3);
    for (let y = 1; y < height; y += 1) t.deepEqual(payload.subarray(offset + y * stride, offset + y * stride + width), first);
  }
});

const wrong: [name: string, read: (value: unknown) => unknown, value: unknown, message: string | RegExp][] = [
  ['duration', durationOption({ summary: '', default: 0n }).read, true, 'expected a duration such as 8ms, but got true.'],
  ['number', numberOption({ summary: '', default: 1, min: 1, max: 9 }).read, '12', 'expected a number from 1 to 9, but got "12".'],
  ['whole number', numberOption({ summary: '', default: 1, min: 1, max: 9, integer: true }).read, 2.5, 'expected a whole number from 1 to 9, but got 2.5.'],
  ['number of nothing', numberOption({ summary: '', default: 1, min: 0, max: 9 }).read, '', 'expected a number from 0 to 9, but got "".'],
  ['choice', choiceOption({ summary: '', default: 'a', choices: ['a', 'b'] }).read, 'c', 'expected one of a, b, but got "c".'],
  ['text', textOption({ summary: '', default: '' }).read, { a: 1 }, 'expected text, but got {"a":1}.'],
  ['branches', branchesOption({ summary: '', default: 'auto' }).read, ['a', 'a'], 'expected every branch once, but got ["a","a"].'],
  ['branches', branchesOption({ summary: '', default: 'auto' }).read, 'a', 'expected auto or a list of branch names, but got "a".'],
  ['queue', queueOption('').read, 'drop', /^expected one of block, drop-oldest, drop-newest, or .*, but got "drop"\.$/],
  ['queue capacity', queueOption('').read, { capacity: 0 }, /^expected one of .* but got \{"capacity":0\}\.$/],
  ['queue key', queueOption('').read, { size: 3 }, /but got \{"size":3\}\.$/],
  ['launch', launchOption('').read, ' ', 'expected a GStreamer launch fragment, but got " ".'],
];
for (const [name, read, value, message] of wrong) {
  test(`option ${name}: ${JSON.stringify(value)} is refused with what was expected and what came`, (t) => {
    t.throws(() => read(value), { name: 'GstIplError', message });
  });
}

test('options: what is right is read', (t) => {
  t.is(numberOption({ summary: '', default: 1, min: 1, max: 9 }).read('2.5'), 2.5);
  t.deepEqual(queueOption('').read('drop-oldest'), { capacity: 2, policy: 'drop-oldest' });
  t.deepEqual(queueOption('').read({ capacity: 5 }), { capacity: 5, policy: 'block' });
  t.is(textOption({ summary: '', default: '' }).read(7), '7');
  t.deepEqual(branchesOption({ summary: '', default: 'auto' }).read(['b', 'a']), ['b', 'a']);
});

test('options in code: defaults, and errors that name the option', (t) => {
  const table = { wait: durationOption({ summary: '', default: 5n }), launch: launchOption('') };
  t.deepEqual(withDefaults(table, { launch: 'x' }), { wait: 5n, launch: 'x' });
  t.deepEqual(withDefaults(table, { launch: 'x', wait: 9n }), { wait: 9n, launch: 'x' });
  t.throws(() => withDefaults(table, {}), { message: 'The option "launch" is missing.' });
  t.throws(() => withDefaults(table, { launch: 'x', wait: 'soon' }), { message: 'Option "wait": "soon" is not a duration.' });
  const error = t.throws(() => withDefaults(table, { launch: 'x', wiat: '1s' }), { message: 'There is no option "wiat".' });
  t.is((error as GstIplError).hint, 'Did you mean "wait"?');
  t.throws(() => withDefaults(table, { launch: 3n }), { message: /Option "launch": expected a GStreamer launch fragment/ });
});
