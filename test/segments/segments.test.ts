/** A recording in segments is the recording of one run. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom } from 'rxjs';
import { parseGraphText } from '../../plugin/builtin-elements';
import { messageOf } from '../../plugin/core/errors';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import type { Part } from '../../plugin/graph/plan';
import { cutRecording, isWholePiece, joinPieces, pieceGraph } from '../../plugin/segments';
import { PieceReader } from '../../plugin/segments/piece-reader';
import { paint } from '../ipl/pictures';
import { temporaryFolder } from '../support/folder';
import { gstLaunch, makeMp4, record, type Recorded } from '../support/media';

const graphText = (name: string): string => readFileSync(path.join(__dirname, '..', '..', 'graphs', name), 'utf8');

async function run(text: string, params: Record<string, string>, part?: Part): Promise<void> {
  await lastValueFrom((await parseGraphText(text, { params })).run({ part }).events, { defaultValue: undefined });
}

const luma = (file: string): Promise<{ frames: Recorded[] }> => record(`filesrc location=${file} ! decodebin ! videoconvert ! video/x-raw,format=GRAY8`);

const timesOf = (frames: readonly Recorded[]): string[] => frames.map(({ pts, duration }) => `${pts} +${duration}`);

/** Mean squared difference of two pictures. */
function difference({ payload: one }: Recorded, { payload: other }: Recorded): number {
  return one.reduce((sum, value, at) => sum + (value - other[at]) ** 2, 0) / one.length;
}

/** @param reference the file that is cut @param cycle of how many frames a picture is made */
async function compare(graph: string, params: Record<string, string>, reference: string, cycle: number, every = 1_900_000_000n): Promise<{ cuts: bigint[]; whole: Recorded[]; joined: Recorded[] }> {
  const folder = temporaryFolder();
  const text = graphText(graph);
  const [one, out] = ['one.mp4', 'joined.mp4'].map((name) => path.join(folder, name));
  await run(text, { ...params, out: one });
  const segments = await cutRecording(reference, { every, cycle });
  const { text: pieces, container } = pieceGraph(text, graph);
  const files = segments.map((_, index) => path.join(folder, `${index}.piece`));
  // The last first: none needs another.
  for (const [index, segment] of [...segments.entries()].reverse()) await run(pieces, { ...params, out: files[index] }, segment);
  const [first, second, ...others] = files;
  const swapped = await joinPieces([second, first, ...others], container, out).then(String, messageOf);
  if (!swapped.includes(`"${first}" does not begin later than "${second}"`)) throw new Error(`Pieces in the wrong order: ${swapped}`);
  await joinPieces(files, container, out);
  return { cuts: segments.slice(1).map(({ from }) => from), whole: (await luma(one)).frames, joined: (await luma(out)).frames };
}

test.serial('three files whose key frames lie at different places: pictures, times and durations are those of one run, and at a joint it differs by less than flicker', async (t) => {
  const folder = temporaryFolder();
  const params: Record<string, string> = {};
  for (const [index, name] of ['under', 'mid', 'over'].entries()) {
    params[name] = path.join(folder, `${name}.mp4`);
    // With pictures that refer to later ones.
    await gstLaunch(`videotestsrc num-buffers=120 pattern=ball ! video/x-raw,format=I420,width=64,height=64,framerate=25/1 ! videobalance brightness=${(index - 1) / 4} ! x264enc key-int-max=${[7, 9, 23][index]} bframes=2 ! h264parse ! mp4mux ! filesink location=$file`, { file: params[name] });
  }
  const { cuts, whole, joined } = await compare('three-files.yaml', params, params.mid, 1);
  t.is(cuts.length, 2);
  t.is(whole.length, 120);
  t.deepEqual(timesOf(joined), timesOf(whole));
  for (const cut of cuts) {
    const at = whole.findIndex(({ pts }) => pts >= cut);
    t.is(whole[at].pts, cut);
    // What one picture differs from the next by, in one run.
    const flicker = difference(whole[at], whole[at - 1]);
    for (const index of [at - 1, at, at + 1]) t.true(difference(whole[index], joined[index]) < flicker, `${index}: ${difference(whole[index], joined[index])} of ${flicker}`);
  }
});

