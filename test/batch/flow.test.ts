/** A long recording on one machine, by a program that stands for gst-ipl: what is started, and what becomes of it. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import { LocalRunner } from '../../plugin/batch/local-runner';
import { temporaryFolder } from '../support/folder';

/** Notes what it is to do. A piece is a packet of GDP with nothing in it; the recording names its pieces. Segments whose begin is in `bad` fail; one in `slow` never ends. */
const PROGRAM = `
const fs = require('fs'), path = require('path');
const args = process.argv.slice(2), folder = __dirname;
const at = (name) => args[args.indexOf(name) + 1];
const from = (args.find((arg) => arg.startsWith('--from=')) || '').slice(7);
fs.appendFileSync(path.join(folder, 'log'), [args[1], from].join(' ').trim() + '\\n');
const lists = (name) => fs.existsSync(path.join(folder, name)) && fs.readFileSync(path.join(folder, name), 'utf8') === from;
if (args[1] === 'cut') console.log(JSON.stringify(['0ns', '60ns', '120ns'].map((time, index, all) => ({ from: time, until: all[index + 1], leadIn: '9ns', leadOut: '3ns' }))));
else if (args[1] === 'join') fs.writeFileSync(at('-o'), args.slice(args.indexOf('--') + 2).map((file) => path.basename(file).slice(0, 5)).join(' '));
else if (lists('slow')) setInterval(() => undefined, 1000);
else if (lists('bad')) { console.error('The film is torn.'); process.exit(1); }
else { const piece = Buffer.alloc(62); piece.writeUInt16BE(1, 4); fs.writeFileSync(at('-o'), piece); }
`;

interface Bench {
  readonly folder: string;
  readonly job: JobSpec;
  readonly runner: LocalRunner;
  readonly told: string[];
  /** Since it was asked last. */
  log(): string[];
}

function bench(t: ExecutionContext, lanes = 2): Bench {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'program.js'), PROGRAM);
  const told: string[] = [];
  const runner = new LocalRunner({ command: [path.join(folder, 'program.js')], every: 60 }, lanes, (output, done, of) => told.push(`${path.basename(output)} ${done}/${of}`));
  t.teardown(() => runner.stop());
  const log = (): string[] => {
    const file = path.join(folder, 'log');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines.sort();
  };
  const job: JobSpec = { id: 'a1'.repeat(32), kind: 'recording', inputs: ['under', 'mid', 'over'].map((name) => path.join(folder, `${name}.mp4`)), output: path.join(folder, 'out', 'night.mp4'), options: [], version: '1' };
  return { folder, job, runner, told, log };
}

test('segments are fused, joined in order, and their pieces are gone', async (t) => {
  const { folder, job, runner, told, log } = bench(t);
  const { state, messages } = await runner.perform(job);
  t.deepEqual([state, messages], ['done', []]);
  t.deepEqual(log(), ['cut', 'fuse 0ns', 'fuse 120ns', 'fuse 60ns', 'join']);
  t.is(readFileSync(job.output, 'utf8'), '00001 00002 00003');
  t.deepEqual(readdirSync(path.join(folder, 'out')), ['night.mp4']);
  t.deepEqual(told, ['night.mp4 1/3', 'night.mp4 2/3', 'night.mp4 3/3']);
});

test('a bad segment fails the recording, and says which; what was done is not done again, unless it was damaged', async (t) => {
  const { folder, job, runner, log } = bench(t, 1);
  writeFileSync(path.join(folder, 'bad'), '120ns');
  const { state, messages } = await runner.perform(job);
  t.deepEqual([state, messages], ['failed', ['Segment 3 of 3 failed.', 'The film is torn.']]);
  t.false(existsSync(job.output));
  rmSync(path.join(folder, 'bad'));
  const [pieces = ''] = readdirSync(path.join(folder, 'out'));
  const [first = ''] = readdirSync(path.join(folder, 'out', pieces)).sort();
  writeFileSync(path.join(folder, 'out', pieces, first), 'cut o'); // As after a loss of power.
  log();
  t.is((await runner.perform(job)).state, 'done');
  t.deepEqual(log(), ['cut', 'fuse 0ns', 'fuse 120ns', 'join']);
});

test('who stops it leaves what is done, and nothing else', async (t) => {
  const { folder, job, runner, told } = bench(t);
  writeFileSync(path.join(folder, 'slow'), '60ns');
  const performed = runner.perform(job);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  runner.stop();
  t.is((await performed).state, 'stopped');
  const [pieces = '', ...others] = readdirSync(path.join(folder, 'out'));
  t.deepEqual([readdirSync(path.join(folder, 'out', pieces)).map((name) => name.slice(0, 5)).sort(), others], [['00001', '00003'], []]);
});
