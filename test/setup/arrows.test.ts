/** dependency-cruiser.config.cjs: what it refuses in a tree of small files. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../support/folder';
import { ROOT, script } from './script';

const TOOL = path.join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const CONFIG = 'dependency-cruiser.config.cjs';

interface Cruise {
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

/** Every refusal as "rule: from > to", sorted; a cycle is told of once. */
async function cruise(cwd: string, folders: string[]): Promise<string[]> {
  const args = [TOOL, '--config', path.join(ROOT, CONFIG), '--output-type', 'json', ...folders];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) => (error && stdout === '' ? reject(new Error(stderr)) : resolve(stdout)));
  });
  const { summary } = JSON.parse(output) as Cruise;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} > ${to}`).sort();
}

/** Cruises a tree of these files, all of which plugin/index.ts imports but those in `dead`. */
async function cruiseTree(files: Record<string, string>, dead: readonly string[] = []): Promise<string[]> {
  const root = temporaryFolder();
  const led = Object.keys(files).filter((file) => file.startsWith('plugin/') && !dead.includes(file));
  const index = led.map((file) => `import './${path.relative('plugin', file).replace(/\.ts$/, '')}';\n`).join('');
  for (const [file, text] of Object.entries({ ...files, 'plugin/index.ts': index })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return cruise(root, ['plugin']);
}

const WAYS: Record<string, (to: string) => string> = {
  value: (to) => `import { x } from '${to}';\nexport const y = x;\n`,
  type: (to) => `import type { X } from '${to}';\nexport type Y = X;\n`,
  'type in braces': (to) => `import { type X } from '${to}';\nexport type Y = X;\n`,
  'type on the spot': (to) => `export type Y = import('${to}').X;\n`,
  'export of a type': (to) => `export type { X } from '${to}';\n`,
  'dynamic import': (to) => `export const y = () => import('${to}');\n`,
  require: (to) => `export const y = () => require('${to}') as typeof import('${to}');\n`,
};
const IMPORTED = 'export const x = 1;\nexport type X = typeof x;\n';

type Arrow = readonly [from: string, to: string, rule?: string];

/** A tree with two files of their own for each arrow in each way, and what is to be said of them. A cruise takes seconds: one for all. */
function arrowsTree(arrows: readonly Arrow[]) {
  const files: Record<string, string> = {};
  const refused: string[] = [];
  for (const [index, [from, to, rule]] of arrows.entries()) {
    for (const [way, code] of Object.entries(WAYS)) {
      const name = `${index}-${way.replaceAll(' ', '-')}`;
      const importing = path.posix.join('plugin', from, `from-${name}.ts`);
      const imported = path.posix.join('plugin', to, `to-${name}.ts`);
      const relative = path.posix.relative(path.posix.dirname(importing), imported.replace(/\.ts$/, ''));
      files[importing] = code(relative.startsWith('.') ? relative : `./${relative}`);
      files[imported] = IMPORTED;
      if (rule) refused.push(`${rule}: ${importing} > ${imported}`);
    }
  }
  return { files, refused: refused.sort() };
}

const WRONG: readonly Arrow[] = [
  ['core', 'gstreamer', 'core-imports'],
  ['core', '', 'core-imports'],
  ['gstreamer', 'graph', 'gstreamer-imports'],
  ['gstreamer', 'gstreamer/output', 'gstreamer-root-imports'],
  ['gstreamer/probe', 'gstreamer/sound', 'gstreamer-probe-imports'],
  ['gstreamer/launch', 'gstreamer', 'gstreamer-launch-imports'],
  ['gstreamer/native', 'gstreamer/tls', 'gstreamer-native-imports'],
  ['graph', 'observe', 'graph-imports'],
  ['observe', 'gstreamer', 'observe-imports'],
  ['observe/http', 'ipl/pool', 'observe-imports'],
  ['preview', 'ipl', 'preview-imports'],
  ['ipl', 'graph', 'element-imports'],
  ['publish', 'record', 'element-imports'],
  ['source', 'observe', 'element-imports'],
  ['sync', '', 'element-imports'],
  ['stitch', 'graph', 'element-imports'], // an element that is new
  ['ipl/kernels', 'sync', 'element-imports'],
  ['ipl/pool', 'ipl', 'ipl-pool-imports'],
  ['ipl/gpu', 'ipl/pool', 'ipl-gpu-imports'],
  ['ipl/engine', 'ipl/gpu', 'ipl-engine-imports'],
  ['ipl/network', 'ipl/engine', 'ipl-network-imports'],
  ['ipl/network', 'ipl/align', 'ipl-network-imports'],
  ['ipl/align', 'ipl/engine', 'ipl-align-imports'],
  ['ipl/hdr', 'ipl/network', 'ipl-hdr-imports'],
  ['ipl/kernels/assembly', 'ipl/network', 'ipl-kernels-imports'],
];

const RIGHT: readonly Arrow[] = [
  ['core', 'core/address'],
  ['gstreamer', 'core'],
  ['gstreamer/output', 'gstreamer/launch'],
  ['gstreamer/output', 'gstreamer/probe'],
  ['gstreamer', 'gstreamer/native'],
  ['graph/run', 'gstreamer/output'],
  ['graph', 'core'],
  ['observe', 'core'],
  ['preview', 'observe'],
  ['stitch', 'gstreamer'],
  ['cli', 'ipl/gpu'],
  ['cli', 'graph'],
  ['ipl', 'ipl/pool'],
  ['ipl', 'ipl/kernels'],
  ['ipl/pool', 'ipl/gpu'],
  ['ipl/gpu', 'ipl/engine'],
  ['ipl/engine', 'ipl/network'],
  ['ipl/engine', 'ipl/align'],
  ['ipl/hdr', 'ipl/kernels'],
  ['ipl/kernels', 'core'],
];

test('an arrow that points the wrong way is refused, however it is written, and one that points the right way is not', async (t) => {
  const { files, refused } = arrowsTree([...WRONG, ...RIGHT]);
  t.is(refused.length, WRONG.length * Object.keys(WAYS).length);
  t.deepEqual(await cruiseTree(files), refused);
});

test('a cycle, by values and by types, in one folder and through others; a file that nothing leads to, one that is not there, and a folder of ipl/ without a place are refused', async (t) => {
  const refused = await cruiseTree(
    {
      'plugin/core/a.ts': "import { b } from './b';\nexport const a = () => b;\n",
      'plugin/core/b.ts': "import { c } from './c';\nexport const b = () => c;\n",
      'plugin/core/c.ts': "export const c = () => import('./a');\n",
      'plugin/source/d.ts': "import type { E } from './e';\nexport type D = E | 1;\n",
      'plugin/source/e.ts': "import type { D } from './d';\nexport type E = D[];\n",
      'plugin/core/alone.ts': IMPORTED,
      'plugin/sync/left.ts': "export { x } from '../core/lives';\n",
      'plugin/core/lives.ts': IMPORTED,
      'plugin/core/lost.ts': "export { x } from './gone';\n",
      'plugin/ipl/misc/any.ts': IMPORTED,
    },
    ['plugin/core/alone.ts', 'plugin/sync/left.ts'],
  );
  t.deepEqual(refused, [
    'found: plugin/core/lost.ts > ./gone',
    'ipl-folder-without-a-place: plugin/index.ts > plugin/ipl/misc/any.ts',
    'no-cycle: plugin/core/a.ts > plugin/core/b.ts',
    'no-cycle: plugin/source/d.ts > plugin/source/e.ts',
    'no-dead-file: plugin/core/alone.ts > plugin/core/alone.ts',
    'no-dead-file: plugin/sync/left.ts > plugin/sync/left.ts',
  ]);
});

test('what is not shipped, and bin/ but for its one place, is refused', async (t) => {
  const refused = await cruiseTree({
    'bin/environment.js': 'exports.x = 1;\n',
    'test/support/folder.ts': IMPORTED,
    'scripts/build.js': 'exports.x = 1;\n',
    'plugin/gstreamer/environment.ts': "export { x } from '../../bin/environment';\n",
    'plugin/gstreamer/other.ts': "export { x } from '../../bin/environment';\n",
    'plugin/core/folder.ts': "export type { X } from '../../test/support/folder';\n",
    'package.json': '{ "dependencies": { "shipped": "1" }, "devDependencies": { "tool": "1" } }',
    'node_modules/shipped/index.js': 'exports.x = 1;\n',
    'node_modules/tool/index.js': 'exports.x = 1;\n',
    'node_modules/guest/index.js': 'exports.x = 1;\n',
    'plugin/core/packages.ts': "export { x } from 'shipped';\nexport { x as y } from 'tool';\nexport { x as z } from 'guest';\nexport * from 'node:fs';\n",
    'plugin/cli/build.ts': "export { x } from '../../scripts/build';\n",
  });
  t.deepEqual(refused, [
    'bin-imports: plugin/gstreamer/other.ts > bin/environment.js',
    'package-imports: plugin/cli/build.ts > scripts/build.js',
    'package-imports: plugin/core/folder.ts > test/support/folder.ts',
    'shipped-packages: plugin/core/packages.ts > node_modules/guest/index.js',
    'shipped-packages: plugin/core/packages.ts > node_modules/tool/index.js',
  ]);
});

/** Without arrows of ours: what is installed, what is made, what trains, and the site's own configuration. */
const OUTSIDE = ['node_modules', 'dist', 'out', 'models', 'docs'];

test('that the tree as it is passes is a part of npm run check, with every folder that has code', (t) => {
  const { CHECKS } = script<{ CHECKS: { name: string; args: string[] }[] }>('scripts/checks.js');
  const args = CHECKS.find((check) => check.args.includes(CONFIG))?.args ?? [];
  const hasCode = (folder: string): boolean => readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).some((file) => /\.(ts|js|cjs|mjs)$/.test(file));
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !OUTSIDE.includes(entry.name));
  t.deepEqual(args.slice(args.indexOf(CONFIG) + 1).sort(), folders.map(({ name }) => name).filter(hasCode).sort());
});

test('what is said to be started by its name is there', (t) => {
  const { forbidden } = script<{ forbidden: { name: string; from: { path: string } }[] }>(CONFIG);
  const { path: pattern } = forbidden.find(({ name }) => name === 'no-dead-file')!.from;
  const named = pattern.replace(/^\^\((.*)\)\$$/, '$1').replaceAll('\\', '').split('|');
  t.true(named.includes('plugin/index.ts'));
  t.deepEqual(named.filter((file) => !existsSync(path.join(ROOT, file))), []);
});
