/** GStreamer itself finds no object that is still alive, and nothing to complain of, after everything that the binding does. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { TYPESCRIPT } from '../support/command';
import { STRICT } from './strict';

test('nothing of GStreamer outlives the program that made it', async (t) => {
  t.timeout(300_000);
  const child = spawn(process.execPath, [...TYPESCRIPT, path.join(__dirname, 'tour.ts')], { env: { ...process.env, ...STRICT } });
  let [output, log] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  t.is(code, 0, log.slice(-2000));
  t.true(output.endsWith('done\n'), output);
  t.regex(log, /object-alive\.class/, 'The tracer did not run.');
  t.deepEqual(log.split('\n').filter((line) => / :0:: object-alive, /.test(line)), []);
});
