/** What the probe's processes are asked for. */
import childProcess from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { missingElements } from '../../plugin/gstreamer/probe/probe';
import { replace } from '../support/replace';

/** Counts the processes that are started. @param args what they are instead of the probe */
function countStarts(t: ExecutionContext, args?: readonly string[]): () => number {
  let started = 0;
  const { spawn } = childProcess;
  const counting = (command: string, given: readonly string[], options: childProcess.SpawnOptions): childProcess.ChildProcess => {
    started += 1;
    return spawn(command, args ?? given, options);
  };
  replace(t, childProcess, { spawn: counting as unknown as typeof spawn });
  return () => started;
}

test.serial('a probe that cannot run finds nothing out', async (t) => {
  const started = countStarts(t, ['-e', 'process.exit(1)']);
  t.deepEqual(await missingElements(['queue', 'no-such-element']), []);
  t.deepEqual(await missingElements(['queue']), []);
  t.is(started(), 2);
});

test.serial('an element that was found is not looked for again, one that is missing is', async (t) => {
  const started = countStarts(t);
  for (const expected of [1, 2]) {
    t.deepEqual(await missingElements(['queue', 'no-such-element']), ['no-such-element']);
    t.is(started(), expected);
  }
  t.deepEqual(await missingElements(['queue', 'identity']), []);
  t.deepEqual(await missingElements(['identity', 'queue']), []);
  t.is(started(), 3);
});
