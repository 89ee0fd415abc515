#!/usr/bin/env node
'use strict';

/**
 * npm run coverage [-- TEST_FILES]: how much of plugin/ the tests run, by V8's own counts; a table, and nothing that must be reached.
 * The command runs from its sources here, so that what it does is counted too; what is killed cannot tell.
 */

const { spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { join } = require('node:path');
const { launchEnvironment } = require('../bin/environment.js');
const { runAva } = require('./ava.js');
const { main, setup } = require('./setup/index.js');

const ROOT = join(__dirname, '..');
const COUNTS = join(ROOT, 'out', 'coverage');

main(async () => {
  await setup({ tests: true });
  rmSync(COUNTS, { recursive: true, force: true });
  const env = { ...launchEnvironment(), NODE_V8_COVERAGE: COUNTS, GST_IPL_DEV: '1' };
  const { passed, failed } = await runAva(process.argv.slice(2), { cwd: ROOT, env });
  const report = ['report', '--temp-directory', COUNTS, '--include', 'plugin/**/*.ts', '--exclude', 'plugin/ipl/kernels/assembly/**', '--all', '--src', 'plugin', '--extension', '.ts', '--merge-async'];
  const { status } = spawnSync(process.execPath, [require.resolve('c8/bin/c8.js'), ...report], { cwd: ROOT, stdio: 'inherit' });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? status : 1;
});
