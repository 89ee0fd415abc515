/** What a run writes appears when it is whole, and what a run did not write it leaves as it was. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { EMPTY, lastValueFrom, take, tap, throwError, concat } from 'rxjs';
import { GraphError, GstIplError, launch, sink, source, type GraphEvent } from '../../plugin';
import { startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, makeMp4 } from '../support/media';
import { asItIs } from '../support/part';
import { until } from '../support/peers';
import { load, runToEnd, type Outcome } from '../support/run-graph';

const TEST = 'videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';
const X264 = 'x264enc speed-preset=ultrafast ! h264parse ! mp4mux';

/** A folder in which out.mp4 is a file that somebody wants to keep. */
function withGood(): { folder: string; at: (name: string) => string; out: string } {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('out.mp4'), 'good');
  return { folder, at, out: at('out.mp4') };
}

/** Two sources, paired, into a sink. */
const graphText = (a: string, b: string, sinkLaunch: string, more = ''): string =>
  `nodes:\n  a: { use: source, launch: '${a}' }\n  b: { use: source, launch: '${b}' }\n  s: { use: sync, from: [a, b] }\n` +
  `  m: { use: middle, from: s }\n  k: { use: sink, from: m, launch: '${sinkLaunch}' }\n${more}`;

async function run(text: string, onEvent?: (event: GraphEvent, running: { stop(): void }) => void): Promise<Outcome & { text: string }> {
  const outcome = await runToEnd(await load(text), onEvent);
  return { ...outcome, text: outcome.error?.describe() ?? '' };
}

