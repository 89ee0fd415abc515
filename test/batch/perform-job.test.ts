/** What a job leaves behind in the process that has it done. */
import { getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { JobSpec } from '../../plugin/batch/job';
import { performJob } from '../../plugin/batch/perform-job';
import { temporaryFolder } from '../support/folder';

test.serial('a process that cannot be started fails its job, and nobody listens for a stop of it any more', async (t) => {
  const folder = temporaryFolder();
  const job: JobSpec = { id: '7'.repeat(64), kind: 'photographs', inputs: [path.join(folder, 'a.jpg')], output: path.join(folder, 'b.jpg'), options: [], version: '0.0.0' };
  const { execPath } = process;
  t.teardown(() => (process.execPath = execPath));
  process.execPath = path.join(folder, 'nothing-here');
  const { signal } = new AbortController();
  const { state, transient, messages } = await performJob(job, { command: [], signal });
  t.deepEqual([state, transient], ['failed', true]);
  t.regex(messages.join(' '), /ENOENT/);
  t.is(getEventListeners(signal, 'abort').length, 0);
});

test.serial('what a process tells of its output names it as it was asked for, not as it is called meanwhile', async (t) => {
  const folder = temporaryFolder();
  const program = path.join(folder, 'program.js');
  writeFileSync(program, `console.error('  ' + process.argv.find((one) => one.startsWith('out=')).slice(4) + ' is torn'); process.exit(1);`);
  const job: JobSpec = { id: '8'.repeat(64), kind: 'recording', inputs: ['a', 'b', 'c'].map((name) => path.join(folder, `${name}.mp4`)), output: path.join(folder, 'night.mp4'), options: [], version: '0.0.0' };
  const { state, messages } = await performJob(job, { command: [program], signal: new AbortController().signal });
  t.deepEqual([state, messages], ['failed', [`${job.output} is torn`]]);
});
