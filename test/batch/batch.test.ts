/** A folder of brackets, as a photographer has it. */
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { writeReports } from '../../plugin/batch/report';
import { makeBrackets } from '../support/brackets';
import { runCommand, runRefused, says, startCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, gstLaunch } from '../support/media';
import { programOf } from '../support/program';

const [WIDTH, HEIGHT] = [160, 120];

async function photograph(file: string, second: number, time: string, gain: number, seed: number): Promise<void> {
  const pixels = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, index) => Math.min(255, 255 * (gain * 0.02 * 2 ** ((Math.floor(index / 3) % WIDTH) / 30 + seed)) ** (1 / 2.2) + ((index * index * 7919) % 23)));
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .withExif({ IFD0: { Model: 'Camera' }, IFD2: { ExposureTime: time, FNumber: '8/1', DateTimeOriginal: `2026:11:29 10:00:${String(second).padStart(2, '0')}` } })
    .jpeg({ quality: 100 }).toFile(file);
}

test('brackets are found, fused once, and told; one that is damaged stops no other; what is done is not done again', async (t) => {
  const folder = temporaryFolder();
  const [photos, out] = [path.join(folder, 'photos'), path.join(folder, 'out')];
  mkdirSync(path.join(photos, 'more'), { recursive: true });
  const exposures = [['1/100', 1], ['1/400', 0.25], ['1/25', 4]] as const;
  for (const [index, [time, gain]] of exposures.entries()) {
    await photograph(path.join(photos, `IMG_${1 + index}.jpg`), index, time, gain, 0);
    await photograph(path.join(photos, 'more', `IMG_${4 + index}.jpg`), 30 + index, time, gain, 0.5);
    await photograph(path.join(photos, `IMG_${7 + index}.jpg`), 50 + index, time, gain, 0.2);
  }
  // Its header is whole, so that it is found only when it is fused.
  const damaged = readFileSync(path.join(photos, 'IMG_8.jpg'));
  writeFileSync(path.join(photos, 'IMG_8.jpg'), damaged.subarray(0, damaged.length * 0.9));
  writeFileSync(path.join(photos, 'notes.txt'), 'no photograph');
  await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'grey' } }).jpeg().toFile(path.join(photos, 'plain.jpg'));
  writeFileSync(path.join(photos, 'raw.dng'), Buffer.concat([Buffer.from('49492a0008000000010012c60400010000000100', 'hex'), Buffer.alloc(99)]));

  writeFileSync(path.join(photos, 'IMG_1.dng'), readFileSync(path.join(photos, 'raw.dng'))); // RAW and JPEG of one press of the button.

  const dry = await runCommand('batch', photos, '-o', out, '--dry-run');
  t.is(dry.code, 0, dry.stderr);
  t.regex(dry.stderr, /IMG_1-fused\.jpg: IMG_1\.jpg, IMG_2\.jpg, IMG_3\.jpg\n/);
  t.regex(dry.stderr, /more\/IMG_4-fused\.jpg: IMG_4\.jpg, IMG_5\.jpg, IMG_6\.jpg\n/);
  t.regex(dry.stderr, /raw\.dng" is a raw photograph.*\n.*dcraw_emu/);
  t.notRegex(dry.stderr, /IMG_1\.dng/);
  t.regex(dry.stderr, /3 brackets of 9 pictures/);
  t.regex(dry.stderr, /In no bracket: plain\.jpg\. One of them has no time or exposure in Exif: --group 3 takes three in a row by name, --group '\(house\\d\+\)-\[abc\]' /);
  t.false(existsSync(out));

  const first = await runCommand('batch', photos, '-o', out);
  t.is(first.code, 1, first.stderr);
  t.regex(first.stderr, /2 fused, 0 were done before, 1 failed/);
  t.regex(first.stderr, /IMG_7-fused\.jpg failed: .*IMG_8\.jpg" cannot be read/);
  t.deepEqual(readdirSync(out).filter((name) => !name.startsWith('.')).sort(), ['IMG_1-fused.jpg', 'index.html', 'more', 'report.json']);
  const report = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')) as { brackets: { output: string; state: string }[] };
  t.deepEqual(report.brackets.map(({ output, state }) => `${output} ${state}`).sort(), ['IMG_1-fused.jpg fused', 'IMG_7-fused.jpg failed', 'more/IMG_4-fused.jpg fused']);
  t.regex(readFileSync(path.join(out, 'index.html'), 'utf8'), /href="more\/IMG_4-fused\.jpg" tabindex="-1"><img alt="more\/IMG_4-fused\.jpg" src="data:image\/jpeg;base64,/);

  t.regex(readFileSync(path.join(out, 'index.html'), 'utf8'), /<h1>3 brackets<\/h1><p class="quiet">2 fused, 1 failed<\/p>[^]*<h2>Failed<\/h2>[^]*<b>IMG_7-fused\.jpg<\/b><br>.*IMG_8\.jpg&quot; cannot be read/);

  // A kill may have cut a line of the journal; an output may be gone; a picture may have been mended.
  appendFileSync(path.join(out, '.gst-ipl-batch.jsonl'), '{"id":"cut sh');
  rmSync(path.join(out, 'more', 'IMG_4-fused.jpg'));
  writeFileSync(path.join(photos, 'IMG_8.jpg'), damaged);
  const before = statSync(path.join(out, 'IMG_1-fused.jpg')).mtimeMs;
  const second = await runCommand('batch', photos, '-o', out);
  t.is(second.code, 0, second.stderr);
  t.regex(second.stderr, /2 fused, 1 were done before, 0 failed/);
  t.is(statSync(path.join(out, 'IMG_1-fused.jpg')).mtimeMs, before);
});

test('--hdr reaches each bracket, and what was fused without it is done anew', async (t) => {
  const folder = temporaryFolder();
  const [photos, out] = [path.join(folder, 'photos'), path.join(folder, 'out')];
  mkdirSync(photos);
  for (const [index, [time, gain]] of ([['1/100', 1], ['1/25', 4]] as const).entries()) await photograph(path.join(photos, `IMG_${1 + index}.jpg`), index, time, gain, 0);
  const given = ['batch', photos, '-o', out, '--group', '2'];
  t.is((await runCommand(...given)).code, 0);
  const plain = statSync(path.join(out, 'IMG_1-fused.jpg')).size;
  const { code, stderr } = await runCommand(...given, '--hdr');
  t.is(code, 0, stderr);
  t.regex(stderr, /1 fused, 0 were done before/);
  t.true(statSync(path.join(out, 'IMG_1-fused.jpg')).size > plain + 1000);
  t.true(readFileSync(path.join(out, 'IMG_1-fused.jpg')).includes('urn:iso:std:iso:ts:21496:-1'));
  t.regex((await runCommand(...given, '--hdr')).stderr, /0 fused, 1 were done before/);
  const png = await runCommand(...given, '--hdr', '--format', 'png');
  t.is(png.code, 2);
  t.regex(png.stderr, /\.png holds no HDR/);
});

test('what is wrong with a command line is told before anything is read', async (t) => {
  const folder = temporaryFolder();
  const wrong = [
    [[folder], /batch needs a folder/],
    [['/nowhere', '-o', folder], /"\/nowhere" is no folder/],
    [[folder, '-o', folder], /is the folder of the photographs itself/],
    [[folder, '-o', '/dev/null/x'], /The folder "\/dev\/null\/x" cannot be made: "\/dev\/null" is no folder/],
    [[folder, '-o', 'x', '--group', '1'], /2 to 9 pictures/],
    [[folder, '-o', 'x', '--group', 'house'], /a pattern with a group/],
    [[folder, '-o', 'x', '--group', '('], /--group: .*nvalid regular expression/],
    [[folder, '-o', 'x', '--format', 'bmp'], /--format is one of/],
    [[folder, '-o', 'x', '--jobs', 'all'], /--jobs takes a number/],
    [[folder, '-o', 'x', '--shadows', '7'], /--shadows: expected a number/],
  ] as [string[], RegExp][];
  const refused = await runRefused(wrong.map(([args]) => ['batch', ...args]));
  for (const [index, [, sentence]] of wrong.entries()) {
    t.is(refused[index]?.code, 2, refused[index]?.stderr);
    t.regex(refused[index]?.stderr ?? '', sentence);
  }
});

test('three recordings of one scene are one job; they are found by their names, and done once; MPEG-TS and AVI in one piece', async (t) => {
  const folder = temporaryFolder();
  const [videos, out] = [path.join(folder, 'videos'), path.join(folder, 'out')];
  mkdirSync(videos);
  for (const [index, name] of ['under', 'mid', 'over'].entries()) {
    for (const [scene, container] of [['night', 'mpegtsmux'], ['day', 'avimux']] as const) {
      await gstLaunch(`videotestsrc num-buffers=12 pattern=ball ! video/x-raw,format=I420,width=160,height=120,framerate=25/1 ! videobalance brightness=${(index - 1) / 4} ! x264enc bframes=0 ! h264parse ! ${container} ! filesink location=$file`, { file: path.join(videos, `${scene}-${name}.${container === 'avimux' ? 'avi' : 'ts'}`) });
    }
  }
  const first = await runCommand('batch', videos, '-o', out, '--segment', '2');
  t.is(first.code, 0, first.stderr);
  t.regex(first.stderr, /night-mid-fused\.mp4: night-under\.ts, night-mid\.ts, night-over\.ts\n2 recordings of 6 files\.\n/);
  for (const scene of ['night', 'day']) t.is(await countPictures(path.join(out, `${scene}-mid-fused.mp4`)), 12);
  t.regex(readFileSync(path.join(out, 'index.html'), 'utf8'), /<video controls preload="metadata" aria-label="night-mid-fused\.mp4" src="night-mid-fused\.mp4">/);
  t.deepEqual(readdirSync(out).sort(), ['.gst-ipl-batch.jsonl', 'day-mid-fused.mp4', 'index.html', 'night-mid-fused.mp4', 'report.json']);
  t.regex((await runCommand('batch', videos, '-o', out, '--segment', '2')).stderr, /0 fused, 2 were done before/);
});

test('a batch that is killed takes its processes with it, and the same command goes on', async (t) => {
  const folder = temporaryFolder();
  const [photos, out] = [path.join(folder, 'photos'), path.join(folder, 'out')];
  await makeBrackets(photos, 3, { width: WIDTH, height: HEIGHT });
  const { child, finished } = startCommand('batch', photos, '-o', out, '-j', '1');
  await says(child, /\[1\/3\]/);
  const program = Number(programOf(child.pid));
  // The second has begun: its process is there.
  let fuse: string | undefined;
  while ((fuse = programOf(program)) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(program, 'SIGKILL');
  await finished;
  while (existsSync(`/proc/${fuse}`)) await new Promise((resolve) => setTimeout(resolve, 20));
  t.deepEqual(readdirSync(out).filter((name) => name.startsWith('.gst-ipl-')), ['.gst-ipl-batch.jsonl']);
  const again = await runCommand('batch', photos, '-o', out);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /2 fused, 1 were done before, 0 failed/);
  t.deepEqual(readdirSync(out).sort(), ['.gst-ipl-batch.jsonl', 'IMG_0001-fused.jpg', 'IMG_0004-fused.jpg', 'IMG_0007-fused.jpg', 'index.html', 'report.json']);
});

test('a report takes the place of the last one when it is whole, and a disk that takes none is told', async (t) => {
  const folder = temporaryFolder();
  await writeReports(folder, []);
  const last = openSync(path.join(folder, 'report.json'), 'r');
  await writeReports(folder, [{ job: { kind: 'photographs', files: ['a.jpg'], output: 'a-fused.jpg' }, state: 'failed', seconds: 1, messages: [] }]);
  t.deepEqual(JSON.parse(readFileSync(last, 'utf8')), { brackets: [] });
  closeSync(last);
  rmSync(path.join(folder, 'index.html'));
  symlinkSync('/dev/full', path.join(folder, 'index.html'));
  await t.throwsAsync(writeReports(folder, []), { message: /The report ".*index\.html" cannot be written: ENOSPC/ });
  t.deepEqual(readdirSync(folder).sort(), ['index.html', 'report.json']);
});