test.serial('a file is replaced by a whole one, and not before', async (t) => {
  const { folder, out } = withGood();
  let before = '';
  const { text } = await run(graphText(TEST, TEST, `${X264} ! filesink location=${out}`), (event) => {
    if (event.type === 'frame') before = readFileSync(out, 'utf8');
  });
  t.is(text, '');
  t.is(before, 'good');
  t.is(await countPictures(out), 20);
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('a run that fails before its first picture leaves what was there, and nothing else', async (t) => {
  const { folder, out } = withGood();
  const { text } = await run(graphText(TEST, TEST.replace('width=64', 'width=32'), `${X264} ! filesink location=${out}`));
  t.regex(text, /The exposures differ in size/);
  t.is(readFileSync(out, 'utf8'), 'good');
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('a run that fails later leaves what was there, and keeps what it made beside it', async (t) => {
  const { at, folder, out } = withGood();
  const { text, warnings } = await run(graphText(TEST, `${TEST} ! identity error-after=11`, `${X264} ! filesink location=${out}`));
  t.is(text, 'graph.yaml:3:3: Node "b": Failed after iterations as requested.');
  t.is(readFileSync(out, 'utf8'), 'good');
  t.deepEqual(readdirSync(folder), ['out.cut.mp4', 'out.mp4']);
  t.is(await countPictures(at('out.cut.mp4')), 10);
  t.true(warnings.includes(`"${out}" is as it was before, because the run failed; what it made is kept as "${at('out.cut.mp4')}".`), warnings.join());
});

test.serial('a sink that breaks: what was there stays, and what was written is kept, but no half picture', async (t) => {
  const { at, folder, out } = withGood();
  const broken = await run(graphText(TEST, TEST, `identity error-after=11 ! filesink buffer-mode=unbuffered location=${out}`));
  t.is(broken.text, 'graph.yaml:6:3: Node "k": Failed after iterations as requested.');
  t.is(readFileSync(out, 'utf8'), 'good');
  t.is(readFileSync(at('out.cut.mp4')).length, 10 * 64 * 48 * 1.5);
  t.regex(broken.warnings.join(), /"[^"]+out\.mp4" was not finished; what was written of it is kept as "[^"]+out\.cut\.mp4"/);
  const one = TEST.replace('20', '1');
  const still = await run(graphText(one, one, `tee name=t t. ! queue ! filesink location=${at('still.png')} t. ! queue ! identity error-after=1 ! fakesink`));
  t.is(still.text, 'graph.yaml:6:3: Node "k": Failed after iterations as requested.');
  t.deepEqual(readdirSync(folder), ['out.cut.mp4', 'out.mp4']);
});

test.serial('a sink that breaks beside others: its file is no whole one either', async (t) => {
  const { folder, at } = withGood();
  for (let number = 0; number < 6; number += 1) {
    const size = number < 3 ? 'width=64,height=48' : 'width=96,height=64';
    execFileSync('gst-launch-1.0', ['-q', 'videotestsrc', 'num-buffers=1', '!', `video/x-raw,${size}`, '!', 'pngenc', '!', 'filesink', `location=${at(`c${number}.png`)}`]);
  }
  const growing = `multifilesrc location=${at('c%d.png')} caps="image/png,framerate=10/1" ! pngdec`;
  const { text, warnings } = await run(
    graphText(growing, growing, `x264enc ! matroskamux ! filesink location=${at('caps.mkv')}`, `  rec: { use: record, from: m, to: ${at('rec')}, segment: 5s }\n`),
  );
  t.regex(text, /Node "k"/);
  t.deepEqual(readdirSync(folder).filter((name) => name.startsWith('caps')), ['caps.cut.mkv']);
  t.regex(warnings.join('\n'), /caps\.mkv" was not finished; what was written of it is kept as "[^"]*caps\.cut\.mkv"/);
});

test.serial('nothing fused: an error, and no file', async (t) => {
  const { at, folder, out } = withGood();
  const noCycle =
    `nodes:\n  a: { use: source, launch: '${TEST}' }\n  s: { use: alternate, from: a }\n  m: { use: middle, from: s }\n` +
    `  k: { use: sink, from: m, launch: '${X264} ! filesink location=${out}' }\n  l: { use: sink, from: m, launch: '${X264} ! filesink location=${at('new.mp4')}' }\n`;
  const first = await run(noCycle);
  t.is(first.error?.code, 'no-pictures');
  t.is(first.text, `graph.yaml:5:3: Node "k" got no frame; nothing was written to "${out}", "${at('new.mp4')}".\n    The sources ended, or were stopped, before there was one; warnings say why. What was there before is as it was.`);
  t.is(readFileSync(out, 'utf8'), 'good');
  // One that ends before the other begins.
  const late = TEST.replace('videotestsrc', 'videotestsrc timestamp-offset=10000000000');
  const second = await run(graphText(TEST, late, 'fakesink', `  l: { use: preview, from: m, listen: 0 }\n`));
  t.is(second.error?.code, 'no-pictures');
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('a source that gives a sink nothing: an error, and no file', async (t) => {
  const { folder, out } = withGood();
  const { error } = await run(`nodes:\n  a: { use: source, launch: '${TEST} ! valve drop=true drop-mode=forward-sticky-events' }\n  k: { use: sink, from: a, launch: 'filesink location=${out}' }\n`);
  t.is(error?.code, 'no-pictures');
  t.is(readFileSync(out, 'utf8'), 'good');
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('stopped: with pictures the file is whole and in its place, without one it is not there', async (t) => {
  const { folder, out } = withGood();
  const endless = TEST.replace('num-buffers=20', '');
  let frames = 0;
  const good = await run(graphText(endless, endless, `${X264} ! filesink location=${out}`), (event, running) => {
    if (event.type === 'frame' && ++frames === 10) running.stop();
  });
  t.is(good.text, '');
  t.is(await countPictures(out), good.frames('m').length);
  const before = readFileSync(out);
  const silent = `${endless.replace('videotestsrc', 'videotestsrc is-live=true')} ! valve drop=true`;
  const running = (await load(graphText(silent, silent, `${X264} ! filesink location=${out}`))).run();
  const ended = new Promise<unknown>((resolve) => void running.events.subscribe({ error: resolve, complete: () => resolve(undefined) }));
  await until(() => readdirSync(folder).length === 2);
  running.stop();
  t.is((await ended as GstIplError | undefined)?.code, 'no-pictures');
  t.true(readFileSync(out).equals(before));
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('kill -9 leaves what was there, and the temporary file at most', async (t) => {
  const { at, folder, out } = withGood();
  writeFileSync(at('graph.yaml'), `nodes:\n  a: { use: source, launch: 'videotestsrc is-live=true' }\n  k: { use: sink, from: a, launch: 'filesink buffer-mode=unbuffered location=${out}' }\n`);
  const { child, finished } = startCommand('run', at('graph.yaml'));
  await until(() => asItIs(out) !== out && readFileSync(asItIs(out)).length > 0);
  const program = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0];
  process.kill(Number(program), 'SIGKILL');
  await finished;
  t.is(readFileSync(out, 'utf8'), 'good');
  t.deepEqual(readdirSync(folder).filter((name) => !/^out\.mp4\.\d+-[\da-f]+-\d+-\d+\.part$/.test(name)), ['graph.yaml', 'out.mp4']);
  // The next run into the same place takes it over.
  const next = await run(`nodes:\n  a: { use: source, launch: '${TEST}' }\n  k: { use: sink, from: a, launch: 'filesink location=${out}' }\n`);
  t.deepEqual(readdirSync(folder), ['graph.yaml', 'out.cut.mp4', 'out.mp4']);
  t.is(readFileSync(out).length, 20 * 64 * 48 * 1.5);
  t.regex(next.warnings.join(), /"[^"]+out\.mp4" was being written when an earlier run was killed; what there is of it is kept as "[^"]+out\.cut\.mp4"/);
});

test.serial('devices, pipes and files that are added to are written as they are', async (t) => {
  const { at, folder, out } = withGood();
  const direct = (sinkLaunch: string): string => `nodes:\n  a: { use: source, launch: '${TEST}' }\n  k: { use: sink, from: a, launch: '${sinkLaunch}' }\n`;
  t.is((await run(direct('filesink location=/dev/null'))).text, '');
  t.is((await run(direct(`filesink append=true location=${out}`))).text, '');
  t.is(readFileSync(out).length, 4 + 20 * 64 * 48 * 1.5);
  execFileSync('mkfifo', [at('fifo')]);
  writeFileSync(at('graph.yaml'), direct(`filesink location=${at('fifo')}`));
  const { finished } = startCommand('run', at('graph.yaml'));
  const read = execFileSync('sh', ['-c', `wc -c < ${at('fifo')}`], { encoding: 'utf8' });
  t.is((await finished).code, 0);
  t.is(Number(read), 20 * 64 * 48 * 1.5);
  t.deepEqual(readdirSync(folder), ['fifo', 'graph.yaml', 'out.mp4']);
});

test.serial('check refuses outputs that are inputs, and two to one file, with their place', async (t) => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  await makeMp4(at('a.mp4'), 2);
  copyFileSync(at('a.mp4'), at('b b.mp4'));
  symlinkSync('a.mp4', at('soft.mp4'));
  linkSync(at('a.mp4'), at('hard.mp4'));
  const recording = '2026-11-23T06-24-52.350Z.mp4';
  copyFileSync(at('a.mp4'), at(recording));
  const nodes = (a: string, sinks: string): string => `nodes:\n  a: { use: source, ${a} }\n${sinks}`;
  const problems = async (text: string): Promise<string[]> => {
    const error = await t.throwsAsync(load(text), { instanceOf: GraphError }, text);
    return (error?.problems ?? []).map(({ message, place }) => `${place?.line}:${place?.column} ${message}`);
  };
  const launched = `launch: 'filesrc location=${at('a.mp4')} ! decodebin'`;
  const into = (location: string): string => `  k: { use: sink, from: a, launch: '${X264} ! filesink location=${location}' }\n`;
  for (const name of ['a.mp4', './a.mp4', 'soft.mp4', 'hard.mp4', '../' + path.basename(folder) + '/a.mp4']) {
    const expected = `3:36 Node "k" would write over "${at('a.mp4')}", which node "a" reads.`;
    t.deepEqual(await problems(nodes(launched, into(`${folder}/${name}`))), [expected]);
    t.deepEqual(await problems(nodes(`uri: ${at('a.mp4')}, play: loop`, into(`"${folder}/${name}"`))), [expected]);
    t.deepEqual(await problems(nodes(`uri: "file://${at('a.mp4')}"`, into(`${folder}/${name}`))), [expected]);
  }
  t.deepEqual(await problems(nodes(`launch: 'filesrc location="${at('b b.mp4')}" ! decodebin'`, into(`${at('b')}\\ b.mp4`))), [`3:36 Node "k" would write over "${at('b b.mp4')}", which node "a" reads.`]);
  t.deepEqual(await problems(nodes(launched, into(at('new.mp4')) + into(`${folder}/./new.mp4`).replace('k:', 'l:'))), [`4:36 Node "l" and node "k" write to one file, "${at('new.mp4')}".`]);
  t.deepEqual(await problems(nodes(launched, `  k: { use: sink, from: a, launch: 'jpegenc ! multifilesink location=${at('%c.mp4').replace('%c', 'a')}' }\n`)), [`3:36 Node "k" would write over "${at('a.mp4')}", which node "a" reads.`]);
  t.deepEqual(await problems(nodes(`uri: ${at(recording)}`, `  r: { use: record, from: a, to: ${folder} }\n`)), [`3:3 Node "r" would write over "${at(recording)}", which node "a" reads.`]);
  t.deepEqual(await problems(nodes(launched, `  r: { use: publish, from: a, to: 'hls:${folder}' }\n  q: { use: publish, from: a, to: 'hls:${folder}/' }\n`)).then((found) => found.length), 1);
  t.deepEqual(await problems(nodes(launched, `  r: { use: publish, from: a, to: 'hls:${folder}' }\n  q: { use: record, from: a, to: '${folder}' }\n`)), [`4:3 Node "q" and node "r" write into one folder, "${folder}".`]);
  await t.notThrowsAsync(load(nodes(launched, into('/dev/null') + into('/dev/null').replace('k:', 'l:'))));
  await t.notThrowsAsync(load(nodes(launched, into(at('new.mp4')) + `  r: { use: record, from: a, to: ${folder} }\n`)));
});

const intoFile = (file: string) => sink(launch`x264enc speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=${file}`);

test.serial('in code: a file appears when it is whole', async (t) => {
  const { folder, out } = withGood();
  let before = '';
  await lastValueFrom(source(TEST).pipe(intoFile(out), tap(() => (before = readFileSync(out, 'utf8')))));
  t.is(before, 'good');
  t.is(await countPictures(out), 20);
  t.deepEqual(readdirSync(folder), ['out.mp4']);
});

test.serial('in code: no frame, a fault, and a consumer that had enough', async (t) => {
  const { at, folder, out } = withGood();
  const nothing = await t.throwsAsync(lastValueFrom(EMPTY.pipe(intoFile(out))), { instanceOf: GstIplError, code: 'no-pictures' });
  t.is(nothing?.message, `No frame came; nothing was written to "${out}".`);
  const fault = concat(source(TEST), throwError(() => new Error('on purpose')));
  await t.throwsAsync(lastValueFrom(fault.pipe(intoFile(out))), { message: 'on purpose' });
  t.is(readFileSync(out, 'utf8'), 'good');
  t.deepEqual(readdirSync(folder), ['out.cut.mp4', 'out.mp4']);
  t.is(await countPictures(at('out.cut.mp4')), 20);
  await lastValueFrom(source(TEST).pipe(sink(launch`filesink buffer-mode=unbuffered location=${at('raw')}`), take(5)));
  // Who had enough does not wait for GStreamer to let go.
  await until(() => readdirSync(folder).includes('raw.cut'));
  t.deepEqual(readdirSync(folder), ['out.cut.mp4', 'out.mp4', 'raw.cut']);
  t.true(readFileSync(at('raw.cut')).length > 0);
});
