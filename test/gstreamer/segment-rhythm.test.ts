/** Files begin at key frames of one rhythm: none is as short as a picture, whatever time stamps and scenes do. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { segmentRhythm } from '../../plugin/gstreamer/output/segment-rhythm';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { load, runToEnd } from '../support/run-graph';

/** Black and white in turn, for scene changes; the caps claim another rate than the stamps have. */
const camera = (pictures: number, rate: string, claimed: string): string =>
  `videotestsrc pattern=blink num-buffers=${pictures} ! video/x-raw,format=I420,width=64,height=48,framerate=${rate} ! ` +
  `capssetter caps="video/x-raw,framerate=(fraction)${claimed}"`;

async function run(source: string, stage: string): Promise<void> {
  const { error } = await runToEnd(await load(`nodes:\n  cam: { use: source, launch: '${source}' }\n  out: { use: ${stage}, from: cam, queue: block, preset: veryfast }\n`));
  if (error) throw error;
}

for (const [rate, claimed] of [['243/10', '24/1'], ['21/1', '25/1'], ['30000/1001', '30/1'], ['25000001/1000000', '25/1']] as const) {
  const [n = 1, d = 1] = rate.split('/').map(Number);
  const picture = d / n;

  test.serial(`${rate} pictures a second where the caps say ${claimed}: segments of HLS are 2 s each, to half a picture`, async (t) => {
    const folder = temporaryFolder();
    await run(camera(Math.round(11 / picture), rate, claimed), `publish, to: "hls:${folder}"`);
    const durations = [...readFileSync(path.join(folder, 'live.m3u8'), 'utf8').matchAll(/#EXTINF:([\d.]+),/g)].map(([, text]) => Number(text));
    t.is(durations.length, 6);
    t.true(durations.slice(0, -1).every((duration) => Math.abs(duration - 2) < picture / 2 + 0.001), durations.join());
  });

  test.serial(`${rate} pictures a second where the caps say ${claimed}: recordings are as long as was said, to half a key frame interval`, async (t) => {
    const folder = temporaryFolder();
    await run(camera(Math.round(10 / picture), rate, claimed), `record, to: "${folder}", segment: 3s`);
    const counts = await Promise.all(readdirSync(folder).sort().map((name) => countPictures(path.join(folder, name))));
    t.is(counts.length, 4, counts.join());
    const [first = 0] = counts;
    t.deepEqual(counts.slice(0, -1), counts.slice(0, -1).map(() => first));
    t.true(Math.abs(first * picture - 3) <= 0.65, counts.join());
    if (claimed === '25/1' && picture < 0.041) t.is(first, 75);
  });
}

test.serial('an encoder that does not hear when it is asked for a key frame gives files of one length by its own count', async (t) => {
  const folder = temporaryFolder();
  const [files, live] = ['files', 'live'].map((name) => path.join(folder, name)) as [string, string];
  const source = camera(110, '25/1', '25/1');
  const out = (name: string, stage: string): string => `  ${name}: { use: ${stage}, from: cam, codec: av1, queue: block }\n`;
  const { error } = await runToEnd(await load(`nodes:\n  cam: { use: source, launch: '${source}' }\n${out('archive', `record, to: "${files}", segment: 1s`)}${out('web', `publish, to: "hls:${live}"`)}`));
  if (error) throw error;
  const lengths = readdirSync(files).sort().map((name) => execFileSync('ffprobe', ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path.join(files, name)], { encoding: 'utf8' }).trim());
  t.deepEqual(lengths, ['25', '25', '25', '25', '10']);
  t.deepEqual([...readFileSync(path.join(live, 'live.m3u8'), 'utf8').matchAll(/#EXTINF:([\d.]+),/g)].map(([, text]) => Number(text)).slice(0, 2), [2, 2]);
});

test('where the caps are right, files are as long as was said to within a picture', (t) => {
  const caps = (rate: string): ReturnType<typeof parseVideoCaps> =>
    parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)64, height=(int)48, framerate=(fraction)${rate}`);
  const cases: [rate: string, seconds: number, pictures: number][] = [
    ['30/1', 60, 1800], ['30000/1001', 60, 1798], ['25/1', 60, 1500], ['30/1', 1.5, 45], ['25/2', 60, 750], ['24/1', 7, 168], ['60/1', 3600, 216_000], ['1/1', 60, 60], ['1/2', 60, 30],
  ];
  for (const [rate, seconds, pictures] of cases) {
    const { keyFrameSeconds, cut } = segmentRhythm(caps(rate), seconds, 1);
    const [n = 1, d = 1] = rate.split('/').map(Number);
    const interval = (keyFrameSeconds * n) / d;
    t.true(Math.abs(interval - Math.round(interval)) < 1e-9 && (interval <= n / d + 1e-9 || interval === 1), `${rate}: ${interval}`);
    // As many key frame intervals as fit.
    const longest = Number(/max-size-time=(\d+)/.exec(cut)?.[1]) / 1e9;
    const file = Math.floor(longest / keyFrameSeconds + 1e-6) * Math.round(interval);
    t.true(Math.abs(file - pictures) <= 1, `${rate}: ${file} of ${pictures}`);
    t.false(cut.includes('send-keyframe-requests=true'));
  }
});
