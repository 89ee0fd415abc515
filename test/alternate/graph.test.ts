/** The graph of an alternating stream, run as a user would, on a film that GStreamer encoded. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, map, toArray } from 'rxjs';
import { launch, source } from '../../plugin';
import { runCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { gstLaunch } from '../support/media';
import { paint } from '../ipl/pictures';
import { planeLayout } from '../../plugin/core/frames/video-layout';

const WIDTH = 320;
const HEIGHT = 176;
const GAINS = [0.25, 1, 4];
const FRAMES = 36;

/** Times of a file's pictures in milliseconds. */
function timesOf(file: string): Promise<number[]> {
  const pictures = source(launch`filesrc location=${file} ! decodebin`);
  return lastValueFrom(pictures.pipe(map(({ runningTime }) => Math.round(Number(runningTime) / 1e6)), toArray()));
}

test.serial('an alternating film becomes a fused one, a picture for each round or for each frame', async (t) => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const layout = planeLayout('I420', WIDTH, HEIGHT);
  const pictures = Array.from({ length: FRAMES }, (_, number) => paint(layout, GAINS[number % 3] ?? 1, number / 12));
  writeFileSync(at('raw'), Buffer.concat(pictures));
  await gstLaunch(
    `filesrc location=$raw ! rawvideoparse width=${WIDTH} height=${HEIGHT} format=i420 framerate=30/1 ! ` +
      'x264enc key-int-max=1 quantizer=18 pass=qual speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=$out',
    { raw: at('raw'), out: at('camera.mp4') },
  );
  const camera = await timesOf(at('camera.mp4'));
  t.is(camera.length, FRAMES);

  const settings = ['--set', `camera=${at('camera.mp4')}`];
  const rounds = await runCommand('run', 'graphs/alternating-stream.yaml', ...settings, '--set', `out=${at('rounds.mp4')}`);
  t.is(rounds.code, 0, rounds.stderr);
  const fused = await timesOf(at('rounds.mp4'));
  // Three rounds find the cycle; the time of a picture is that of its middle exposure. mp4mux begins at 0.
  t.deepEqual(fused, fused.map((_, index) => index * 100));
  t.true(fused.length >= 8 && fused.length <= 10, `${fused.length}`);

  const full = await runCommand('run', 'graphs/alternating-stream.yaml', ...settings, '--set', 'each=frame', '--set', `out=${at('full.mp4')}`);
  t.is(full.code, 0, full.stderr);
  const each = await timesOf(at('full.mp4'));
  t.true(each.every((time, index) => Math.abs(time - (index * 1000) / 30) <= 1), each.join(' '));
  t.true(each.length >= 24 && each.length <= 30, `${each.length}`);
});
