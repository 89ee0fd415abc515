'use strict';

/**
 * `node -r ./scripts/typescript.js FILE.ts`: TypeScript runs as it is, in tests, benchmarks and a checkout without dist. Each file
 * is compiled once, by ts-node: what became of it is kept under a hash of all that it is made from (ts-node alone compiles anew in each
 * process, which was half of the tests' processor time). Types are `npm run check`'s business.
 *
 * Paths stay those of the sources (__dirname, stacks, coverage), which a second tree of compiled files would not have.
 */

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { threadId } = require('node:worker_threads');

const ROOT = join(__dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'gst-ipl-typescript');

/** What says how a file is compiled. */
const RULES = [__filename, join(ROOT, 'tsconfig.json'), ...['ts-node', 'typescript'].map((name) => join(ROOT, 'node_modules', name, 'package.json'))];
const rules = createHash('sha256').update(RULES.map((file) => readFileSync(file)).join('\0')).digest('hex');

const keptAs = (file, source) => `${createHash('sha256').update([rules, file, source].join('\0')).digest('hex')}.js`;

let compiler;

function compile(file, source) {
  // Half a second to load, for those who need it.
  compiler ??= require('ts-node').create({ cwd: ROOT, transpileOnly: true, compilerOptions: { declaration: false } });
  return compiler.compile(source, file);
}

function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const kept = join(CACHE, keptAs(file, source));
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const output = compile(file, source);
    keep(kept, output);
    return output;
  }
}

/** Whole or not at all: many processes and threads read. One that may not write here compiles each time. */
function keep(path, output) {
  try {
    mkdirSync(CACHE, { recursive: true });
    const part = `${path}.${process.pid}.${threadId}`;
    writeFileSync(part, output);
    renameSync(part, path);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
  }
}

const sourcesIn = (folder) =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** Compiles everything in one process, and forgets what no file of today became. */
function compileAll(folders = ['plugin', 'test', 'bench']) {
  const files = folders.flatMap(sourcesIn);
  for (const file of files) compiled(file);
  const wanted = new Set(files.map((file) => keptAs(file, readFileSync(file, 'utf8'))));
  for (const name of readdirSync(CACHE)) if (!wanted.has(name)) rmSync(join(CACHE, name));
}

function register() {
  const loaded = new Set(); // Others' modules have compilers of their own.
  // Reads the map of a file when a stack is asked for. Node's own support goes through the text of each file that is loaded: a third of the loading.
  require('@cspotcode/source-map-support').install({
    environment: 'node',
    handleUncaughtExceptions: false,
    retrieveFile: (file) => (loaded.has(file) ? compiled(file) : null),
  });
  require.extensions['.ts'] = (module, file) => {
    loaded.add(file);
    module._compile(compiled(file), file);
  };
}

module.exports = { compileAll };

if (require.main === module) compileAll();
else register();
