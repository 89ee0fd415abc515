#!/usr/bin/env node
'use strict';

/**
 * npm test: makes the machine ready, checks types and lint, runs AVA, and ends
 * with one line, "N passed, N failed". Arguments go to AVA, alone: `npm test -- test/core/queues.test.ts` takes seconds.
 */

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { launchEnvironment } = require('../bin/environment.js');
const { runAva } = require('./ava.js');
const { runChecks } = require('./checks.js');
const { runLanes } = require('./lanes.js');
const { SetupError, setup } = require('./setup/index.js');

const ROOT = join(__dirname, '..');

/** Once, before a process for each file of tests would load a compiler. What does not compile fails there, and says why. */
function compileAll() {
  return once(spawn(process.execPath, [join(__dirname, 'typescript.js')], { stdio: 'inherit' }), 'close');
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
    const options = { cwd: ROOT, env: launchEnvironment() };
    if (args.length > 0) add(await runAva(args, options));
    else {
      const compiled = compileAll(); // Beside the last of the checks, which has one processor.
      add(await runChecks());
      await compiled;
      add(await runLanes(options));
    }
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    failed += 1;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main(process.argv.slice(2));
