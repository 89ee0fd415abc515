import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../support/folder';
import { ROOT, script } from './script';

interface Result {
  passed: number;
  failed: number;
}
const { runAva, summarize, tally } = script<{
  runAva(args: string[], options: { cwd: string; env: NodeJS.ProcessEnv; show(line: string): void; errors: 'ignore' }): Promise<Result>;
  summarize(counts: Record<string, number>, exitCode: number | null): Result;
  tally(counts: Record<string, number>, line: string): void;
}>('scripts/ava.js');

test('a good run is its passed tests', (t) => {
  t.deepEqual(summarize({ passedTests: 12, skippedTests: 1 }, 0), { passed: 12, failed: 0 });
});

test('failed tests, hooks and timeouts are counted beside those that passed', (t) => {
  t.deepEqual(summarize({ passedTests: 12, failedTests: 2, failedHooks: 1, timedOutTests: 3 }, 1), { passed: 12, failed: 6 });
});

test('a file that ends by an uncaught exception is one failure', (t) => {
  t.deepEqual(summarize({ passedTests: 4, uncaughtExceptions: 1, failedWorkers: 1 }, 1), { passed: 4, failed: 1 });
});

test('no tests, and a bad exit code without a reason are failures', (t) => {
  t.deepEqual(summarize({ passedTests: 0 }, 0), { passed: 0, failed: 1 });
  t.deepEqual(summarize({ passedTests: 5 }, 1), { passed: 5, failed: 1 });
  t.deepEqual(summarize({ passedTests: 5 }, null), { passed: 5, failed: 1 });
});

/** What a file of tests comes to. */
const FILES: Record<string, { code: string; result: Result }> = {
  'passes, and prints what looks like passing': { code: "test('a', (t) => { console.log('  ✔ b'); t.pass(); }); test('c', (t) => t.pass());", result: { passed: 2, failed: 0 } },
  'fails beside one that passes': { code: "test('a', (t) => t.is(1, 2)); test('b', (t) => t.pass()); test('c', () => { throw new Error('no'); });", result: { passed: 1, failed: 2 } },
  'has a hook that fails': { code: "test.after.always('h', () => { throw new Error('no'); }); test('a', (t) => t.pass());", result: { passed: 1, failed: 1 } },
  'throws outside of its tests': { code: "test.serial('a', (t) => t.pass()); test.serial('b', () => new Promise(() => setTimeout(() => { throw new Error('no'); }, 200)));", result: { passed: 1, failed: 1 } },
  'is killed': { code: "test.serial('a', (t) => t.pass()); test.serial('b', () => new Promise(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200)));", result: { passed: 1, failed: 1 } },
  'exits': { code: "test('a', () => process.exit(3));", result: { passed: 0, failed: 1 } },
  'cannot be loaded': { code: "require('nowhere');", result: { passed: 0, failed: 1 } },
  'has no tests': { code: '', result: { passed: 0, failed: 1 } },
};

for (const [title, { code, result }] of Object.entries(FILES)) {
  test.serial(`a file that ${title} is ${result.passed} passed, ${result.failed} failed`, async (t) => {
    const lines: string[] = [];
    t.deepEqual(await runAva([], { cwd: project(code), env: process.env, show: (line) => lines.push(line), errors: 'ignore' }), result, lines.join('\n'));
  });
}

test('a test that timed out is a failure', (t) => {
  const counts = {};
  for (const line of ['  ✔ a › b (1.2s)', '', '  ✘ Timed out while running tests', '', '  1 tests were pending in a.js', '', '  ◌ a › c', '', '  ─', '', '  1 test passed', '  1 test remained pending after a timeout']) tally(counts, line);
  t.deepEqual(summarize(counts, 1), { passed: 1, failed: 1 });
});

/** A package with one file of tests. */
function project(code: string): string {
  const folder = path.join(temporaryFolder(), 'project');
  mkdirSync(folder);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ava: { workerThreads: false, timeout: '120s' } }));
  writeFileSync(path.join(folder, 'test.js'), `const test = require('ava');\n${code}\n`);
  return folder;
}
