/** Sinks that look ahead (encoders, sinks that are bins) beside others: nobody waits for a first picture that cannot come. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';
import { load, runToEnd } from '../support/run-graph';

/** x264enc looks 40 pictures ahead by default; a branch of a tee holds eight. */
const AHEAD = 'x264enc speed-preset=ultrafast rc-lookahead=40 bframes=3 b-adapt=true threads=2 ! h264parse';
const FRAMES = 150;

const SINKS: Readonly<Record<string, string>> = {
  splitmuxsink: `${AHEAD} ! splitmuxsink max-size-time=2000000000 send-keyframe-requests=true location=FOLDER/part%02d.mp4`,
  hlssink2: `${AHEAD} ! hlssink2 target-duration=2 max-files=0 playlist-length=0 location=FOLDER/seg%02d.ts playlist-location=FOLDER/list.m3u8`,
};

for (const [name, bin] of Object.entries(SINKS)) {
  for (const fed of ['a source', 'a stage'] as const) {
    test.serial(`${name} beside a clocked sink and another ${name}, behind ${fed}`, async (t) => {
      const [one, two] = [temporaryFolder(), temporaryFolder()];
      const source = `videotestsrc num-buffers=${FRAMES} ! video/x-raw,format=I420,width=64,height=48,framerate=30/1`;
      const cams = `  a: { use: source, launch: '${source}' }\n  b: { use: source, launch: '${source}' }\n`;
      const stage = `${cams}  s: { use: sync, from: [a, b] }\n  m: { use: middle, from: s }\n`;
      const from = fed === 'a stage' ? 'm' : 'a';
      const graph = await load(
        `nodes:\n${fed === 'a stage' ? stage : `  a: { use: source, launch: '${source}' }\n`}` +
          `  screen: { use: sink, from: ${from}, launch: 'fakesink' }\n` +
          `  one: { use: sink, from: ${from}, launch: '${bin.replaceAll('FOLDER', one)}' }\n` +
          `  two: { use: sink, from: ${from}, launch: '${bin.replaceAll('FOLDER', two)}' }\n`,
      );
      const { error } = await runToEnd(graph);
      t.is(error, undefined);
      for (const folder of [one, two]) {
        const files = readdirSync(folder).filter((file) => /\.(mp4|ts)$/.test(file));
        const counts = await Promise.all(files.map((file) => countPictures(path.join(folder, file))));
        // The decoder of a transport stream cannot know that the last picture of a segment is whole.
        const missing = FRAMES - counts.reduce((sum, count) => sum + count, 0);
        t.true(missing >= 0 && missing <= (name === 'hlssink2' ? files.length : 0), `${counts.join()}`);
      }
    });
  }
}
