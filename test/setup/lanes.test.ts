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

interface ByFile {
  onLine(line: string): void;
  readonly failed: ReadonlyMap<string, Result>;
}
const { ByFile, withSecondRun } = script<{
  ByFile: new (files: string[]) => ByFile;
  withSecondRun(result: Result, lanes: ByFile[], options: { cwd: string; env: NodeJS.ProcessEnv; show(line: string): void; errors: 'ignore' }): Promise<Result>;
}>('scripts/second-run.js');

test('every file of tests is in one lane, and the folders that wait are there', (t) => {
  const { waiting, working } = lanesOf(ROOT);
  const all = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  t.deepEqual([...waiting, ...working].sort(), all.map((file) => path.join('test', file)).sort());
  t.true(waiting.includes('test/faults/delivery.test.ts') && working.includes('test/setup/lanes.test.ts'));
  for (const folder of WAITING) t.true(existsSync(path.join(ROOT, 'test', folder)), folder);
});

/** A project with tests of its own. */
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

async function run(files: Readonly<Record<string, string>>, part?: number): Promise<{ readonly result: Result; readonly lines: string[] }> {
  const lines: string[] = [];
  const result = await runLanes({ cwd: project(files), env: process.env, show: (line) => lines.push(line), errors: 'ignore', part });
  return { result, lines };
}

test('both lanes count, why tests failed is told behind all of them, and what computes is nicer', async (t) => {
  const nice = (by: number): string => `import { getPriority } from 'node:os';\nimport test from 'ava';\ntest('nice', (t) => t.is(getPriority(), ${Math.min(19, getPriority() + by)}));\n`;
  const { result, lines } = await run({
    'test/faults/waits.test.ts': `${nice(0)}test('late', (t) => new Promise((resolve) => setTimeout(() => { t.pass(); resolve(); }, 3_000)));\n`,
    'test/core/works.test.ts': nice(NICE),
    'test/core/fails.test.ts': "import test from 'ava';\ntest('fails', (t) => t.is(1, 2, 'the reason'));\n",
  });
  t.deepEqual(result, { passed: 3, failed: 1 }, lines.join('\n'));
  t.true(lines.includes('\nOnce more, alone: test/core/fails.test.ts\n') && !lines.some((line) => line.includes('Flaky')), lines.join('\n'));
  const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
  t.true(at(/✔ .*late/) >= 0 && at(/^\s*the reason$/) > at(/✔ .*late/), lines.join('\n'));
});

/** Fails the first time, as the machine was busy; the second test of the file passes both times. */
const onceOnly = (name: string, fault: string): string => `import { existsSync, writeFileSync } from 'node:fs';
import test from 'ava';
test.serial('passes', (t) => t.pass());
test.serial('busy', (t) => {
  const again = existsSync('${name}');
  writeFileSync('${name}', '');
  if (!again) ${fault};
  t.pass();
});
`;

test('files that fail beside others and pass alone are named, and count once', async (t) => {
  const { result, lines } = await run({
    'test/faults/exits.test.ts': onceOnly('exits', 'process.exit(1)'),
    'test/core/deep/throws.test.ts': onceOnly('throws', "throw new Error('late')"),
  });
  t.deepEqual(result, { passed: 4, failed: 0 }, lines.join('\n'));
  t.deepEqual(lines.filter((line) => line.includes('Flaky')).sort(), ['  Flaky, passed alone: test/core/deep/throws.test.ts: busy Error thrown in test', '  Flaky, passed alone: test/faults/exits.test.ts: ended']);
});

test('failures of many files, and one that belongs to no file, stand as they are', async (t) => {
  const files = ['a', 'b', 'c', 'd'].map((name) => `test/core/${name}.test.ts`);
  const never = { cwd: '/nowhere', env: {}, errors: 'ignore', show: (line: string) => t.fail(line) } as const;
  const lane = (...lines: string[]): ByFile => {
    const byFile = new ByFile(files);
    for (const line of lines) byFile.onLine(line);
    return byFile;
  };
  const all = lane(...files.map((_, index) => `  ✘ [fail]: ${'abcd'.charAt(index)} › fails`), '  ✔ a › passes (1.2s)');
  t.deepEqual(all.failed.get('test/core/a.test.ts'), { passed: 1, failed: 1 });
  t.deepEqual(await withSecondRun({ passed: 1, failed: 4 }, [all], never), { passed: 1, failed: 4 });
  t.deepEqual(await withSecondRun({ passed: 1, failed: 2 }, [lane('  ✘ [fail]: a › fails')], never), { passed: 1, failed: 2 }, 'one more than is known');
  t.deepEqual(await withSecondRun({ passed: 0, failed: 1 }, [lane('  ✘ [fail]: elsewhere › fails')], never), { passed: 0, failed: 1 });
  t.deepEqual(await withSecondRun({ passed: 3, failed: 0 }, [lane()], never), { passed: 3, failed: 0 });
});

test('the lane that is through takes of what is left to compute', async (t) => {
  const wait = "import { existsSync } from 'node:fs';\nimport test from 'ava';\ntest('first', async (t) => { while (!existsSync('second')) await new Promise((next) => setTimeout(next, 50)); t.pass(); });\n";
  const { result } = await run({
    'test/faults/waits.test.ts': "import test from 'ava';\ntest('waits', (t) => t.pass());\n",
    'test/core/a.test.ts': wait,
    'test/core/b.test.ts': "import { writeFileSync } from 'node:fs';\nimport test from 'ava';\ntest('second', (t) => { writeFileSync('second', ''); t.pass(); });\n",
  }, 1);
  t.deepEqual(result, { passed: 3, failed: 0 });
});
