/** Processes that do one job after the other, by a program that only says what it hears. */
import test from 'ava';
import { endKept, runKept } from '../../plugin/batch/kept-processes';
import { sharedAmong, useCores } from '../../plugin/core/cores';
import { StillThreads } from '../../plugin/stills/threads/still-threads';

/** Tells who it is and what it was given, in pieces; then does what that says. */
const PROGRAM = `
  let jobs = 0;
  process.on('message', ({ args: [what], cores }) => {
    jobs += 1;
    process.stderr.write('process ' + process.pid + ', job ' + jobs);
    if (what === 'die') return process.kill(process.pid, 'SIGKILL');
    if (what === 'hang') return setInterval(() => undefined, 1000);
    setTimeout(() => process.stderr.write(', ' + cores + ' cores\\n\\u001e' + (what === 'fail' ? 1 : 0) + '\\n'), 5);
  });
  process.once('disconnect', () => process.exit(0));
`;
const COMMAND = ['-e', PROGRAM, '--'];
const NEVER = new AbortController().signal;

const said = async (what: string): Promise<{ code: number | null; pid: number; job: number; rest: string }> => {
  const { code, lines } = await runKept(COMMAND, { args: [what], cores: 3 }, NEVER);
  const [, pid = 0, job = 0, rest = ''] = /^process (\d+), job (\d+)(.*)$/.exec(lines.join('\n')) ?? [];
  return { code, pid: Number(pid), job: Number(job), rest };
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.serial('a process does the next job, and of each is heard what it told; two at once have two', async (t) => {
  const first = await said('work');
  t.like(first, { code: 0, job: 1, rest: ', 3 cores' });
  const [second, other] = await Promise.all([said('work'), said('work')]);
  t.like(second, { code: 0, pid: first.pid, job: 2, rest: ', 3 cores' });
  t.like(other, { code: 0, job: 1 });
  t.not(other.pid, first.pid);
  endKept();
  while (isThere(first.pid) || isThere(other.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
});

test.serial('what fails, dies or is stopped ends its process, and the next job has a new one', async (t) => {
  const failed = await said('fail');
  t.like(failed, { code: 1, job: 1 });
  const died = await said('die');
  t.like(died, { code: null, job: 1 });
  t.not(died.pid, failed.pid);
  const stopping = new AbortController();
  const hanging = runKept(COMMAND, { args: ['hang'], cores: 1 }, stopping.signal);
  stopping.abort();
  t.is((await hanging).code, null);
  const next = await said('work');
  t.like(next, { code: 0, job: 1 });
  endKept();
  while (isThere(failed.pid) || isThere(next.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
});

test.serial('processes that work side by side share the cores', async (t) => {
  t.is(sharedAmong(10_000), 1);
  t.true(sharedAmong(1) >= 1);
  useCores(1);
  const threads = await StillThreads.start();
  t.is(threads.count, 1);
  await threads.close();
});
