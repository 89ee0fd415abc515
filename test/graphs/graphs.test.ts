/** Every graph and example that ships runs to its end, with the shipped media and the shipped network. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { lastValueFrom, map, toArray } from 'rxjs';
import { builtinElements, graphSchema, launch, source } from '../../plugin';
import { ROOT, runCommand, startProgram } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, record } from '../support/media';

const folder = temporaryFolder();
const media = path.join(ROOT, 'examples', 'media');

/** Running time and duration of every picture of a file. */
function timesOf(file: string): Promise<string[]> {
  const pictures = source(launch`filesrc location=${file} ! decodebin`);
  return lastValueFrom(pictures.pipe(map(({ runningTime, duration }) => `${runningTime}+${duration}`), toArray()));
}

test.serial('three files to MP4: every picture of the reference, at its very time', async (t) => {
  const out = path.join(folder, 'fused.mp4');
  const { code, stderr } = await runCommand('run', 'graphs/three-files.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const fused = await timesOf(out);
  t.is(fused.length, 90);
  t.deepEqual(fused, await timesOf(path.join(media, 'video', 'mid.mp4')));
});

test.serial('bracketed stills to PNG, of the size of the exposures', async (t) => {
  const out = path.join(folder, 'fused.png');
  const { code, stderr } = await runCommand('run', 'graphs/bracketed-stills.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const size = async (file: string): Promise<string[]> => {
    const { caps } = await record(`filesrc location=${file} ! decodebin`);
    return [/width=\(int\)\d+/, /height=\(int\)\d+/].map((pattern) => pattern.exec(caps[0] ?? '')?.[0] ?? '');
  };
  t.deepEqual(await size(out), await size(path.join(media, 'still', 'mid.jpg')));
});

test.serial('live test sources to a preview sink', async (t) => {
  const settings = ['display=fakesink', 'frames=60', 'width=320', 'height=180'].flatMap((text) => ['--set', text]);
  const { code, stderr } = await runCommand('run', 'graphs/live-preview.yaml', ...settings);
  t.is(code, 0, stderr);
  const pictures = Number(/(\d+) pictures/.exec(stderr)?.[1]);
  // A busy machine may drop some, as the graph asks.
  t.true(pictures > 30 && pictures <= 60, stderr);
});

test.serial('a filter after the fusion, and two sinks', async (t) => {
  const [out, stills] = [path.join(folder, 'filtered.mp4'), path.join(folder, 'still-%03d.jpg')];
  const { code, stderr } = await runCommand('run', 'graphs/filtered.yaml', '--set', `out=${out}`, '--set', `stills=${stills}`);
  t.is(code, 0, stderr);
  t.is(await countPictures(out), 90);
  t.is(await countPictures(path.join(folder, 'still-001.jpg')), 1);
});

test.serial("a user's own element", async (t) => {
  const out = path.join(folder, 'masked.mp4');
  const { code, stderr } = await runCommand('run', 'examples/own-element/graph.yaml', '--set', `out=${out}`);
  t.is(code, 0, stderr);
  const { frames } = await record(`filesrc location=${out} ! decodebin ! videoconvert ! video/x-raw,format=I420`);
  t.is(frames.length, 90);
  // Inside of the mask, in the middle of its first row and a few rows below.
  for (const y of [80, 150, 280]) t.true(Math.abs((frames[40]?.payload[y * 1280 + 900] ?? 0) - 128) <= 3);
});

test.serial('a TypeScript program with an operator of its own', async (t) => {
  const out = path.join(folder, 'program.mp4');
  const program = startProgram(['-r', 'ts-node/register/transpile-only', 'examples/rxjs-program.ts', out]);
  const { code, stdout, stderr } = await program.finished;
  t.is(code, 0, stderr);
  t.regex(stdout, /1\.000 s: mean luma \d+\.\d/);
  t.regex(stdout, /^90 pictures/m);
  t.is(await countPictures(out), 90);
});

test('no graph and no example is left out of these tests', (t) => {
  const files = [...readdirSync(path.join(ROOT, 'graphs')), ...readdirSync(path.join(ROOT, 'examples'))];
  t.deepEqual(files.sort(), [
    'bracketed-stills.yaml', 'filtered.yaml', 'live-preview.yaml', 'media', 'own-element', 'rxjs-program.ts', 'schema.json',
    'three-files.yaml',
  ].sort());
});

test('the published schema is that of the elements', (t) => {
  const file = path.join(ROOT, 'graphs', 'schema.json');
  t.true(existsSync(file));
  const published: unknown = JSON.parse(readFileSync(file, 'utf8'));
  t.deepEqual(published, JSON.parse(JSON.stringify(graphSchema(builtinElements()))), 'Run: node bin/gst-ipl.js schema > graphs/schema.json');
});
