#!/usr/bin/env node
'use strict';

/**
 * npm test: makes the machine ready, checks types and lint, runs AVA, and ends
 * with one line, "N passed, N failed". Arguments go to AVA, alone: `npm test -- test/core/queues.test.ts` takes seconds.
 */

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { launchEnvironment } = require('../bin/environment.js');
const { runAva } = require('./ava.js');
const { runChecks } = require('./checks.js');
const { SetupError, setup } = require('./setup/index.js');

const ROOT = join(__dirname, '..');

/** Once, before a process for each file of tests would load a compiler. What does not compile fails there, and says why. */
function compileAll() {
  spawnSync(process.execPath, [join(__dirname, 'typescript.js')], { stdio: 'inherit' });
}

async function main(args) {
  let passed = 0;
  let failed = 0;
  const add = (result) => {
    passed += result.passed;
    failed += result.failed;
  };
  try {
    await setup({ tests: true });
    if (args.length === 0) {
      add(await runChecks());
      compileAll();
    }
    add(await runAva(args, { cwd: ROOT, env: launchEnvironment() }));
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    failed += 1;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main(process.argv.slice(2));
