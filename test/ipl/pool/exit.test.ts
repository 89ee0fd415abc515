/** A process may end at any moment of its fusion threads: while they load the network, or in the middle of a picture. */
import path from 'node:path';
import test from 'ava';
import { startProgram, TYPESCRIPT } from '../../support/command';

const run = (sets: number, milliseconds: number): Promise<{ code: number | null; stderr: string }> =>
  startProgram([...TYPESCRIPT, path.join(__dirname, 'exit-child.ts'), String(sets), String(milliseconds)]).finished;

for (const milliseconds of [0, 20, 60, 120]) {
  test.serial(`process.exit ${milliseconds} ms after the first of four threads was ready`, async (t) => {
    const { code, stderr } = await run(0, milliseconds);
    t.is(code, 7, stderr);
  });
}

for (const milliseconds of [0, 35]) {
  test.serial(`process.exit ${milliseconds} ms after the first of many pictures`, async (t) => {
    const { code, stderr } = await run(200, milliseconds);
    t.is(code, 7, stderr);
  });
}

test.serial('a thread that never comes back from its device holds no process', async (t) => {
  const child = [...TYPESCRIPT, path.join(__dirname, 'exit-hung-child.ts')];
  const alone = await startProgram(child).finished;
  t.is(alone.code, null);
  t.regex(alone.stderr, /does not come back from its device, so the process is ended by force/);
  // The command line still tells how it went.
  const launcher = path.join(__dirname, '..', '..', '..', 'bin', 'launch.js');
  const launched = await startProgram(['-e', `require(${JSON.stringify(launcher)}).launch(${JSON.stringify(child)}).then((code) => { process.exitCode = code; })`]).finished;
  t.is(launched.code, 5, launched.stderr);
});
