/** Each recording stands alone: readers that believe the header, the fragments, or the index find the same in it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { chromium } from 'playwright-core';
import { readBoxes } from '../../plugin/record/fragments';
import { SegmentFiles } from '../../plugin/record/segment-files';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { load, runToEnd } from '../support/run-graph';

/** Of 1.5 s each, at 30 pictures a second, except for the last. */
const LENGTHS = [1.5, 1.5, 0.5];

async function recordings(codec: string): Promise<string[]> {
  const folder = temporaryFolder();
  const source = 'videotestsrc pattern=ball num-buffers=105 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';
  const { error } = await runToEnd(
    await load(`nodes:\n  cam: { use: source, launch: '${source}' }\n  rec: { use: record, from: cam, to: '${folder}', segment: 1.5s, preset: ultrafast, codec: ${codec} }\n`),
  );
  if (error) throw error;
  return readdirSync(folder).sort().map((name) => path.join(folder, name));
}

const discovered = (files: readonly string[]): number[] =>
  execFileSync('/usr/bin/python3', ['test/support/discover.py', ...files], { encoding: 'utf8' }).trim().split('\n').map(Number);

/** What ffprobe says of the file and of its stream. */
function probed(file: string): number[] {
  const entries = 'format=start_time,duration:stream=start_time,duration';
  return execFileSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'default=nw=1:nk=1', file], { encoding: 'utf8' }).trim().split('\n').map(Number);
}

/** The key frame in front of a moment, by the index at the end of the file. */
function keyFrameBefore(file: string, seconds: number): number {
  const out = execFileSync('ffprobe', ['-v', 'error', '-use_mfra_for', 'pts', '-read_intervals', `${seconds}%+#1`, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file], { encoding: 'utf8' });
  return parseFloat(out);
}

for (const codec of ['h264', 'h265']) {
  test.serial(`${codec}: GStreamer and ffprobe find the length of each file, from zero on`, async (t) => {
    const files = await recordings(codec);
    t.deepEqual(discovered(files), LENGTHS);
    t.deepEqual(files.map(probed), LENGTHS.map((length) => [0, length, 0, length]));
    t.deepEqual(files.map((file) => keyFrameBefore(file, 0.1)), [0, 0, 0]);
    t.deepEqual(files.slice(0, 2).map((file) => keyFrameBefore(file, 1.4)), [1, 1]); // One each half a second.
  });
}

test.serial('a file that was cut short is as long as what is left of it', async (t) => {
  const [file = ''] = await recordings('h264');
  const bytes = readFileSync(file);
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, `2026-01-02T03-04-05.678Z.mp4.${dead}.part`), bytes.subarray(0, bytes.length * 0.8));
  const names = (await new SegmentFiles(folder).prepare()).map((name) => path.join(folder, name));
  const [cut = ''] = names;
  t.deepEqual(await readBoxes(cut), { whole: readFileSync(cut).length, finished: false });
  const length = (await countPictures(cut)) / 30;
  t.true(length >= 0.5 && length < 1.5, `${length}`);
  t.deepEqual(discovered(names), [length]);
  t.deepEqual(probed(cut), [0, length, 0, length]);
});

test.serial('a browser shows the length of each file, and the picture that it is asked for', async (t) => {
  t.timeout(120_000);
  const files = await recordings('h264');
  const executablePath = process.env.GST_IPL_TEST_BROWSER ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], timeout: 110_000 });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  // As text: the compiler does not know a browser's names here.
  const look = (file: string): Promise<[duration: number, at: number]> =>
    page.evaluate(`new Promise((resolve, reject) => {
      const video = Object.assign(document.createElement('video'), { muted: true, src: 'data:video/mp4;base64,${readFileSync(file).toString('base64')}' });
      video.onerror = () => reject(new Error(video.error.message));
      video.onloadeddata = () => (video.currentTime = video.duration - 0.2);
      video.onseeked = () => resolve([video.duration, video.currentTime]);
    })`);
  for (const [index, file] of files.entries()) {
    const [duration, at] = await look(file);
    t.is(duration, LENGTHS[index]);
    t.true(Math.abs(at - (duration - 0.2)) < 1e-6);
  }
});
