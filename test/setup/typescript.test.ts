/** TypeScript that runs as it is: compiled once, told by its own lines. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { ROOT, TYPESCRIPT } from '../support/command';
import { temporaryFolder } from '../support/folder';

const folder = temporaryFolder();

/** Prints its value, whether a compiler was loaded for it, and where it is. */
function run(name: string, value: number): string[] {
  const file = path.join(folder, name);
  writeFileSync(file, `
    interface Value {
      readonly value: number;
    }
    const given: Value = { value: ${value} };
    const compiler = Object.keys(require.cache).some((path) => path.endsWith('/typescript.js') && path.includes('node_modules'));
    console.log([given.value, compiler, new Error('here').stack?.split('(').at(1)?.split(')').at(0)].join());`);
  return spawnSync(process.execPath, [...TYPESCRIPT, file], { encoding: 'utf8', cwd: folder }).stdout.trim().split(',');
}

test.serial('a file is compiled when it is new, not again, and anew when it has changed; its lines are those of the source', (t) => {
  const place = `${path.join(folder, 'a.ts')}:7:41`;
  t.deepEqual(run('a.ts', 1), ['1', 'true', place]);
  t.deepEqual(run('a.ts', 1), ['1', 'false', place]);
  t.deepEqual(run('a.ts', 2), ['2', 'true', place]);
  t.deepEqual(run('a.ts', 1), ['1', 'false', place]);
});

test('no process and no thread of ours compiles anew what is kept', (t) => {
  const files = ['bench', 'bin', 'plugin', 'scripts', 'test'].flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true }).map((file) => path.join(folder, String(file))));
  const sources = files.filter((file) => /\.(ts|js|cjs|mjs)$/.test(file));
  t.true(sources.includes(path.join('plugin', 'observe', 'http', 'service.ts')));
  t.deepEqual(sources.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').includes(['ts-node', 'register'].join('/'))), []);
});
