/** A chain that stands still is told from a machine that is busy. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { Gaps, waitsOfThreads, type Waits } from './gaps';

/** @param times of pictures, each with what threads have waited until then; milliseconds */
function longest(times: readonly (readonly [at: number, waits: Record<string, number>])[]): number {
  let [now, waits]: [number, Waits] = [0, new Map()];
  const gaps = new Gaps(() => now, () => waits);
  for (const [at, waited] of times) {
    [now, waits] = [at, new Map(Object.entries(waited))];
    gaps.onPicture();
  }
  return gaps.longestMs;
}

test('a gap counts as far as no thread waited for a processor', (t) => {
  t.is(longest([[0, { a: 5 }], [100, { a: 5 }], [5_100, { a: 5 }], [5_200, { a: 5 }]]), 5_000);
  t.is(longest([[0, { a: 50 }], [10_000, { a: 7_050, b: 2_000 }]]), 1_000);
  t.is(longest([[0, { a: 9_000, b: 1 }], [4_000, { b: 1 }]]), 4_000, 'a thread that ended');
  t.is(longest([[0, { a: 9_000 }], [4_000, { a: 1_000 }], [8_000, { a: 1_000 }]]), 4_000, 'another thread with its number');
});

test('pictures that come no more are a gap, a first one that is awaited is none', (t) => {
  let now = 0;
  const gaps = new Gaps(() => now, () => new Map());
  now = 60_000;
  gaps.end();
  t.is(gaps.longestMs, 0);
  gaps.onPicture();
  now = 67_000;
  gaps.end();
  t.is(gaps.longestMs, 7_000);
  t.is(gaps.count, 1);
});

test('what the kernel says of threads: two that want one processor wait, one that sleeps does not', async (t) => {
  const total = (): number => [...waitsOfThreads().values()].reduce((sum, wait) => sum + wait, 0);
  const [processor = '0'] = /Cpus_allowed_list:\s+(\d+)/.exec(execFileSync('cat', ['/proc/self/status'], { encoding: 'utf8' }))?.slice(1) ?? [];
  const allowed = /list: (.*)/.exec(execFileSync('taskset', ['-pc', `${process.pid}`], { encoding: 'utf8' }))?.[1] ?? '0';
  const rival = spawn('taskset', ['-c', processor, process.execPath, '-e', 'console.log(1); for (;;);'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(rival.stdout, 'data');
  execFileSync('taskset', ['-pc', processor, `${process.pid}`]);
  const before = total();
  try {
    for (const end = performance.now() + 600; performance.now() < end; );
  } finally {
    execFileSync('taskset', ['-pc', allowed, `${process.pid}`]);
    rival.kill('SIGKILL');
  }
  t.true(total() - before > 100, `${total() - before} ms`);
});