test.serial('one file whose exposures alternate: a segment begins anywhere in a round, and each round is in one segment', async (t) => {
  const folder = temporaryFolder();
  const [raw, camera] = ['raw', 'camera.mp4'].map((name) => path.join(folder, name));
  const layout = planeLayout('I420', 64, 48);
  writeFileSync(raw, Buffer.concat(Array.from({ length: 200 }, (_, number) => paint(layout, [0.25, 1, 4][number % 3], number / 12))));
  await gstLaunch('filesrc location=$raw ! rawvideoparse width=64 height=48 format=i420 framerate=30/1 ! x264enc key-int-max=5 quantizer=18 pass=qual speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=$camera', { raw, camera });
  const { cuts, whole, joined } = await compare('alternating-stream.yaml', { camera }, camera, 3, 4_000_000_000n);
  t.is(cuts.length, 1);
  t.true(whole.length >= 60, `${whole.length}`);
  t.deepEqual(timesOf(joined), timesOf(whole));
});

test('a recording that is short, or of a container without an index, is not cut', async (t) => {
  const folder = temporaryFolder();
  const [mp4, ts] = ['a.mp4', 'a.ts'].map((name) => path.join(folder, name));
  await makeMp4(mp4, 40);
  await gstLaunch('filesrc location=$mp4 ! qtdemux ! h264parse ! mpegtsmux ! filesink location=$ts', { mp4, ts });
  t.is((await cutRecording(mp4, { every: 1_000_000_000n, cycle: 1 })).length, 1);
  t.deepEqual(await cutRecording(ts, { every: 1_000_000n, cycle: 1 }), [{ from: 0n, until: undefined, leadIn: 0n, leadOut: 0n }]);
});

test('a piece that is cut off, or is none, is told; it is whole in chunks of any size', async (t) => {
  const folder = temporaryFolder();
  const file = path.join(folder, '1.piece');
  await gstLaunch('videotestsrc num-buffers=3 ! video/x-raw,width=16,height=16 ! x264enc ! h264parse ! gdppay ! filesink location=$file', { file });
  const whole = readFileSync(file);
  t.true(await isWholePiece(file));
  const reader = new PieceReader();
  for (let at = 0; at < whole.length; at += 7) reader.read(whole.subarray(at, at + 7));
  t.deepEqual([reader.isWhole, reader.pictures], [true, 3]);
  for (const cut of [0, 40, 62, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, cut));
    t.false(await isWholePiece(file), `${cut}`);
  }
  t.false(await isWholePiece(path.join(folder, 'not there')));
  const { container } = pieceGraph(graphText('three-files.yaml'), 'three-files.yaml');
  const out = path.join(folder, 'out.mp4');
  await t.throwsAsync(joinPieces([file], container, out), { message: /The piece ".*1\.piece" is damaged\./ });
  t.deepEqual(readdirSync(folder), ['1.piece']);
  // What cannot be meant: a piece that is not there, and a recording in the place of one.
  writeFileSync(file, whole);
  await t.throwsAsync(joinPieces([file, folder], container, out), { message: `"${folder}" is a folder.` });
  await t.throwsAsync(joinPieces([file], container, file), { message: /is the piece ".*1\.piece" itself/ });
  await t.throwsAsync(joinPieces([file], container, path.join(folder, 'none', 'out.mp4')), { message: /The output folder ".*none" does not exist/ });
  t.deepEqual(readdirSync(folder), ['1.piece']);
  t.true(await isWholePiece(file));
  await t.throwsAsync(cutRecording(folder, { every: 1_000_000_000n, cycle: 1 }), { message: `"${folder}" is a folder.` });
});

test('of what no part can be run, and what writes no recording, is refused', async (t) => {
  const part: Part = { from: 1n, until: undefined, leadIn: 0n, leadOut: 0n };
  const run = async (nodes: string): Promise<unknown> => (await parseGraphText(`nodes:\n  a: { use: source, launch: "${nodes}`, { dry: true })).run({ part });
  await t.throwsAsync(run('filesrc location=x.mp4 ! decodebin" }\n  b: { use: sink, from: a, launch: fakesink }'), { message: /"b" takes its pictures inside of GStreamer/ });
  await t.throwsAsync(run('videotestsrc" }\n  f: { use: preview, from: a }'), { message: /"a" is no file that is played once/ });
  t.throws(() => pieceGraph(graphText('live-preview.yaml'), 'live-preview.yaml'), { message: /writes no recording/ });
});
