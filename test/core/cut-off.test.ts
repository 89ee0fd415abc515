/** Whether a media file is as long as it says. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { isCutOff } from '../../plugin/core/files/cut-off';
import { earlyEnd } from '../../plugin/graph/run/early-end';
import { temporaryFolder } from '../support/folder';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const SECOND = 1_000_000_000n;

/** Half a second of pictures, and two of sound. */
function make(name: string, muxer: string): string {
  const launch = `videotestsrc num-buffers=15 ! video/x-raw,width=64,height=48,framerate=30/1 ! x264enc ! ${muxer} name=m ! filesink location=${at(name)} audiotestsrc num-buffers=86 ! audio/x-raw,rate=44100 ! audioconvert ! avenc_aac ! m.`;
  execFileSync('gst-launch-1.0', ['-q', ...launch.split(' ')]);
  return at(name);
}

function cutOf(file: string): string {
  const cut = `${file}.cut`;
  copyFileSync(file, cut);
  truncateSync(cut, Math.round(statSync(file).size * 0.6));
  return cut;
}

test('sound that goes on after the pictures is no file that was cut off; one that was is told', (t) => {
  for (const [name, muxer] of [['a.mp4', 'mp4mux faststart=true'], ['b.mp4', 'mp4mux'], ['c.mp4', 'mp4mux fragment-duration=200'], ['a.mkv', 'matroskamux']] as const) {
    const file = make(name, muxer);
    t.false(isCutOff(file), name);
    t.is(earlyEnd(SECOND / 2n, 2, [file]), undefined, name);
    const cut = cutOf(file);
    t.true(isCutOff(cut), `${name}, cut`);
    t.is(earlyEnd(SECOND / 2n, 2, [file, cut]), 'The sources end at 0.500 s of 2.000 s; a file seems to be truncated.');
  }
});

test('of what does not say how long it is nothing is known', (t) => {
  writeFileSync(at('short'), 'ftyp');
  writeFileSync(at('other.ts'), Buffer.alloc(1880, 0x47));
  for (const name of ['short', 'other.ts', 'none.mp4']) t.is(isCutOff(at(name)), undefined, name);
  t.is(isCutOff(make('live.mkv', 'matroskamux streamable=true')), undefined);
  t.truthy(earlyEnd(SECOND, 3, [at('other.ts')]));
  t.truthy(earlyEnd(SECOND, 3, []));
});
