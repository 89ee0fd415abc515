/** All tests in two lanes: what waits beside what computes. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../support/folder';
import { ROOT, script } from './script';

interface Result {
  passed: number;
  failed: number;
}
const { NICE, WAITING, lanesOf, runLanes } = script<{
  NICE: number;
  WAITING: string[];
  lanesOf(root: string): { waiting: string[]; working: string[] };
  runLanes(options: { cwd: string; env: NodeJS.ProcessEnv; show(line: string): void; errors: 'ignore'; part?: number }): Promise<Result>;
}>('scripts/lanes.js');

test('every file of tests is in one lane, and the folders that wait are there', (t) => {
  const { waiting, working } = lanesOf(ROOT);
  const all = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  t.deepEqual([...waiting, ...working].sort(), all.map((file) => path.join('test', file)).sort());
  t.true(waiting.includes('test/faults/delivery.test.ts') && working.includes('test/setup/lanes.test.ts'));
  for (const folder of WAITING) t.true(existsSync(path.join(ROOT, 'test', folder)), folder);
});

/** A project of these files of tests. */
function project(files: Readonly<Record<string, string>>): string {
  const cwd = path.join(temporaryFolder(), 'project');
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
    writeFileSync(path.join(cwd, file), text);
  };
  const config = { extensions: ['ts'], require: [path.join(ROOT, 'scripts', 'typescript.js')], workerThreads: false, timeout: '3m', files: ['test/**/*.test.ts'] };
  write('package.json', JSON.stringify({ ava: config }));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(cwd, 'node_modules'));
  for (const [file, text] of Object.entries(files)) write(file, text);
  return cwd;
}

test('both lanes count, why tests failed is told behind all of them, and what computes is nicer', async (t) => {
  const nice = (by: number): string => `import { getPriority } from 'node:os';\nimport test from 'ava';\ntest('nice', (t) => t.is(getPriority(), ${Math.min(19, getPriority() + by)}));\n`;
  const cwd = project({
    'test/faults/waits.test.ts': `${nice(0)}test('late', (t) => new Promise((resolve) => setTimeout(() => { t.pass(); resolve(); }, 3_000)));\n`,
    'test/core/works.test.ts': nice(NICE),
    'test/core/fails.test.ts': "import test from 'ava';\ntest('fails', (t) => t.is(1, 2, 'the reason'));\n",
  });
  const lines: string[] = [];
  t.deepEqual(await runLanes({ cwd, env: process.env, show: (line) => lines.push(line), errors: 'ignore' }), { passed: 3, failed: 1 }, lines.join('\n'));
  const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
  t.true(at(/✔ .*late/) >= 0 && at(/^\s*the reason$/) > at(/✔ .*late/), lines.join('\n'));
});

test('the lane that is through takes of what is left to compute', async (t) => {
  const wait = "import { existsSync } from 'node:fs';\nimport test from 'ava';\ntest('first', async (t) => { while (!existsSync('second')) await new Promise((next) => setTimeout(next, 50)); t.pass(); });\n";
  const cwd = project({
    'test/faults/waits.test.ts': "import test from 'ava';\ntest('waits', (t) => t.pass());\n",
    'test/core/a.test.ts': wait,
    'test/core/b.test.ts': "import { writeFileSync } from 'node:fs';\nimport test from 'ava';\ntest('second', (t) => { writeFileSync('second', ''); t.pass(); });\n",
  });
  t.deepEqual(await runLanes({ cwd, env: process.env, show: () => undefined, errors: 'ignore', part: 1 }), { passed: 3, failed: 0 });
});
