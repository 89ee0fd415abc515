/** Damaged media through a real source, in a process of its own: pictures or an error with a sentence; no crash, no hang. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { runProgram } from '../support/child';
import { ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { makeMp4 } from '../support/media';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { Mutator } from './mutate';

const FILES = fuzzCount(24);
/** At once: a file in which nothing is found takes ten seconds of waiting. */
const LANES = 8;
const LONGEST_MS = 390_000 + FILES * 2_000;

test('damaged films and stills: every one ends in time, with pictures or with a clear error', async (t) => {
  t.timeout(LONGEST_MS + 10_000);
  const folder = temporaryFolder();
  const fragmented = await makeMp4(path.join(folder, 'fragmented.mp4'), 30, '', 'mp4mux fragment-duration=200');
  const originals = [
    await makeMp4(path.join(folder, 'film.mp4'), 20), // The shipped films are 720p: too slow for tens of runs.
    fragmented,
    path.join(ROOT, 'examples/media/still/mid.jpg'),
  ].map((file) => ({ bytes: readFileSync(file), extension: path.extname(file) }));
  const mutator = new Mutator(fuzzSeed(1234));
  const files = Array.from({ length: FILES }, (_, index) => {
    const { bytes, extension } = mutator.pick(originals);
    const file = path.join(folder, `damaged-${index}${extension}`);
    writeFileSync(file, mutator.bytes(bytes));
    return file;
  });
  const list = path.join(folder, 'list.json');
  writeFileSync(list, JSON.stringify(files));
  const { output, code } = await runProgram(
    `
import { readFileSync } from 'node:fs';
import { source, launch, GstIplError } from '#';
import { afterSilence } from '#/core/clocks/patience';
async function play(file: string): Promise<string> {
  let pictures = 0;
  return new Promise((resolve) => {
    // By the same measure as the source's own patience: other lanes at work hold it up.
    const settled = afterSilence(30_000, () => { subscription.unsubscribe(); resolve('HANG'); });
    const end = (text: string) => { settled(); resolve(text + ' after ' + pictures); };
    const subscription = source(launch\`filesrc location=\${file} ! decodebin\`).subscribe({
      next: () => { pictures += 1; },
      error: (error) => end(error instanceof GstIplError && error.message.length > 10 && error.hint !== undefined ? 'error' : 'UNCLEAR ' + String(error.message)),
      complete: () => end('complete'),
    });
  });
}
async function main() {
  const files = JSON.parse(readFileSync(${JSON.stringify(list)}, 'utf8')) as string[];
  const lane = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      console.log('begin ' + file);
      console.log('result ' + await play(file));
    }
  };
  await Promise.all(Array.from({ length: ${LANES} }, lane));
  console.log('done');
  process.exit(0);
}
void main();
`,
    LONGEST_MS,
  );
  const results = output.split('\n').flatMap((line) => /^result (.*)$/.exec(line)?.[1] ?? []);
  const last = output.split('\n').filter((line) => line.startsWith('begin ')).at(-1);
  t.is(code, 0, `It died at ${last}\n${output.slice(-2000)}`);
  t.is(results.length, FILES, `It stopped at ${last}\n${output.slice(-2000)}`);
  t.deepEqual(results.filter((text) => /HANG|UNCLEAR/.test(text)), []);
  t.true(results.some((text) => text.startsWith('error')) && results.some((text) => text.startsWith('complete')), results.join('; '));
});
