/** How many pictures have reached the outputs, whatever the graph is made of. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import type { RunningGraph } from '../../../plugin';
import { temporaryFolder } from '../../support/folder';
import { load, runToEnd } from '../../support/run-graph';

const CAMERA = 'videotestsrc num-buffers=80 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1';

async function delivered(nodes: string): Promise<number> {
  let view: RunningGraph['view'] | undefined;
  const { error } = await runToEnd(await load(`nodes:\n${nodes}`), (_, running) => (view = running.view));
  if (error) throw error;
  return view?.delivered() ?? -1;
}

test('all of it in GStreamer', async (t) => {
  const nodes = `  camera: { use: source, launch: "${CAMERA}" }
  small: { use: filter, from: camera, launch: "videoscale ! video/x-raw,width=32,height=24" }
  file: { use: sink, from: small, launch: "x264enc ! mp4mux ! filesink location=${temporaryFolder()}/a.mp4" }
`;
  t.is(await delivered(nodes), 80);
});

test('a recording alone, a sink behind a stage, and a page', async (t) => {
  const camera = `  camera: { use: source, launch: "${CAMERA}" }\n`;
  t.is(await delivered(`${camera}  files: { use: record, from: camera, to: ${temporaryFolder()} }\n`), 80);
  t.is(await delivered(`${camera}  page: { use: preview, from: camera, listen: 0 }\n`), 80);
  const pair = `${camera}  other: { use: source, launch: "${CAMERA}" }\n  set: { use: sync, from: [camera, other] }\n  one: { use: middle, from: set }\n`;
  t.is(await delivered(`${pair}  out: { use: sink, from: one, launch: fakesink }\n  more: { use: sink, from: one, launch: fakesink }\n`), 80);
});

test('the sound of a file does not take the place of its pictures', async (t) => {
  const file = path.join(temporaryFolder(), 'sound.mkv');
  const launch = `matroskamux name=m ! filesink location=${file} audiotestsrc num-buffers=120 ! audioconvert ! opusenc ! m. ${CAMERA} ! x264enc ! m.`;
  execFileSync('gst-launch-1.0', ['-q', ...launch.split(' ')]);
  const nodes = `  file: { use: source, launch: "filesrc location=${file} ! decodebin" }
  out: { use: sink, from: file, launch: "videoconvert ! fakesink" }
`;
  t.is(await delivered(nodes), 80);
});
