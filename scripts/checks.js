#!/usr/bin/env node
'use strict';

/**
 * What is checked without running the code: types, lint, which folder imports which, the
 * tests of the public types, and the links of docs/. All at once, because each is one thread and a machine has two;
 * what they say is shown one after the other. `npm run check`, and part of `npm test`.
 */

const { spawn } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const bin = (path) => join(ROOT, 'node_modules', path);

/** The compiler in machine code: a quarter of the time of the one in JavaScript, which ts-node and TypeDoc need. */
const TSC = bin('typescript-native/bin/tsc');

const CHECKS = [
  { name: 'types', args: [TSC, '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the preview page', args: [TSC, '-p', 'tsconfig.page.json'] },
  { name: 'lint', args: [bin('oxlint/bin/oxlint'), '.', '--deny-warnings'] },
  { name: 'arrows between folders', args: [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', 'dependency-cruiser.config.cjs', 'plugin', 'bin', 'bench', 'examples', 'scripts', 'test'] },
  { name: 'documents, as a site', args: [join(__dirname, 'docs', 'build.js'), '--check'] },
  { name: 'type tests', args: [bin('tstyche/build/bin.js')] },
];

function run({ name, args }) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => { output += chunk; });
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.once('close', (code) => resolve({ name, passed: code === 0, output, seconds: (Date.now() - started) / 1000 }));
  });
}

/** Runs all checks, shows one line for each and the output of those that failed; resolves to how many passed and failed. */
async function runChecks() {
  const results = CHECKS.map(run);
  let passed = 0;
  for (const result of results) {
    const { name, passed: good, output, seconds } = await result;
    console.log(`  ${good ? '✔' : '✘'} ${name} (${seconds.toFixed(1)}s)`);
    if (good) passed += 1;
    else console.log(output.trimEnd());
  }
  return { passed, failed: CHECKS.length - passed };
}

module.exports = { CHECKS, runChecks };

if (require.main === module) {
  runChecks().then(({ failed }) => { process.exitCode = failed === 0 ? 0 : 1; });
}
