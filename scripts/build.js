#!/usr/bin/env node
'use strict';

/**
 * plugin/ -> dist/: the WebAssembly kernels first, then tsc, then the files that
 * tsc does not copy. The models stay in models/, where dist looks for them.
 */

const { spawnSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { STAMP, filesUnder, fingerprint } = require('./setup/build.js');

const ROOT = join(__dirname, '..');
const KERNELS = join('plugin', 'ipl', 'kernels');

/** What tsc does not copy; .mjs, .html, .css and .svg are the preview page, which browsers read as it is. */
const ASSET = /\.(wasm|json|cjs|mjs|html|css|svg)$/;

async function buildKernels() {
  const script = join(ROOT, KERNELS, 'build.js');
  if (existsSync(script)) await require(script).buildKernels();
}

function compile() {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'typescript-native', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('tsc found the errors above: mend them and build again.');
}

/** Where dist has what `source` becomes: a .ts file becomes two. */
function outputsOf(source) {
  const target = join('dist', source.slice('plugin/'.length));
  if (ASSET.test(source)) return [target];
  if (/\.ts$/.test(source) && !/\.d\.ts$/.test(source)) return [target.replace(/\.ts$/, '.js'), target.replace(/\.ts$/, '.d.ts')];
  return [];
}

function copyAssets(sources) {
  for (const source of sources.filter((path) => ASSET.test(path))) {
    const [target] = outputsOf(source);
    mkdirSync(dirname(join(ROOT, target)), { recursive: true });
    copyFileSync(join(ROOT, source), join(ROOT, target));
  }
}

/** tsc leaves the outputs of a deleted source where they are, and require() would go on finding them. */
function removeStale(sources) {
  const wanted = new Set([STAMP, join('dist', '.tsbuildinfo'), ...sources.flatMap(outputsOf)]);
  for (const path of filesUnder(ROOT, 'dist')) {
    if (!wanted.has(path)) rmSync(join(ROOT, path));
  }
}

async function build() {
  await buildKernels();
  const made = fingerprint(); // before tsc reads them: a change while it runs means another build
  const sources = filesUnder(ROOT, 'plugin').filter((path) => !path.startsWith(join(KERNELS, 'assembly')));
  // With its outputs gone but its notes still there, tsc would believe that there is nothing to do.
  if (!sources.flatMap(outputsOf).filter((path) => path.endsWith('.js')).every((path) => existsSync(join(ROOT, path)))) {
    rmSync(join(ROOT, 'dist', '.tsbuildinfo'), { force: true });
  }
  compile();
  copyAssets(sources);
  removeStale(sources);
  writeFileSync(join(ROOT, STAMP), made);
}

build().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
