import test from 'ava';
import { script } from './script';

type Counts = Record<string, number>;
const { summarize } = script<{ summarize(counts: Counts | undefined, exitCode: number | null): { passed: number; failed: number } }>('scripts/test.js');

test('a good run is its passed tests', (t) => {
  t.deepEqual(summarize({ passedTests: 12, skippedTests: 1 }, 0), { passed: 12, failed: 0 });
});

test('failed tests, hooks and timeouts are counted beside those that passed', (t) => {
  t.deepEqual(summarize({ passedTests: 12, failedTests: 2, failedHooks: 1, timedOutTests: 3 }, 1), { passed: 12, failed: 6 });
});

test('a file that ends by an uncaught exception is one failure', (t) => {
  t.deepEqual(summarize({ passedTests: 4, uncaughtExceptions: 1, failedWorkers: 1 }, 1), { passed: 4, failed: 1 });
});

test('no counts, no tests, and a bad exit code without a reason are failures', (t) => {
  t.deepEqual(summarize(undefined, 0), { passed: 0, failed: 1 });
  t.deepEqual(summarize({ passedTests: 0 }, 0), { passed: 0, failed: 1 });
  t.deepEqual(summarize({ passedTests: 5 }, 1), { passed: 5, failed: 1 });
  t.deepEqual(summarize({ passedTests: 5 }, null), { passed: 5, failed: 1 });
});
