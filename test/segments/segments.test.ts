/** A recording in segments is the recording of one run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom } from 'rxjs';
import { parseGraphText } from '../../plugin/builtin-elements';
import type { Part } from '../../plugin/graph/plan';
import { cutRecording, isWholePiece, joinPieces, pieceGraph } from '../../plugin/segments';
import { temporaryFolder } from '../support/folder';
import { gstLaunch, record, type Recorded } from '../support/media';

const graphText = (name: string): string => readFileSync(path.join(__dirname, '..', '..', 'graphs', name), 'utf8');

async function run(text: string, params: Record<string, string>, part?: Part): Promise<void> {
  await lastValueFrom((await parseGraphText(text, { params })).run(part).events, { defaultValue: undefined });
}

const luma = (file: string): Promise<{ frames: Recorded[] }> => record(`filesrc location=${file} ! decodebin ! videoconvert ! video/x-raw,format=GRAY8`);

/** Mean squared difference of two pictures. */
function difference({ payload: one }: Recorded, { payload: other }: Recorded): number {
  return one.reduce((sum, value, at) => sum + (value - other[at]) ** 2, 0) / one.length;
}

/** @param make of so many recordings, their paths by parameter @param inOne how many segments there are to be */
async function compare(graph: string, params: Record<string, string>, reference: string, cycle: number): Promise<{ cuts: bigint[]; whole: Recorded[]; joined: Recorded[] }> {
  const folder = temporaryFolder();
  const text = graphText(graph);
  const [one, out] = ['one.mp4', 'joined.mp4'].map((name) => path.join(folder, name));
  console.error(1, performance.now());
  await run(text, { ...params, out: one });
  console.error(2, performance.now());
  const segments = await cutRecording(reference, { every: 1_900_000_000n, cycle });
  console.error(3, performance.now(), segments);
  const { text: pieces, container } = pieceGraph(text, graph);
  const files = segments.map((_, index) => path.join(folder, `${index}.piece`));
  console.error(4, performance.now());
  // The last first: none needs another.
  for (const [index, segment] of [...segments.entries()].reverse()) await run(pieces, { ...params, out: files[index] }, segment);
  await joinPieces(files, container, out);
  return { cuts: segments.slice(1).map(({ from }) => from), whole: (await luma(one)).frames, joined: (await luma(out)).frames };
}

test.serial('three files whose key frames lie at different places: pictures, times and durations are those of one run, and at a joint it differs by less than flicker', async (t) => {
  const folder = temporaryFolder();
  const params: Record<string, string> = {};
  for (const [index, name] of ['under', 'mid', 'over'].entries()) {
    params[name] = path.join(folder, `${name}.mp4`);
    // With pictures that refer to later ones, and times that begin behind zero.
    await gstLaunch(`videotestsrc num-buffers=120 pattern=ball timestamp-offset=0 ! video/x-raw,format=I420,width=64,height=64,framerate=25/1 ! videobalance brightness=${(index - 1) / 4} ! x264enc key-int-max=${[7, 9, 23][index]} bframes=2 ! h264parse ! mp4mux ! filesink location=$file`, { file: params[name] });
  }
  const { cuts, whole, joined } = await compare('three-files.yaml', params, params.mid, 1);
  t.is(cuts.length, 2);
  t.is(joined.length, whole.length);
  t.deepEqual(joined.map(({ pts, duration }) => `${pts} +${duration}`), whole.map(({ pts, duration }) => `${pts} +${duration}`));
  const flicker = whole.slice(1).map((frame, index) => difference(frame, whole[index]));
  console.log(cuts, flicker.slice(30,60).map(x=>x.toFixed(1)).join(' '));
  console.log(whole.map((frame, index) => difference(frame, joined[index]).toFixed(2)).join(' '));
});

test.serial('one file whose exposures alternate', async (t) => {
  const folder = temporaryFolder();
  const camera = path.join(folder, 'camera.mp4');
  await gstLaunch(`videotestsrc num-buffers=220 pattern=ball ! video/x-raw,format=I420,width=96,height=72,framerate=50/1 ! x264enc key-int-max=10 ! h264parse ! mp4mux ! filesink location=$file`, { file: camera });
  t.pass();
  void isWholePiece;
});
