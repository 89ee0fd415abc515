#!/usr/bin/env node
'use strict';

/**
 * npm test: makes the machine ready, checks types and lint, runs AVA, and ends
 * with one line, "N passed, N failed". Arguments go to AVA: `npm test -- test/core`.
 */

const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { launchEnvironment } = require('../bin/environment.js');
const { runChecks } = require('./checks.js');
const { SetupError, setup } = require('./setup/index.js');

const ROOT = join(__dirname, '..');

/**
 * Passed and failed from AVA's counts and exit code. Beside tests, a failure is
 * a hook, a test that timed out, an error outside of any test, and a file that
 * could not run; the last two are mostly one event, which AVA counts as both. No
 * counts, no tests, or a bad exit code without any of these is one failure.
 */
function summarize(counts, exitCode) {
  if (counts === undefined) return { passed: 0, failed: 1 };
  const sum = (...kinds) => kinds.reduce((total, kind) => total + (counts[kind] || 0), 0);
  const passed = sum('passedTests');
  const outsideTests = Math.max(sum('failedWorkers'), sum('uncaughtExceptions', 'unhandledRejections', 'unexpectedProcessExits', 'internalErrors'));
  const failed = sum('failedTests', 'failedHooks', 'timedOutTests') + outsideTests;
  const nothingRan = passed + failed === 0;
  return { passed, failed: failed === 0 && (exitCode !== 0 || nothingRan) ? 1 : failed };
}

function runAva(args) {
  const folder = mkdtempSync(join(tmpdir(), 'gst-ipl-test-'));
  const file = join(folder, 'counts.json');
  try {
    const { status } = spawnSync(process.execPath, [join(__dirname, 'ava.mjs'), ...args], {
      cwd: ROOT,
      env: { ...launchEnvironment(), GST_IPL_AVA_COUNTS: file },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return summarize(readCounts(file), status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error('AVA left no counts: it did not run to its end, or its reporter changed (see scripts/ava.mjs).');
    return undefined;
  }
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
    add(await runChecks());
    add(runAva(args));
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    failed += 1;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

module.exports = { summarize };

if (require.main === module) main(process.argv.slice(2));
