/** What the probe's process is asked, and what becomes of it. */
import childProcess from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { isAccepted, missingElements } from '../../plugin/gstreamer/probe/probe';
import { probe } from '../../plugin/gstreamer/probe/prober';
import { replace } from '../support/replace';

/** Which processes are started. @param args what they are instead of the probe */
function watchStarts(t: ExecutionContext, args?: readonly string[]): childProcess.ChildProcess[] {
  const started: childProcess.ChildProcess[] = [];
  const { spawn } = childProcess;
  const watching = (command: string, given: readonly string[], options: childProcess.SpawnOptions): childProcess.ChildProcess => {
    const child = spawn(command, args ?? given, options);
    started.push(child);
    return child;
  };
  replace(t, childProcess, { spawn: watching as unknown as typeof spawn });
  // Those that come later are begun by themselves.
  t.teardown(() => started.forEach((child) => child.kill('SIGKILL')));
  return started;
}

/** Makes the process that is there one that nobody asks any more. */
function change(t: ExecutionContext, value: string): void {
  process.env.GST_PROBE_TEST = value;
  t.teardown(() => delete process.env.GST_PROBE_TEST);
}

test.serial('a probe that cannot run finds nothing out', async (t) => {
  const started = watchStarts(t, ['-e', 'process.exit(1)']);
  change(t, 'cannot run');
  t.deepEqual(await missingElements(['queue', 'no-such-element']), []);
  t.deepEqual(await missingElements(['queue']), []);
  t.is(started.length, 2);
});

test.serial('one process answers all; another is begun where what GStreamer finds may have changed', async (t) => {
  const started = watchStarts(t);
  change(t, 'first');
  t.deepEqual(await missingElements(['queue', 'no-such-element']), ['no-such-element']);
  t.deepEqual(await Promise.all([isAccepted(['fakesrc ! fakesink', 'fakesrc ! fakesrc']), isAccepted(['audiotestsrc ! videoconvert'])]), [[true, false], [false]]);
  t.deepEqual(await missingElements(['identity', 'no-such-element']), ['no-such-element']);
  t.is(started.length, 1);
  change(t, 'second');
  t.deepEqual(await missingElements(['no-such-element']), ['no-such-element']);
  t.is(started.length, 2);
  // The first one has nobody who asks.
  if (started[0]?.exitCode === null) await new Promise((resolve) => started[0]?.once('exit', resolve));
  t.is(started[0]?.exitCode, 0);
});

test.serial('an element that was found is not looked for again, one that is missing is', async (t) => {
  const started = watchStarts(t);
  change(t, 'found');
  t.deepEqual(await missingElements(['queue', 'identity']), []);
  t.is(started.length, 0);
  t.deepEqual(await missingElements(['queue', 'no-such-element']), ['no-such-element']);
  t.is(started.length, 1);
});

test.serial('a question that ends the process has no answer; those behind it are asked again', async (t) => {
  const script = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => line === '"end"' ? process.exit(1) : console.log(line));`;
  const started = watchStarts(t, ['-e', script]);
  change(t, 'ends');
  t.deepEqual(await Promise.all(['one', 'end', 'two', 'end', 'three'].map(probe)), ['one', undefined, 'two', undefined, 'three']);
  t.is(started.length, 3);
});
