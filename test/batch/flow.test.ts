/** A long recording on one machine, by a program that stands for gst-ipl: what is started, and what becomes of it. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import { LocalRunner } from '../../plugin/batch/local-runner';
import { temporaryFolder } from '../support/folder';
import { takeLog, writeProgram } from '../support/segment-program';

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
  const told: string[] = [];
  const runner = new LocalRunner({ command: [writeProgram(folder)], every: 60 }, lanes, (output, done, of) => told.push(`${path.basename(output)} ${done}/${of}`));
  t.teardown(() => runner.stop());
  const job: JobSpec = { id: 'a1'.repeat(32), kind: 'recording', inputs: ['under', 'mid', 'over'].map((name) => path.join(folder, `${name}.mp4`)), output: path.join(folder, 'out', 'night.mp4'), options: [], version: '1' };
  return { folder, job, runner, told, log: () => takeLog(folder) };
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
